/** What the GPU is, and how fast it multiplies matrices. */
import { expose } from 'comlink';
import { accepted, computePipeline, readBack } from '../../src/gpu/compute';
import { describe, findAdapter, isFallback, openDevice } from '../../src/gpu/device';
import shader from './matmul.wgsl?raw';

const WHAT = 'the matrices';

/** Rows and columns of the result that a workgroup computes. */
const TILE = 64;

const RUNS = 5;

const bench = {
  /** Undefined if the browser offers none. */
  async adapter(): Promise<{ description: string; software: boolean; halves: boolean } | undefined> {
    const adapter = await findAdapter();
    if (adapter === undefined) return undefined;
    const halves = adapter.features.has('shader-f16');
    return { description: describe(adapter), software: isFallback(adapter), halves };
  },

  /**
   * Thousand million operations a second, two for each product, of two matrices of `side` x `side` numbers: each run's.
   * @param bits 16 or 32
   * @param times products in a run, one after the other
   * @throws Error if a product is wrong
   */
  async products(side: number, bits: number, times: number): Promise<number[]> {
    const adapter = await findAdapter();
    if (adapter === undefined) throw new Error('This browser offers no WebGPU adapter.');
    const { device } = await openDevice(adapter, false);
    const number = bits === 16 ? 'f16' : 'f32';
    const code = (bits === 16 ? 'enable f16;\n' : '') + shader.replaceAll('NUMBER', number);
    const pipeline = await computePipeline(device, WHAT, code, { side });
    const { left, right, result } = await accepted(device, WHAT, () => {
      const made = [0, 1, 2].map(() =>
        device.createBuffer({
          size: (side * side * bits) / 8,
          usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
        }),
      );
      return { left: made[0]!, right: made[1]!, result: made[2]! };
    });
    // Of whole numbers, so that a row's sum can be told exactly: all 1 in both.
    const one =
      bits === 16 ? new Uint16Array(side * side).fill(0x3c00) : new Float32Array(side * side).fill(1);
    for (const buffer of [left, right]) device.queue.writeBuffer(buffer, 0, one);
    const entries = [left, right, result].map((buffer, binding) => ({ binding, resource: { buffer } }));
    const bindings = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
    const rates: number[] = [];
    for (let run = -1; run < RUNS; run++) {
      await device.queue.onSubmittedWorkDone();
      const began = performance.now();
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindings);
      for (let time = 0; time < times; time++) pass.dispatchWorkgroups(side / TILE, side / TILE);
      pass.end();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      if (run >= 0) rates.push((2 * side ** 3 * times) / ((performance.now() - began) * 1e6));
    }
    const bytes = await readBack(device, result);
    device.destroy();
    const sum = bits === 16 ? halfOf(side) : side;
    const numbers = bits === 16 ? new Uint16Array(bytes) : new Float32Array(bytes);
    if (!numbers.every((value) => value === sum)) throw new Error('The GPU multiplies wrongly.');
    return rates;
  },
};

export type GpuBench = typeof bench;

/** The bits of a power of two in half precision. */
function halfOf(power: number): number {
  return (Math.log2(power) + 15) << 10;
}

expose(bench);
