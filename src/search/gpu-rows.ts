import { Failure, messageOf } from '../core/failure';
import { serial } from '../core/tasks';
import { accepted, computePipeline } from '../gpu/compute';
import type { EmbeddingIndex } from './embedding-index';
import shader from './gpu-rows.wgsl?raw';
import { CHUNK_ROWS, type RowChunk } from './row-chunk';

/** What the shader works on, in messages. */
const WHAT = 'the index';

/** Numbers a thread reads at once: four pairs. */
const QUAD = 8;

/** Threads that share a row, a power of 2: together they read 128 bytes at once. */
const THREADS_A_ROW = 8;

const ROWS_A_GROUP = 8;

/** Chunks per buffer if the device's limits allow: 16 MiB at 512 numbers per row. */
const SLAB_CHUNKS = 16;

/** A buffer of chunks. */
interface Slab {
  /** `[chunks, 1024, width]`, 16 bits each. */
  readonly rows: GPUBuffer;
  /** `[chunks, 1024]`. */
  readonly sums: GPUBuffer;
  readonly bindings: GPUBindGroup;
}

/** The rows of an index on the GPU. The index may change at any time; changes are uploaded before the next use. */
// Why compare chunk revisions: adding, replacing or moving a row changes its chunk's revision, so no change needs to be
// announced and none can be missed.
export class GpuRows {
  readonly #index: EmbeddingIndex;
  readonly #device: GPUDevice;
  readonly #pipeline: GPUComputePipeline;
  readonly #slabChunks: number;
  readonly #slabs: Slab[] = [];
  readonly #sent: { readonly chunk: RowChunk; readonly revision: number }[] = [];
  readonly #query: GPUBuffer;
  /** Readback buffer for the sums of all slabs. */
  #answer: GPUBuffer | undefined;
  readonly #inTurn = serial();

  private constructor(index: EmbeddingIndex, pipeline: GPUComputePipeline, device: GPUDevice, most: number) {
    this.#index = index;
    this.#device = device;
    this.#pipeline = pipeline;
    const room = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
    this.#slabChunks = Math.max(1, Math.min(most, Math.floor(room / this.#chunkBytes)));
    this.#query = this.#createBuffer(4 * index.width, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST);
  }

  /**
   * @param slabChunks maximum chunks per buffer
   * @throws BackendUnavailable if the device rejects the shader
   */
  static async open(index: EmbeddingIndex, device: GPUDevice, slabChunks = SLAB_CHUNKS): Promise<GpuRows> {
    const sizes = { threads_a_row: THREADS_A_ROW, rows_a_group: ROWS_A_GROUP };
    const pipeline = await computePipeline(device, WHAT, shader, { quads: index.width / QUAD, ...sizes });
    return new GpuRows(index, pipeline, device, slabChunks);
  }

  /** Maximum number of roundings applied to any one product on its way into the sum. */
  get roundings(): number {
    const inThread = QUAD * Math.ceil(this.#index.width / (QUAD * THREADS_A_ROW));
    // The product, the sum within a thread, and the pairwise sum of the threads.
    return 1 + inThread + Math.log2(THREADS_A_ROW);
  }

  /**
   * Calls `read` with the dot products of `query` and every uploaded row (as 16-bit integers), `[chunks, 1024]`, and
   * returns its result. The view is valid only during the call; values of chunks that are not `isSent` are meaningless.
   * @param query `width` numbers
   * @throws DeviceLost, OutOfMemory, BackendUnavailable
   */
  dot<T>(query: Float32Array, read: (sums: Float32Array) => T): Promise<T> {
    return this.#inTurn(async () => {
      const answer = await this.#run(query).catch((error: unknown) => {
        if (error instanceof Failure) throw error;
        throw new Failure('DeviceLost', `The GPU stopped: ${messageOf(error)}`, { cause: error });
      });
      try {
        return read(new Float32Array(answer.getMappedRange()));
      } finally {
        answer.unmap();
      }
    });
  }

  /** Whether chunk `c` is unchanged since its upload. */
  isSent(c: number): boolean {
    const [chunk, sent] = [this.#index.chunks[c], this.#sent[c]];
    return chunk !== undefined && sent?.chunk === chunk && sent.revision === chunk.revision;
  }

  /** Frees all buffers. The object must not be used afterwards. */
  destroy(): void {
    this.#keepSlabs(0);
    this.#query.destroy();
  }

  get #chunkBytes(): number {
    return 2 * CHUNK_ROWS * this.#index.width;
  }

  // Why it waits after each slab: the browser holds written data in memory until the GPU has received it.
  async #send(): Promise<void> {
    const { chunks, width } = this.#index;
    this.#keepSlabs(Math.ceil(chunks.length / this.#slabChunks));
    let written = 0;
    for (let c = 0; c < chunks.length; c++) {
      const [at, place] = [Math.floor(c / this.#slabChunks), c % this.#slabChunks];
      const slab = this.#slabs[at] ?? (await this.#addSlab());
      const chunk = chunks[c];
      if (!chunk || this.isSent(c)) continue;
      const { numbers, count, revision } = chunk;
      this.#device.queue.writeBuffer(slab.rows, place * this.#chunkBytes, numbers, 0, count * width);
      this.#sent[c] = { chunk, revision };
      written += 1;
      if (written % this.#slabChunks === 0) await this.#device.queue.onSubmittedWorkDone();
    }
  }

  /** Uploads changes and computes the sums; returns a mapped buffer. */
  async #run(query: Float32Array): Promise<GPUBuffer> {
    await this.#send();
    const answer = await accepted(this.#device, WHAT, () => this.#compute(arranged(query)));
    await answer.mapAsync(GPUMapMode.READ);
    return answer;
  }

  #compute(query: Float32Array<ArrayBuffer>): GPUBuffer {
    const { queue } = this.#device;
    const chunkBytes = 4 * CHUNK_ROWS;
    const size = chunkBytes * this.#slabChunks * Math.max(1, this.#slabs.length);
    this.#answer ??= this.#createBuffer(size, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
    queue.writeBuffer(this.#query, 0, query);
    const encoder = this.#device.createCommandEncoder({ label: 'rows' });
    const pass = encoder.beginComputePass({ label: 'rows' });
    pass.setPipeline(this.#pipeline);
    for (const [at, { bindings }] of this.#slabs.entries()) {
      const chunks = Math.min(this.#slabChunks, this.#sent.length - at * this.#slabChunks);
      pass.setBindGroup(0, bindings);
      pass.dispatchWorkgroups((chunks * CHUNK_ROWS) / ROWS_A_GROUP);
    }
    pass.end();
    for (const [at, { sums }] of this.#slabs.entries()) {
      encoder.copyBufferToBuffer(sums, 0, this.#answer, at * sums.size, sums.size);
    }
    queue.submit([encoder.finish()]);
    return this.#answer;
  }

  async #addSlab(): Promise<Slab> {
    const slab = await accepted(this.#device, WHAT, () => {
      const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage;
      const rows = this.#createBuffer(this.#slabChunks * this.#chunkBytes, STORAGE | COPY_DST);
      const sums = this.#createBuffer(4 * this.#slabChunks * CHUNK_ROWS, STORAGE | COPY_SRC);
      const entries = [rows, this.#query, sums].map((buffer, binding) => ({ binding, resource: { buffer } }));
      const layout = this.#pipeline.getBindGroupLayout(0);
      return { rows, sums, bindings: this.#device.createBindGroup({ label: 'rows', layout, entries }) };
    });
    this.#slabs.push(slab);
    this.#forgetAnswer();
    return slab;
  }

  /** Frees all slabs but the first `count`. */
  #keepSlabs(count: number): void {
    if (this.#slabs.length > count) this.#forgetAnswer();
    for (const { rows, sums } of this.#slabs.splice(count)) {
      rows.destroy();
      sums.destroy();
    }
    this.#sent.splice(count * this.#slabChunks);
  }

  #forgetAnswer(): void {
    this.#answer?.destroy();
    this.#answer = undefined;
  }

  #createBuffer(size: number, usage: GPUBufferUsageFlags): GPUBuffer {
    return this.#device.createBuffer({ label: 'rows', size, usage });
  }
}

/** A query in the shader's order: in every group of eight, the even-indexed numbers, then the odd ones. */
function arranged(query: Float32Array): Float32Array<ArrayBuffer> {
  const half = QUAD / 2;
  return Float32Array.from(query, (_, i) => {
    const within = i % QUAD;
    return query[i - within + 2 * (within % half) + Math.floor(within / half)]!;
  });
}
