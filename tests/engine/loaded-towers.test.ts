import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { TowerSource } from '../../src/engine/model-source';
import { loadTowers, towersOn, type OpeningProgress } from '../../src/engine/loaded-towers';
import { overflowKey } from '../../src/engine/trust';
import { openDevice } from '../../src/gpu/device';
import {
  deferred,
  fakeAdapter,
  fakeOrt,
  fixtureTowers,
  gpuPlatform,
  ortInPlaceOfGpu,
  RIGHT,
  type AdapterOptions,
} from './fakes';

const source = await fixtureTowers('vit-quickgelu', 'fp16-storage');
const NO_HALF = 'this model needs more than half precision';
const AUTO = { backend: 'auto', arithmetic: 'auto' } as const;
const FULL: AdapterOptions = { features: ['shader-f16', 'subgroups'] };
const STEPS = [
  'open shader-f16 subgroups',
  'open shader-f16',
  'open shader-f16 subgroups',
  'open shader-f16',
];

/** What goes wrong on one device: the fixed towers, the model's own, its memory, or nothing. */
type Fault = 'check' | 'model' | 'memory' | 'none';

/** Devices of which each has the fault at its place. */
function faulty(faults: readonly Fault[], wasmFails = false) {
  const fake = fakeAdapter(FULL);
  const sessions: string[] = [];
  const faultOf = (device: GPUDevice) => faults[fake.devices.indexOf(device)];
  const ort = fakeOrt({
    create({ tower, device }) {
      if (device === undefined && wasmFails) throw new Error('std::bad_alloc');
      if (device && tower === 'image' && faultOf(device) === 'memory') throw new Error('std::bad_alloc');
      if (tower !== 'check') sessions.push(`open ${tower} ${device ? 'on the GPU' : 'on wasm'}`);
    },
    run({ tower, device }) {
      const fault = device && faultOf(device);
      const wrong = (fault === 'check' && tower === 'check') || (fault === 'model' && tower === 'image');
      return wrong ? RIGHT + 0.5 : RIGHT;
    },
    release({ tower, device }) {
      if (tower !== 'check') sessions.push(`release ${tower} ${device ? 'on the GPU' : 'on wasm'}`);
    },
  });
  return { ...fake, sessions, platform: gpuPlatform(ort, fake.adapter) };
}

/** A GPU on which a tower overflows in half precision: on its first two devices. */
function overflowing(tower: 'image' | 'text', wasmFails: boolean) {
  const fake = fakeAdapter(FULL);
  const ort = fakeOrt({
    create({ device }) {
      if (device === undefined && wasmFails) throw new Error('std::bad_alloc');
    },
    run({ tower: run, device }) {
      const isHalf = device !== undefined && fake.devices.indexOf(device) < 2;
      return isHalf && run === tower ? NaN : RIGHT;
    },
  });
  return gpuPlatform(ort, fake.adapter);
}

describe('half precision that overflows', () => {
  it.each([
    ['image', false],
    ['image', true],
    ['text', false],
    ['text', true],
  ] as const)('in the %s tower is left, also where wasm has no room (%s)', async (tower, wasmFails) => {
    const towers = await loadTowers(source, AUTO, overflowing(tower, wasmFails));
    const runsOn = { backend: 'webgpu', device: 'fake GPU', arithmetic: 'fp32', reason: NO_HALF };
    expect(towers.runsOn).toEqual(runsOn);
  });

  it('and was seen in a run is not tried again', async () => {
    const { platform, log } = faulty([]);
    await platform.gpu.passed.add(overflowKey(source, platform.gpu));
    const towers = await loadTowers(source, AUTO, platform);
    expect(towers.runsOn).toMatchObject({ arithmetic: 'fp32', reason: NO_HALF });
    expect(log).toHaveLength(1);
    const asked = await loadTowers(source, { ...AUTO, arithmetic: 'fp32' }, platform);
    expect(asked.runsOn).not.toHaveProperty('reason');
  });
});

describe('walking down the ladder', () => {
  it.each([
    [[], { arithmetic: 'fp16' }],
    [['check'], { arithmetic: 'fp16' }],
    [['model'], { arithmetic: 'fp16' }],
    [['check', 'check'], { arithmetic: 'fp32' }],
    [['check', 'model'], { arithmetic: 'fp32', reason: NO_HALF }],
    [['memory', 'model', 'check'], { arithmetic: 'fp32', reason: NO_HALF }],
  ] as const)('after the faults %j it runs on the GPU as %j', async (faults, how) => {
    const { platform, log } = faulty(faults);
    const towers = await loadTowers(source, AUTO, platform);
    expect(towers.runsOn).toEqual({ backend: 'webgpu', device: 'fake GPU', ...how });
    const failed = STEPS.slice(0, faults.length).flatMap((step) => [step, 'destroy']);
    expect(log).toEqual([...failed, STEPS[faults.length]]);
    await towers.release();
    expect(log.at(-1)).toBe('destroy');
  });

  it.each([
    ['check', 'this GPU failed the self-check'],
    ['model', 'this GPU failed the self-check'],
    ['memory', 'this model does not fit in the memory of the GPU'],
  ] as const)('ends on wasm where the last fault is %s, and tells why', async (last, reason) => {
    const { platform, log, sessions } = faulty(['check', 'memory', 'model', last]);
    const towers = await loadTowers(source, AUTO, platform);
    expect(towers.runsOn).toEqual({ backend: 'wasm', device: '1 thread', arithmetic: 'fp32', reason });
    expect(log).toEqual(STEPS.flatMap((step) => [step, 'destroy']));
    expect(sessions.slice(-2)).toEqual(['open image on wasm', 'open text on wasm']);
    await towers.release();
  });

  it('throws what wasm fails with, which comes last', async () => {
    const { platform, log } = faulty(['check', 'check', 'check', 'check'], true);
    await expect(loadTowers(source, AUTO, platform)).rejects.toMatchObject({ name: 'OutOfMemory' });
    expect(log).toEqual(STEPS.flatMap((step) => [step, 'destroy']));
    const alone = { ...AUTO, backend: 'wasm' } as const;
    await expect(loadTowers(source, alone, platform)).rejects.toMatchObject({ name: 'OutOfMemory' });
  });

  it.each([
    ['auto', undefined, 'this browser offers no WebGPU adapter'],
    ['auto', { software: true }, 'the only WebGPU adapter here is software'],
    ['auto', { dead: true }, 'this GPU could not be used (The GPU gave no device: Error: no device today)'],
    ['wasm', {}, undefined],
  ] as const)('wanted as %s with the adapter %j it ends on wasm: %s', async (backend, options, reason) => {
    const { adapter } = fakeAdapter(options);
    const platform = gpuPlatform(fakeOrt({}), options && adapter);
    const { runsOn } = await loadTowers(source, { ...AUTO, backend }, platform);
    expect(runsOn.backend).toBe('wasm');
    expect(runsOn.reason).toBe(reason);
  });

  it('asks for no adapter where wasm is wanted', async () => {
    const platform = gpuPlatform(fakeOrt({}), undefined, {
      findAdapter: () => Promise.reject(new Error('asked')),
    });
    await loadTowers(source, { ...AUTO, backend: 'wasm' }, platform);
  });

  it('tells how far it is, from the start on each step', async () => {
    const told: OpeningProgress[] = [];
    await loadTowers(source, AUTO, faulty(['check', 'model']).platform, (progress) => told.push(progress));
    expect(told.map(({ stage, done, total }) => `${stage} ${done}/${total}`)).toEqual([
      'checking 0/1',
      ...['checking 0/1', 'compiling 0/2', 'compiling 1/2'],
      ...['checking 0/1', 'compiling 0/2', 'compiling 1/2', 'compiling 2/2'],
    ]);
  });
});

describe('the towers', () => {
  it('are open one at a time where they do not fit together', async () => {
    const { platform, sessions } = faulty([]);
    const towers = await loadTowers(
      source,
      { ...AUTO, backend: 'wasm' },
      { ...platform, gibibytes: 2 ** -20 },
    );
    await towers.text();
    await towers.image();
    await towers.release();
    expect(sessions).toEqual([
      ...['open image on wasm', 'release image on wasm'],
      ...['open text on wasm', 'release text on wasm'],
      ...['open image on wasm', 'release image on wasm'],
    ]);
  });

  it('do without the text tower while it is on its way', async () => {
    const { platform } = faulty([]);
    const halved: TowerSource = { ...source, text: undefined };
    const towers = await loadTowers(halved, AUTO, platform);
    await expect(towers.image()).resolves.toMatchObject({ outputDim: 24 });
    await expect(towers.text()).rejects.toMatchObject({
      name: 'TowerMissing',
      message: 'The text tower of vit-quickgelu is not here yet.',
    });
    await towers.release();
  });

  it('free the device even where a tower cannot be freed', async () => {
    const { adapter, log, devices } = fakeAdapter();
    const ort = fakeOrt({
      release() {
        throw new Error('already gone');
      },
    });
    const gpu = await openDevice(adapter, false);
    const runtime = { ort, provider: { name: 'webgpu', device: devices[0]! } } as const;
    const towers = towersOn({ backend: 'webgpu', device: 'fake GPU', runtime, gpu }, source, true);
    await towers.image();
    await expect(towers.release()).rejects.toThrow('already gone');
    expect(log).toEqual(['open', 'destroy']);
  });

  it('end what waits for a device that is lost, and refuse what comes after', async () => {
    const fake = fakeAdapter();
    const started = deferred<undefined>();
    const ort = fakeOrt({
      run({ tower }) {
        if (tower !== 'text') return RIGHT;
        started.resolve(undefined);
        return hanging.promise;
      },
    });
    const hanging = deferred<number>();
    const towers = await loadTowers(source, AUTO, gpuPlatform(ort, fake.adapter));
    const text = await towers.text();
    const ended = expect(text.encode(new Int32Array(77), 1)).rejects;
    await started.promise;
    fake.lose('driver reset');
    const loss = { name: 'DeviceLost', message: 'The GPU stopped: driver reset.' };
    await ended.toMatchObject(loss);
    await expect(towers.image()).rejects.toMatchObject(loss);
    await expect(text.encode(new Int32Array(77), 1)).rejects.toMatchObject(loss);
    // Sessions share one queue: this run would keep the later tests waiting.
    hanging.resolve(RIGHT);
  });
});

it('with the graphs of a GPU the embeddings are those of OpenCLIP', async () => {
  const folder = 'tests/fixtures/towers/vit-quickgelu';
  const expected = JSON.parse(await readFile(`${folder}/expected.json`, 'utf8')) as {
    token_ids: number[][];
    image_embed_norm: number[][];
    text_embed_norm: number[][];
  };
  const pixels = new Float32Array((await readFile(`${folder}/pixels.f32.bin`)).buffer.slice(0));
  const towers = towersOn(
    {
      backend: 'webgpu',
      device: 'wasm in its place',
      runtime: { ort: await ortInPlaceOfGpu(), provider: { name: 'webgpu', device: {} as GPUDevice } },
    },
    await fixtureTowers('vit-quickgelu'),
    true,
  );
  // Three pictures and five texts: a GPU runs four and eight, and the others are cut off.
  const pictures = await (await towers.image()).encode(pixels, 3);
  const ids = Int32Array.from(expected.token_ids.flat());
  const texts = await (await towers.text()).encode(ids, 5);
  for (const [rows, wanted] of [
    [pictures, expected.image_embed_norm.flat()],
    [texts, expected.text_embed_norm.flat()],
  ] as const) {
    expect(rows).toHaveLength(wanted.length);
    expect(Math.max(...wanted.map((value, at) => Math.abs(value - rows[at]!)))).toBeLessThan(2e-5);
  }
  await towers.release();
});
