import { IdTable } from '../core/id-table';
import { HalfRows } from './half-rows';
import { CHUNK_ROWS, RowChunk } from './row-chunk';
import { TopK, type Scored, type Subset } from './top-k';

/** The largest id an `Int32Array` holds. */
const LARGEST_ID = 2 ** 31 - 1;

/** Stored rows are zero-padded to a multiple of this: 16 bytes, as the GPU reads them. */
const ALIGNMENT = 8;

/**
 * The embeddings of one model in memory, by photo id, with 16 bits per number. Rows are not normalised here and should
 * have length 1: a cosine is computed as a plain dot product.
 */
// Why chunks: a library grows while it is searched. Growing by chunks never copies a stored row and never allocates a
// contiguous block of hundreds of megabytes, which a browser may refuse.
// Why removal moves the last row into the gap: rows stay dense, so a search reads only live rows and nothing needs
// compacting. Row order is arbitrary; results are sorted by score or id anyway.
export class EmbeddingIndex {
  /** Length of a row. */
  readonly dim: number;
  /** Length of a stored row, a multiple of 8. */
  readonly width: number;
  readonly #rowOf = new IdTable();
  readonly #chunks: RowChunk[] = [];
  /** Made on first use. */
  #halfRows: HalfRows | undefined;

  /** @throws RangeError unless `dim` is a positive integer */
  constructor(dim: number) {
    if (!Number.isSafeInteger(dim) || dim < 1)
      throw new RangeError(`dim must be a positive integer, not ${dim}`);
    this.dim = dim;
    this.width = Math.ceil(dim / ALIGNMENT) * ALIGNMENT;
  }

  /** Number of rows. */
  get count(): number {
    return this.#rowOf.size;
  }

  /** All rows, read-only: row r is in chunk ⌊r / 1024⌋. Changes with every `set` and `remove`. */
  get chunks(): readonly RowChunk[] {
    return this.#chunks;
  }

  /** The id of each row, in the row order of `cosines`: a copy. */
  ids(): Int32Array<ArrayBuffer> {
    const ids = new Int32Array(this.count);
    for (const [c, chunk] of this.#chunks.entries()) {
      ids.set(chunk.ids.subarray(0, chunk.count), c * CHUNK_ROWS);
    }
    return ids;
  }

  /** The stored row of `id`: a copy; undefined if there is none. */
  get(id: number): Float32Array<ArrayBuffer> | undefined {
    const row = this.#rowOf.get(id);
    return row === undefined ? undefined : this.#chunkOf(row).read(row % CHUNK_ROWS, this.dim);
  }

  /**
   * Adds or replaces the row of `id` with a copy of `row`.
   * @throws RangeError if the length of `row` is not `dim`, or `id` is not an integer from 0 to 2^31 - 1
   */
  set(id: number, row: Float32Array): void {
    const place = this.#placeOf(id, row.length);
    this.#chunkOf(place).write(place % CHUNK_ROWS, id, row);
  }

  /** As `set`, from float16 numbers. @throws RangeError */
  setHalves(id: number, halves: Uint16Array): void {
    const place = this.#placeOf(id, halves.length);
    this.#halfRows ??= new HalfRows(this.width);
    this.#chunkOf(place).writeHalves(place % CHUNK_ROWS, id, halves, this.#halfRows);
  }

  /** Removes `id`; false if it was not there. The last row takes its place. */
  remove(id: number): boolean {
    const gap = this.#rowOf.get(id);
    if (gap === undefined) return false;
    const last = this.count - 1;
    const lastChunk = this.#chunkOf(last);
    if (gap !== last) {
      this.#chunkOf(gap).copy(gap % CHUNK_ROWS, lastChunk, last % CHUNK_ROWS);
      this.#rowOf.set(lastChunk.ids[last % CHUNK_ROWS]!, gap);
    }
    this.#rowOf.delete(id);
    lastChunk.count -= 1;
    if (lastChunk.count === 0) this.#chunks.pop();
    return true;
  }

  /**
   * Cosines of every row with every query: `[count, queries]`, row-major, rows in the order of `ids()`.
   * `queries` is `[n, dim]`, row-major.
   * @throws RangeError if `queries` is not a whole number of rows
   */
  cosines(queries: Float32Array): Float32Array<ArrayBuffer> {
    const { dim } = this;
    if (queries.length % dim !== 0) {
      throw new RangeError(`${queries.length} numbers are not rows of ${dim}`);
    }
    const each = Array.from({ length: queries.length / dim }, (_, q) =>
      this.stored(queries.subarray(q * dim, (q + 1) * dim)),
    );
    const cosines = new Float32Array(this.count * each.length);
    for (const [c, chunk] of this.#chunks.entries()) {
      for (const [q, query] of each.entries()) {
        chunk.cosines(query, cosines, c * CHUNK_ROWS * each.length + q, each.length);
      }
    }
    return cosines;
  }

  /** The stored rows of `ids` in an index of their own, bit by bit the same, in this order; without those that have none. */
  only(ids: Iterable<number>): EmbeddingIndex {
    const some = new EmbeddingIndex(this.dim);
    for (const id of ids) {
      const row = this.#rowOf.get(id);
      if (row === undefined) continue;
      const place = some.#placeOf(id, this.dim);
      const chunk = some.#chunkOf(place);
      chunk.copy(place % CHUNK_ROWS, this.#chunkOf(row), row % CHUNK_ROWS);
    }
    return some;
  }

  /**
   * The `k` best by cosine with `query`, among all rows or a subset: by score descending, then by id ascending.
   * @throws RangeError if the length of `query` is not `dim`
   */
  topK(query: Float32Array, k: number, among?: Subset): Scored[] {
    const stored = this.stored(query);
    const best = new TopK(k, among);
    const cosines = new Float32Array(CHUNK_ROWS);
    for (const chunk of this.#chunks) {
      chunk.cosines(stored, cosines);
      best.add(chunk.ids, cosines, chunk.count);
    }
    return best.sorted();
  }

  /**
   * A query zero-padded to the width of a stored row.
   * @throws RangeError if the length of `query` is not `dim`
   */
  stored(query: Float32Array): Float64Array {
    if (query.length !== this.dim) {
      throw new RangeError(`A query has ${query.length} numbers instead of ${this.dim}`);
    }
    const stored = new Float64Array(this.width);
    stored.set(query);
    return stored;
  }

  /** Where the row of `id` is, or is to be, if it has `length` numbers. @throws RangeError */
  #placeOf(id: number, length: number): number {
    if (length !== this.dim) throw new RangeError(`A row has ${length} numbers instead of ${this.dim}`);
    if (!Number.isInteger(id) || id < 0 || id > LARGEST_ID) throw new RangeError(`${id} is not a photo id`);
    const known = this.#rowOf.get(id);
    if (known !== undefined) return known;
    const place = this.count;
    if (place === this.#chunks.length * CHUNK_ROWS) this.#chunks.push(new RowChunk(this.width));
    this.#chunkOf(place).count += 1;
    this.#rowOf.set(id, place);
    return place;
  }

  #chunkOf(row: number): RowChunk {
    return this.#chunks[Math.floor(row / CHUNK_ROWS)]!;
  }
}
