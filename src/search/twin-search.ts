import type { GpuDevice } from '../gpu/device';
import type { EmbeddingIndex } from './embedding-index';
import { GpuIndex } from './gpu-index';
import type { Scored, Subset } from './top-k';

/** Rows from which the way to the GPU and back is worth it. */
// Why so many: up to here the CPU answers within a tenth of a second, and the GPU is busy with photos while they are
// being indexed: a search would wait there for the batch before it.
export const LEAST_ROWS = 200_000;

interface Twin {
  readonly index: EmbeddingIndex;
  readonly gpu: GpuIndex;
  readonly device: GpuDevice;
}

/**
 * Answers as `EmbeddingIndex.topK` does, to the bit, on the GPU where that is faster. A GPU that fails once is asked no
 * more. Large indexes are best searched one at a time: the rows of one are on the GPU.
 */
export class TwinSearch {
  readonly #openDevice: () => Promise<GpuDevice | undefined>;
  readonly #leastRows: number;
  #twin: Promise<Twin | undefined> | undefined;
  #failed = false;

  /** @param openDevice undefined where there is no GPU worth asking */
  constructor(openDevice: () => Promise<GpuDevice | undefined>, leastRows = LEAST_ROWS) {
    this.#openDevice = openDevice;
    this.#leastRows = leastRows;
  }

  /** @throws RangeError when `query` has another length than the index */
  async topK(index: EmbeddingIndex, query: Float32Array, k: number, among?: Subset): Promise<Scored[]> {
    if (!this.#failed && index.count >= this.#leastRows) {
      let twin: Twin | undefined;
      try {
        twin = await this.#open(index);
        if (twin) return await twin.gpu.topK(query, k, among);
      } catch {
        // One that was closed for another index has not failed.
        if (!twin || twin === (await this.#twin)) {
          this.#failed = true;
          this.#close();
        }
      }
    }
    return index.topK(query, k, among);
  }

  /** Frees what is on the GPU of an index that is searched no more. */
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
