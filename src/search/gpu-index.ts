import type { GpuDevice } from '../gpu/device';
import type { EmbeddingIndex } from './embedding-index';
import { GpuRows } from './gpu-rows';
import { CHUNK_ROWS, STEPS } from './row-chunk';
import { TopK, type Scored, type Subset } from './top-k';

/** What WGSL's sums and products are off, as a share of the result, at most: it is one of the two nearest float32. */
const ROUNDING = 2 ** -23;

/**
 * The twin of `EmbeddingIndex.topK` on WebGPU: of the rows that the index holds when the answer is given, the same
 * answer, to the bit. The rows stay with the index, which may change at any time.
 */
// Why the answers are equal although the GPU rounds: what a sum may be off is known (`slack`), so it tells of each cosine
// the least and the most that it can be. k rows have the k-th largest least or more, so a row whose most is below
// that is none of the best. The index gives those that are left, a few more than k, their cosines. Bounds are
// rounded to float32 as cosines are, so that what ties there is never told apart here.
export class GpuIndex {
  readonly #index: EmbeddingIndex;
  readonly #rows: GpuRows;

  private constructor(index: EmbeddingIndex, rows: GpuRows) {
    this.#index = index;
    this.#rows = rows;
  }

  /**
   * @param slabChunks the most chunks of one of its buffers, where there is a reason to have smaller ones
   * @throws BackendUnavailable
   */
  static async open(
    index: EmbeddingIndex,
    { device }: Pick<GpuDevice, 'device'>,
    slabChunks?: number,
  ): Promise<GpuIndex> {
    return new GpuIndex(index, await GpuRows.open(index, device, slabChunks));
  }

  /**
   * The `k` best by cosine with `query`, as `EmbeddingIndex.topK` has them.
   * @throws DeviceLost, OutOfMemory, BackendUnavailable: the index can be asked instead; RangeError when `query` has
   *   another length than `dim`
   */
  async topK(query: Float32Array, k: number, among?: Subset): Promise<Scored[]> {
    const stored = this.#index.stored(query);
    const peak = stored.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    // Scaled, a query of any length is far from the ends of float32; one without a length is not worth the way.
    if (!(peak > 0 && peak < Infinity)) return this.#index.topK(query, k, among);
    const scaled = Float32Array.from(stored, (value) => value / peak);
    return this.#rows.dot(scaled, (sums) => {
      const slack = this.#slack(scaled);
      const step = peak / STEPS;
      const least = this.#kthLeast(sums, slack, step, new TopK(k, among));
      const best = new TopK(k, among);
      for (const [c, chunk] of this.#index.chunks.entries()) {
        const isSent = this.#rows.isSent(c);
        for (let row = 0; row < chunk.count; row++) {
          const most = chunk.peaks[row]! * step * (sums[c * CHUNK_ROWS + row]! + slack);
          if (isSent && !(Math.fround(most) >= least)) continue;
          const id = chunk.ids[row]!;
          if (among?.has(id) !== false) best.offer(id, chunk.cosine(stored, row));
        }
      }
      return best.sorted();
    });
  }

  /** Frees what it holds on the GPU. Nothing may be called after that. */
  destroy(): void {
    this.#rows.destroy();
  }

  /** The k-th largest of the least that the cosines can be; -Infinity where there are fewer. */
  #kthLeast(sums: Float32Array, slack: number, step: number, best: TopK): number {
    const least = new Float32Array(CHUNK_ROWS);
    for (const [c, chunk] of this.#index.chunks.entries()) {
      if (!this.#rows.isSent(c)) continue;
      for (let row = 0; row < chunk.count; row++) {
        least[row] = chunk.peaks[row]! * step * (sums[c * CHUNK_ROWS + row]! - slack);
      }
      best.add(chunk.ids, least, chunk.count);
    }
    return best.floor;
  }

  /**
   * The most that a sum is off, whatever the order in which it was added up: Higham's bound on inner products (Accuracy
   * and Stability of Numerical Algorithms, 3.1), with 32,767 for every number of a row.
   */
  #slack(query: Float32Array): number {
    // Three more for the query's own rounding, what is too small for float32, and the index's sums.
    const share = (this.#rows.roundings + 3) * ROUNDING;
    return (share / (1 - share)) * STEPS * query.reduce((sum, value) => sum + Math.abs(value), 0);
  }
}
