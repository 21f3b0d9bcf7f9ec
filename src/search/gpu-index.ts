import type { GpuDevice } from '../gpu/device';
import type { EmbeddingIndex } from './embedding-index';
import { GpuRows } from './gpu-rows';
import { CHUNK_ROWS, STEPS } from './row-chunk';
import { TopK, type Scored, type Subset } from './top-k';

/** Maximum relative error of a WGSL sum or product, which gives one of the two nearest float32. */
const ROUNDING = 2 ** -23;

/**
 * The WebGPU twin of `EmbeddingIndex.topK`: returns bit-identical results for the rows in the index at that moment. The
 * index keeps the rows and may change at any time.
 */
// Why results are identical although the GPU rounds: the error of a sum is bounded (`slack`), so each GPU sum gives a
// lower and an upper bound of its cosine. At least k rows reach the k-th largest lower bound, so rows with a smaller
// upper bound are dropped. The index computes exact cosines for the rest, slightly more than k. Bounds are rounded to
// float32 like cosines, so that ties stay ties.
export class GpuIndex {
  readonly #index: EmbeddingIndex;
  readonly #rows: GpuRows;

  private constructor(index: EmbeddingIndex, rows: GpuRows) {
    this.#index = index;
    this.#rows = rows;
  }

  /**
   * @param slabChunks maximum chunks per GPU buffer
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
   * The same as `EmbeddingIndex.topK`.
   * @throws DeviceLost, OutOfMemory, BackendUnavailable: fall back to the index; RangeError if the length of `query` is
   *   not `dim`
   */
  async topK(query: Float32Array, k: number, among?: Subset): Promise<Scored[]> {
    const stored = this.#index.stored(query);
    const peak = stored.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    // Scaling keeps queries of any norm within float32; zero and non-finite queries go to the CPU.
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

  /** Frees its GPU memory. The object must not be used afterwards. */
  destroy(): void {
    this.#rows.destroy();
  }

  /** The k-th largest lower bound of the cosines; -Infinity if there are fewer than k. */
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
   * Maximum error of a sum in any summation order: Higham's bound on inner products (Accuracy and Stability of
   * Numerical Algorithms, 3.1), with 32,767 for every number of a row.
   */
  #slack(query: Float32Array): number {
    // Three more for the query's rounding, float32 underflow and the index's own sums.
    const share = (this.#rows.roundings + 3) * ROUNDING;
    return (share / (1 - share)) * STEPS * query.reduce((sum, value) => sum + Math.abs(value), 0);
  }
}
