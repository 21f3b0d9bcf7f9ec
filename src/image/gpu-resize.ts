import type { PreprocessSettings } from '../core/preprocess-settings';
import { Failure } from '../core/failure';
import { accepted, computePipeline } from '../gpu/compute';
import type { FilterTable } from './filter-weights';
import { WEIGHT_BITS } from './filter-weights';
import { inputOf, resizedFrame, type Frame } from './frame';
import shader from './gpu-resize.wgsl?raw';
import { normaliseTable } from './preprocess';
import { resizePlan } from './resize-plan';

/** What the shader works on, in messages. */
const WHAT = 'the pictures';

/** Threads of a workgroup along each side. */
const GROUP = 8;

/** The limits of a device that decide which pictures it can take. */
export type ResizeLimits = Pick<
  GPUSupportedLimits,
  'maxBufferSize' | 'maxStorageBufferBindingSize' | 'maxComputeWorkgroupsPerDimension'
>;

/** One pass over a picture. Sizes in pixels. */
interface Pass {
  readonly isDown: boolean;
  /** Starts, counts and weights. */
  readonly table: Int32Array<ArrayBuffer>;
  readonly taps: number;
  /** Position along the pass of the first pixel that is there. */
  readonly first: number;
  /** Of the result. */
  readonly width: number;
  readonly height: number;
  /** From one row of what is read to the next. */
  readonly stride: number;
}

/**
 * The WebGPU twin of `preprocessSource` and `normalise`: the tower's input from frames, equal to the bit. Frames beyond
 * the device's limits are resized on the CPU.
 */
// Why one picture after another through the same buffers: the device works on them in the order of its queue anyway, and
// a batch of large frames takes no more of its memory than one.
export class GpuResize {
  readonly #device: GPUDevice;
  readonly #settings: PreprocessSettings;
  readonly #limits: ResizeLimits;
  readonly #resample: GPUComputePipeline;
  readonly #place: GPUComputePipeline;
  readonly #buffers = new Map<string, GPUBuffer>();

  private constructor(
    device: GPUDevice,
    settings: PreprocessSettings,
    limits: ResizeLimits,
    [resample, place]: readonly [GPUComputePipeline, GPUComputePipeline],
  ) {
    this.#device = device;
    this.#settings = settings;
    this.#limits = limits;
    this.#resample = resample;
    this.#place = place;
  }

  /** @throws BackendUnavailable if the device rejects the shader */
  static async open(
    device: GPUDevice,
    settings: PreprocessSettings,
    limits: ResizeLimits = device.limits,
  ): Promise<GpuResize> {
    const constants = { weight_bits: WEIGHT_BITS };
    const pipelines = await Promise.all([
      computePipeline(device, WHAT, shader, constants, 'resample'),
      computePipeline(device, WHAT, shader, {}, 'place'),
    ]);
    return new GpuResize(device, settings, limits, pipelines);
  }

  /**
   * The tower's input, float32 `[count, 3, height, width]`; past the frames it holds any numbers. The buffer is written
   * again by the next call.
   * @param count at least the number of frames
   * @throws OutOfMemory, BackendUnavailable, DeviceLost
   */
  async input(frames: readonly Frame[], count: number): Promise<GPUBuffer> {
    const [height, width] = this.#settings.size;
    const bytes = count * 3 * height * width * 4;
    if (bytes > this.#mostBytes) {
      throw new Failure(
        'OutOfMemory',
        `The GPU takes no ${count} pictures at once: they have ${bytes} bytes`,
      );
    }
    return accepted(this.#device, WHAT, () => {
      const input = this.#buffer('input', bytes);
      for (const [at, frame] of frames.entries()) {
        if (this.#encode(frame, input, at)) continue;
        this.#encode(resizedFrame(inputOf(frame, this.#settings), this.#settings), input, at);
      }
      return input;
    });
  }

  /** Frees all buffers. The object must not be used afterwards. */
  destroy(): void {
    for (const buffer of this.#buffers.values()) buffer.destroy();
    this.#buffers.clear();
  }

  get #mostBytes(): number {
    return Math.min(this.#limits.maxStorageBufferBindingSize, this.#limits.maxBufferSize);
  }

  /** Whether the device can do these passes, from and to buffers within its limits. */
  #takes(data: Uint8Array, passes: readonly Pass[]): boolean {
    const sizes = passes.flatMap(({ table, width, height }) => [width * height * 4, table.byteLength]);
    const sides = passes.flatMap(({ width, height }) => [width, height]);
    return (
      Math.max(data.byteLength, ...sizes) <= this.#mostBytes &&
      Math.max(...sides, 0) <= this.#limits.maxComputeWorkgroupsPerDimension * GROUP
    );
  }

  /** Has the device write the frame's part of the input; false if it cannot. @param at its place in the batch */
  #encode({ fit, data }: Frame, input: GPUBuffer, at: number): boolean {
    const passes = passesOf(fit);
    if (!this.#takes(data, passes)) return false;
    const encoder = this.#device.createCommandEncoder({ label: WHAT });
    const compute = encoder.beginComputePass({ label: WHAT });
    let source = this.#written('frame', data);
    for (const [number, { isDown, table, taps, first, width, height, stride }] of passes.entries()) {
      const result = this.#buffer(`result ${number}`, width * height * 4);
      const numbers = [width, height, stride, first, taps, Number(isDown)];
      this.#dispatch(compute, this.#resample, width, height, [
        this.#written(`pass ${number}`, Uint32Array.from(numbers), GPUBufferUsage.UNIFORM),
        source,
        this.#written(`table ${number}`, table),
        result,
      ]);
      source = result;
    }
    const { size, mean, std, fillColor } = this.#settings;
    const [height, width] = size;
    const { horizontal, vertical } = fit;
    const paddings = [horizontal.padding, vertical.padding];
    const start = at * 3 * height * width;
    const numbers = [width, height, ...paddings, horizontal.length, vertical.length, start, fillColor];
    this.#dispatch(compute, this.#place, width, height, [
      this.#written('place', Uint32Array.from(numbers), GPUBufferUsage.UNIFORM),
      source,
      this.#buffers.get('normalised') ?? this.#written('normalised', normaliseTable(mean, std)),
      input,
    ]);
    compute.end();
    this.#device.queue.submit([encoder.finish()]);
    return true;
  }

  #dispatch(
    compute: GPUComputePassEncoder,
    pipeline: GPUComputePipeline,
    width: number,
    height: number,
    buffers: readonly GPUBuffer[],
  ): void {
    const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    const layout = pipeline.getBindGroupLayout(0);
    compute.setPipeline(pipeline);
    compute.setBindGroup(0, this.#device.createBindGroup({ label: WHAT, layout, entries }));
    compute.dispatchWorkgroups(Math.ceil(width / GROUP), Math.ceil(height / GROUP));
  }

  #written(
    name: string,
    data:
      | Uint8Array<ArrayBuffer>
      | Uint32Array<ArrayBuffer>
      | Int32Array<ArrayBuffer>
      | Float32Array<ArrayBuffer>,
    usage: GPUBufferUsageFlags = GPUBufferUsage.STORAGE,
  ): GPUBuffer {
    const buffer = this.#buffer(name, data.byteLength, usage);
    this.#device.queue.writeBuffer(buffer, 0, data);
    return buffer;
  }

  /** The buffer of this name, made larger if it must be. What was submitted before keeps the former. */
  #buffer(name: string, bytes: number, usage: GPUBufferUsageFlags = GPUBufferUsage.STORAGE): GPUBuffer {
    const former = this.#buffers.get(name);
    if (former && former.size >= bytes) return former;
    former?.destroy();
    const { COPY_SRC, COPY_DST } = GPUBufferUsage;
    const label = `${WHAT}: ${name}`;
    const buffer = this.#device.createBuffer({ label, size: bytes, usage: usage | COPY_SRC | COPY_DST });
    this.#buffers.set(name, buffer);
    return buffer;
  }
}

/** The passes in their order. */
function passesOf(fit: Frame['fit']): Pass[] {
  const { across, down, columns, rows, isVerticalFirst } = resizePlan(fit);
  let [width, height] = [columns.end - columns.first, rows.end - rows.first];
  const passes: Pass[] = [];
  const add = (table: FilterTable | null, isDown: boolean) => {
    if (!table) return;
    const [stride, first] = [width, isDown ? rows.first : columns.first];
    if (isDown) height = table.length;
    else width = table.length;
    passes.push({ isDown, table: packed(table), taps: table.taps, first, width, height, stride });
  };
  if (isVerticalFirst) add(down, true);
  add(across, false);
  if (!isVerticalFirst) add(down, true);
  return passes;
}

/** A table as the shader reads it: starts, counts, weights. */
function packed({ length, starts, counts, weights }: FilterTable): Int32Array<ArrayBuffer> {
  const numbers = new Int32Array(2 * length + weights.length);
  numbers.set(starts);
  numbers.set(counts, length);
  numbers.set(weights, 2 * length);
  return numbers;
}
