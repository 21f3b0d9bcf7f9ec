/** Owns the stored embeddings, so that a search stays quick while the towers run. */
import { expose, transfer } from 'comlink';
import { Library } from '../src/search/library';
import type { LibraryApi } from './api';
import { holdLifeLock } from './life-lock';

const library = new Library();

const api: LibraryApi = {
  async open(model, dim) {
    const ids = library.open(model, dim);
    return transfer(ids, [ids.buffer]);
  },
  async add(ids, rows) {
    library.add(ids, rows);
  },
  async remove(ids) {
    library.remove(ids);
  },
  async drop(model) {
    library.drop(model);
  },
  async search(query, k) {
    return library.search(query, k);
  },
  async searchLike(id, k) {
    return library.searchLike(id, k);
  },
  async cosines(rows) {
    const answer = library.cosines(rows);
    return transfer(answer, [answer.ids.buffer, answer.cosines.buffer]);
  },
};

expose(api);
holdLifeLock();
