import { Failure } from '../core/failure';
import { isMadeBy } from '../core/model-id';
import { rowAt, type Embeddings } from '../core/unit-rows';
import { EmbeddingIndex } from './embedding-index';
import { nearestQueries, type NearestQueries } from './nearest-queries';

/** Embeddings of photos, by ascending id. */
export interface PhotoEmbeddings extends Embeddings {
  /** The photo of each row. */
  readonly ids: Int32Array<ArrayBuffer>;
}

/**
 * The embeddings of all models opened by the page, by photo id: one index per model, one of them current. Photo ids are
 * integers from 0 to 2^31 - 1.
 */
export class ModelIndexes {
  readonly #indexes = new Map<string, EmbeddingIndex>();
  #current: string | undefined;

  /**
   * Makes `model` the current one and returns its ids, ascending. Rows of a length other than `dim` come from other
   * weights and are dropped.
   */
  open(model: string, dim: number): Int32Array<ArrayBuffer> {
    this.#current = model;
    return this.openBeside(model, dim);
  }

  /** As `open`, beside the current model, which stays the current one. */
  openBeside(model: string, dim: number): Int32Array<ArrayBuffer> {
    if (this.#indexes.get(model)?.dim !== dim) this.#indexes.set(model, new EmbeddingIndex(dim));
    return this.#index(model).ids().sort();
  }

  /**
   * Adds or replaces the rows of `ids` in the index of their model, current or not.
   * @throws RangeError if the numbers of ids and rows differ, or the rows' length is not the model's
   */
  add(ids: readonly number[], rows: Embeddings): void {
    if (ids.length !== rows.count || rows.data.length !== rows.count * rows.dim) {
      throw new RangeError(
        `${ids.length} ids came with ${rows.count} rows of ${rows.dim}, ${rows.data.length} numbers in all`,
      );
    }
    if (!this.#indexes.has(rows.model)) this.#indexes.set(rows.model, new EmbeddingIndex(rows.dim));
    const index = this.indexFor(rows);
    for (const [i, id] of ids.entries()) index.set(id, rowAt(rows, i));
  }

  /** The stored row of photo `id` by `model`: a copy; undefined if there is none. */
  get(model: string, id: number): Float32Array<ArrayBuffer> | undefined {
    return this.#indexes.get(model)?.get(id);
  }

  /** The rows of the current model. @throws ModelNotLoaded if none is open */
  get current(): Pick<EmbeddingIndex, 'dim' | 'get'> {
    if (this.#current === undefined) throw new Failure('ModelNotLoaded', 'The library has no model open');
    return this.#index(this.#current);
  }

  /**
   * The rows of the next `count` photos with ids from `first` up, ascending; fewer at the end.
   * @throws ModelNotLoaded if that model is not open
   */
  // Why by id, not by position: photos added or removed between two calls shift no row into another page.
  rowsOf(model: string, first: number, count: number): PhotoEmbeddings {
    const index = this.#index(model);
    const ids = index
      .ids()
      .filter((id) => id >= first)
      .sort()
      .slice(0, count);
    const data = new Float32Array(ids.length * index.dim);
    for (const [at, id] of ids.entries()) data.set(index.get(id)!, at * index.dim);
    return { model, ids, count: ids.length, dim: index.dim, data };
  }

  /** Removes and returns a model's index; undefined if there is none. */
  close(model: string): EmbeddingIndex | undefined {
    const index = this.#indexes.get(model);
    this.#indexes.delete(model);
    if (this.#current === model) this.#current = undefined;
    return index;
  }

  /** Removes these photos from every index. */
  remove(ids: readonly number[]): void {
    for (const index of this.#indexes.values()) for (const id of ids) index.remove(id);
  }

  /** Deletes the rows of `model` at every image size. The current index stays open, empty. */
  drop(model: string): void {
    for (const [id, { dim }] of [...this.#indexes]) {
      if (!isMadeBy(model, id)) continue;
      if (id === this.#current) this.#indexes.set(id, new EmbeddingIndex(dim));
      else this.#indexes.delete(id);
    }
  }

  /**
   * Cosines of every photo in the rows' model with every row: `[ids.length, rows.count]`, row-major, ids ascending.
   * @throws ModelNotLoaded if that model was never opened, RangeError if its rows have another length
   */
  cosines(rows: Embeddings): { ids: Int32Array<ArrayBuffer>; cosines: Float32Array<ArrayBuffer> } {
    const index = this.indexFor(rows);
    const unordered = index.cosines(rows.data);
    const ids = index.ids();
    const order = Array.from(ids.keys()).sort((a, b) => (ids[a] ?? 0) - (ids[b] ?? 0));
    const cosines = new Float32Array(unordered.length);
    for (const [to, from] of order.entries()) {
      cosines.set(unordered.subarray(from * rows.count, (from + 1) * rows.count), to * rows.count);
    }
    return { ids: ids.sort(), cosines };
  }

  /**
   * The rows nearest to each photo of `ids`, in this order, without photos that have none (`nearestQueries`).
   * @throws ModelNotLoaded if the rows' model was never opened, RangeError if they have another length
   */
  nearestQueries(rows: Embeddings, ids: Iterable<number>, most: number, scale: number): NearestQueries {
    const some = this.indexFor(rows).only(ids);
    return nearestQueries(some.ids(), some.cosines(rows.data), rows.count, most, scale);
  }

  /**
   * The index of the model that made `rows`.
   * @throws ModelNotLoaded if that model was never opened, RangeError if its rows have another length
   */
  indexFor({ model, dim }: Pick<Embeddings, 'model' | 'dim'>): EmbeddingIndex {
    const index = this.#index(model);
    if (index.dim === dim) return index;
    throw new RangeError(`The rows of the model ${model} have ${index.dim} numbers, not ${dim}`);
  }

  #index(model: string): EmbeddingIndex {
    const index = this.#indexes.get(model);
    if (!index) throw new Failure('ModelNotLoaded', `The library holds nothing of the model ${model}`);
    return index;
  }
}
