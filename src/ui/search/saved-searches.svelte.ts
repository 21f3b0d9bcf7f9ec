import type { Memory } from '../kit/memory';
import { NamedList } from '../kit/named-list.svelte';
import type { Notices } from '../kit/notices.svelte';
import type { Photos } from '../photos/photos.svelte';
import type { Results } from './results.svelte';
import { readSearches, searchText, type SavedSearch } from './saved-search';
import type { Search } from './search.svelte';

/** A folder as the filter knows it. */
export interface NamedFolder {
  readonly id: number;
  readonly name: string;
}

export interface SavedSearchesParts {
  readonly search: Pick<Search, 'text' | 'examples' | 'restore'>;
  readonly results: Pick<Results, 'filter' | 'filterBy' | 'order' | 'orderBy' | 'chosenThreshold'>;
  readonly photos: Pick<Photos, 'current'>;
  readonly folders: () => readonly NamedFolder[];
  /** Id of the open library: each has its own searches, as folders and photos are its own. */
  readonly library: () => string;
  readonly memory: Memory | undefined;
  readonly notices: Pick<Notices, 'say' | 'report' | 'warn' | 'clear'>;
  /** A search was put into the line, which is to be answered. */
  readonly onUse: () => void;
}

const REMEMBERED = 'clipscope searches';

const TOPIC = 'saved searches';

/** The searches that the user keeps by name. */
export class SavedSearches {
  readonly #parts: SavedSearchesParts;
  readonly #lists = new Map<string, NamedList<SavedSearch>>();

  constructor(parts: SavedSearchesParts) {
    this.#parts = parts;
  }

  /** Those of the open library. */
  get list(): NamedList<SavedSearch> {
    const { library, memory, notices } = this.#parts;
    const id = library();
    const known = this.#lists.get(id);
    if (known) return known;
    const key = `${REMEMBERED} ${id}`;
    const list = new NamedList({ memory, notices, key, read: readSearches, topic: TOPIC });
    this.#lists.set(id, list);
    return list;
  }

  /** What is searched for now; pictures from outside the library cannot be kept. */
  get now(): Omit<SavedSearch, 'name'> {
    const { search, results } = this.#parts;
    const { filter, order, chosenThreshold: least } = results;
    return {
      line: search.text.trim(),
      like: search.examples.filter((one) => one.kind === 'photo'),
      filter,
      order,
      ...(least !== undefined && { least: least === -Infinity ? 'all' : least }),
    };
  }

  /** Whether the search has pictures that are not of the library. */
  get leavesOut(): boolean {
    return this.#parts.search.examples.some(({ kind }) => kind === 'file');
  }

  /** What a search asks, in words. */
  words(search: Omit<SavedSearch, 'name'>): string {
    const { folder } = search.filter;
    return searchText(search, folder === undefined ? undefined : (this.#folder(folder) ?? 'a former folder'));
  }

  /** Saves what is searched for now under a name, in place of a search of that name. */
  save(name: string): void {
    this.list.save({ name, ...this.now });
  }

  /** Searches again. What is gone meanwhile, a folder or a photo, is left out, which is told. */
  use(name: string): void {
    const { search, results, photos, notices, onUse } = this.#parts;
    const saved = this.list.get(name);
    if (!saved) return;
    const { folder, ...others } = saved.filter;
    const isFolderGone = folder !== undefined && this.#folder(folder) === undefined;
    const like = saved.like.filter((one) => photos.current(one.id)?.name === one.name);
    results.filterBy(isFolderGone ? others : saved.filter);
    results.orderBy(saved.order);
    onUse();
    search.restore(saved.line, like, saved.least === 'all' ? -Infinity : saved.least);
    notices.clear(TOPIC);
    if (isFolderGone || like.length < saved.like.length) {
      const gone = isFolderGone ? 'The folder of this search' : 'A photo of this search';
      notices.warn(TOPIC, {
        happened: `${gone} is no longer in the library.`,
        todo: 'The rest of it is searched for.',
      });
    }
  }

  #folder(id: number): string | undefined {
    return this.#parts.folders().find((one) => one.id === id)?.name;
  }
}
