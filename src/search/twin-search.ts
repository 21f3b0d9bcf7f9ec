import type { GpuDevice } from '../gpu/device';
import type { EmbeddingIndex } from './embedding-index';
import { GpuIndex } from './gpu-index';
import type { Scored, Subset } from './top-k';

/** Minimum rows for which the round trip to the GPU pays off. */
// Why so many: below this the CPU takes less than a tenth of a second, while on the GPU a search would wait for the
// current batch during indexing.
export const LEAST_ROWS = 200_000;

interface Twin {
  readonly index: EmbeddingIndex;
  readonly gpu: GpuIndex;
  readonly device: GpuDevice;
}

/**
 * Bit-identical to `EmbeddingIndex.topK`, but on the GPU where that is faster. A GPU that fails once is not used again.
 * Search large indexes one at a time: only one is on the GPU.
 */
export class TwinSearch {
  readonly #openDevice: () => Promise<GpuDevice | undefined>;
  readonly #leastRows: number;
  #twin: Promise<Twin | undefined> | undefined;
  #failed = false;

  /** @param openDevice resolves to undefined if there is no suitable GPU */
  constructor(openDevice: () => Promise<GpuDevice | undefined>, leastRows = LEAST_ROWS) {
    this.#openDevice = openDevice;
    this.#leastRows = leastRows;
  }

  /** @throws RangeError if the length of `query` is not the index's `dim` */
  async topK(index: EmbeddingIndex, query: Float32Array, k: number, among?: Subset): Promise<Scored[]> {
    if (!this.#failed && index.count >= this.#leastRows) {
      let twin: Twin | undefined;
      try {
        twin = await this.#open(index);
        if (twin) return await twin.gpu.topK(query, k, among);
      } catch {
        // A twin that was closed for another index has not failed.
        if (!twin || twin === (await this.#twin)) {
          this.#failed = true;
          this.#close();
        }
      }
    }
    return index.topK(query, k, among);
  }

  /** Frees the GPU memory of an index that is no longer searched. */
  async release(index: EmbeddingIndex): Promise<void> {
    const twin = this.#twin;
    const open = await twin?.catch(() => undefined);
    if (open?.index === index && twin === this.#twin) this.#close();
  }

  async #open(index: EmbeddingIndex): Promise<Twin | undefined> {
    const before = await this.#twin;
    if (before && before.index !== index) this.#close();
    this.#twin ??= this.#make(index);
    const twin = await this.#twin;
    return twin?.index === index ? twin : undefined;
  }

  async #make(index: EmbeddingIndex): Promise<Twin | undefined> {
    const device = await this.#openDevice();
    if (!device) {
      this.#failed = true;
      return undefined;
    }
    try {
      return { index, device, gpu: await GpuIndex.open(index, device) };
    } catch (error) {
      device.device.destroy();
      throw error;
    }
  }

  #close(): void {
    const twin = this.#twin;
    this.#twin = undefined;
    twin?.then(
      (open) => {
        open?.gpu.destroy();
        open?.device.device.destroy();
      },
      // It never opened.
      () => undefined,
    );
  }
}
