import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure';
import {
  featuresOf,
  openStep,
  prepareBackend,
  reasonOf,
  runsOnOf,
  type OpenedBackend,
} from '../../src/engine/backends';
import { nodePlatform } from '../../src/engine/platform-node';
import { fakeAdapter, fakeOrt, gpuPlatform, RIGHT } from './fakes';

const ort = fakeOrt({});
const WASM = { backend: 'wasm', arithmetic: 'fp32' } as const;
const GPU = { backend: 'webgpu', arithmetic: 'fp32', subgroups: false } as const;

it.each([
  [[], false],
  [['shader-f16', 'subgroups'], false],
  [['subgroups'], true],
  [['shader-f16', 'timestamp-query'], false],
] as const)('featuresOf an adapter with %j, software %s', (features, software) => {
  expect(featuresOf(fakeAdapter({ features, software }).adapter)).toEqual({
    software,
    shaderF16: features.some((feature) => feature === 'shader-f16'),
    subgroups: features.some((feature) => feature === 'subgroups'),
  });
});

it.each([
  [new Failure('SelfCheckFailed', 'differs by 1'), 'this GPU failed the self-check'],
  [new Failure('OutOfMemory', 'bad_alloc'), 'this model does not fit in the memory of the GPU'],
  [new Failure('BackendUnavailable', 'no device'), 'this GPU could not be used (no device)'],
  [new TypeError('Failed to fetch'), 'this GPU could not be used (Failed to fetch)'],
  ['thrown as it is', 'this GPU could not be used (thrown as it is)'],
])('reasonOf %s', (error, reason) => {
  expect(reasonOf(error)).toBe(reason);
});

describe('runsOnOf', () => {
  const wasm: OpenedBackend = {
    backend: 'wasm',
    device: '2 threads',
    runtime: { ort, provider: { name: 'wasm' } },
  };
  const gpu: OpenedBackend = {
    backend: 'webgpu',
    device: 'fake GPU',
    runtime: { ort, provider: { name: 'webgpu', device: {} as GPUDevice }, arithmetic: 'fp16' },
  };

  it('tells on wasm why the GPU was given up', () => {
    const runsOn = { backend: 'wasm', device: '2 threads', arithmetic: 'fp32' };
    expect(runsOnOf(wasm, undefined)).toEqual(runsOn);
    expect(runsOnOf(wasm, 'it failed')).toEqual({ ...runsOn, reason: 'it failed' });
    expect(runsOnOf({ ...wasm, takesAllCores: true }, undefined)).toEqual({ ...runsOn, takesAllCores: true });
  });

  it('tells on the GPU what it is given', () => {
    const runsOn = { backend: 'webgpu', device: 'fake GPU', arithmetic: 'fp16' };
    expect(runsOnOf(gpu, undefined)).toEqual(runsOn);
    expect(runsOnOf(gpu, 'it failed')).toEqual({ ...runsOn, reason: 'it failed' });
  });
});

describe('prepareBackend', () => {
  const AUTO = { backend: 'auto', arithmetic: 'auto' } as const;

  it.each([
    ['auto', true, 'webgpu'],
    ['auto', false, 'wasm'],
    ['wasm', true, 'wasm'],
  ] as const)('for %s, with a GPU %s, starts %s alone', async (backend, hasGpu, started) => {
    const asked: string[] = [];
    const runtime = async (build: string) => (asked.push(build), ort);
    const platform = hasGpu ? gpuPlatform(ort, fakeAdapter().adapter) : nodePlatform(1);
    await prepareBackend({ ...AUTO, backend }, { ...platform, runtime });
    expect(asked).toEqual([started]);
  });

  it('leaves a failure to the ladder, which meets it again', async () => {
    const runtime = () => Promise.reject(new TypeError('Failed to fetch'));
    await expect(prepareBackend(AUTO, { ...nodePlatform(1), runtime })).resolves.toBeUndefined();
  });
});

describe('openStep on wasm', () => {
  it.each([
    [1, 1, '1 thread', true],
    [1, 2, '1 thread', undefined],
    [4, 4, '4 threads', true],
    [4, 8, '4 threads', undefined],
    [2, 1, '2 threads', true],
  ])('with %d threads on %d cores', async (threads, cores, device, takesAllCores) => {
    const opened = await openStep(WASM, { ...nodePlatform(threads, cores), runtime: async () => ort });
    expect(opened).toEqual({
      backend: 'wasm',
      device,
      runtime: { ort, provider: { name: 'wasm' } },
      ...(takesAllCores && { takesAllCores }),
    });
  });

  it('asks for the build of the backend, and tells why it cannot be had', async () => {
    const asked: string[] = [];
    const runtime = async (backend: string) => {
      asked.push(backend);
      throw new TypeError('Failed to fetch');
    };
    const { adapter, log } = fakeAdapter();
    const platform = { ...gpuPlatform(ort, adapter), runtime };
    await expect(openStep(WASM, platform)).rejects.toThrow('Failed to fetch');
    await expect(openStep(GPU, platform)).rejects.toThrow('Failed to fetch');
    expect(asked).toEqual(['wasm', 'webgpu']);
    expect(log).toEqual(['open', 'destroy']);
  });
});

describe('openStep on a GPU', () => {
  it.each([
    [{ description: 'A Card 3000' }, 'A Card 3000'],
    [{ description: '', vendor: 'acme', architecture: 'roadrunner' }, 'acme roadrunner'],
    [{ description: '' }, 'unnamed GPU'],
  ])('gives a checked device and tells its name: %j', async (info, device) => {
    const { adapter, devices, log } = fakeAdapter({ features: ['shader-f16', 'subgroups'], info });
    const step = { backend: 'webgpu', arithmetic: 'fp16', subgroups: true } as const;
    const opened = await openStep(step, gpuPlatform(ort, adapter));
    expect(opened).toMatchObject({ backend: 'webgpu', device, runtime: { arithmetic: 'fp16' } });
    expect(opened.runtime.provider).toEqual({ name: 'webgpu', device: devices[0] });
    expect(opened.gpu?.device).toBe(devices[0]);
    expect(log).toEqual(['open shader-f16 subgroups']);
  });

  it('asks for no subgroups where the step has none', async () => {
    const { adapter, log } = fakeAdapter({ features: ['shader-f16', 'subgroups'] });
    await openStep(GPU, gpuPlatform(ort, adapter));
    expect(log).toEqual(['open shader-f16']);
  });

  it('frees a device that fails the self-check', async () => {
    const { adapter, log } = fakeAdapter();
    const wrong = fakeOrt({ run: () => RIGHT + 0.5 });
    await expect(openStep(GPU, gpuPlatform(wrong, adapter))).rejects.toMatchObject({
      name: 'SelfCheckFailed',
    });
    expect(log).toEqual(['open', 'destroy']);
  });

  it('is refused where the adapter has gone or gives no device', async () => {
    const { adapter } = fakeAdapter({ dead: true });
    for (const [platform, message] of [
      [nodePlatform(1), 'The WebGPU adapter has gone.'],
      [gpuPlatform(ort, undefined), 'The WebGPU adapter has gone.'],
      [gpuPlatform(ort, adapter), 'The GPU gave no device: Error: no device today'],
    ] as const) {
      await expect(openStep(GPU, platform)).rejects.toMatchObject({ name: 'BackendUnavailable', message });
    }
  });
});
