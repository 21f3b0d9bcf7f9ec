import { expect, it } from 'vitest';
import type { ImageTower } from '../../src/clip/towers';
import { Failure } from '../../src/core/failure';
import type { GpuDevice } from '../../src/gpu/device';
import { gpuBatch } from '../../src/engine/gpu-batch';
import { fakeOrt, fixtureTowers, gpuPlatform } from './fakes';

const source = await fixtureTowers('vit-quickgelu');
const ort = fakeOrt({});
const onGpu = {
  backend: 'webgpu',
  device: 'fake GPU',
  runtime: { ort, provider: { name: 'webgpu', device: {} as GPUDevice } },
  gpu: {} as GpuDevice,
} as const;

/** A tower whose second and later runs of each size take `milliseconds`, the first ten times as long; and its clock. */
function tower(milliseconds: (count: number) => number) {
  const runs: number[] = [];
  let time = 0;
  const image: ImageTower = {
    outputDim: 24,
    batchOf: (count) => count,
    async encode(pixels, count) {
      expect(pixels).toHaveLength(count * 3 * 32 * 32);
      time += milliseconds(count) * (runs.includes(count) ? 1 : 10);
      runs.push(count);
      return new Float32Array(count * 24);
    },
    release: async () => undefined,
  };
  return { image, runs, platform: { ...gpuPlatform(ort, undefined), now: () => time } };
}

it.each([
  ['the largest, where that is fastest', (count: number) => 10 + count, 32],
  ['none larger than gives more a second', (count: number) => (count <= 4 ? 10 : 10 * count), 4],
  ['none larger where a twentieth more is not gained', (count: number) => 10 + 1000 * count, 1],
  ['what a query can wait for', (count: number) => 50 + 30 * count, 8],
  ['one where even that takes long', () => 900, 1],
])('is %s', async (_, milliseconds, expected) => {
  const { image, platform } = tower(milliseconds);
  expect(await gpuBatch(image, source, onGpu, platform)).toBe(expected);
});

it('is what there was room for', async () => {
  const { image, platform } = tower((count) => {
    if (count > 8) throw new Failure('OutOfMemory', 'The model does not fit in memory.');
    return 1;
  });
  expect(await gpuBatch(image, source, onGpu, platform)).toBe(8);
});

it('is measured once for a model and an adapter', async () => {
  const { image, runs, platform } = tower((count) => 10 + count);
  await gpuBatch(image, source, onGpu, platform);
  const measured = runs.length;
  expect(await gpuBatch(image, source, onGpu, platform)).toBe(32);
  expect(runs).toHaveLength(measured);
  await gpuBatch(image, source, { ...onGpu, device: 'another GPU' }, platform);
  expect(runs).toHaveLength(2 * measured);
});

it('is not known on wasm', async () => {
  const { image, runs, platform } = tower(() => 1);
  const onWasm = {
    backend: 'wasm',
    device: '1 thread',
    runtime: { ort, provider: { name: 'wasm' } },
  } as const;
  expect(await gpuBatch(image, source, onWasm, platform)).toBeUndefined();
  expect(runs).toEqual([]);
});
