import { describe, expect, it } from 'vitest';
import { CHECK_TOWERS, familyTowers, type CheckEmbeddings } from '../../src/clip/self-check';
import expectedEmbeddings from '../../src/clip/self-check.expected.json';
import { nodeRuntime } from '../../src/clip/session-node';
import type { ImageTower, Runtime } from '../../src/clip/towers';
import { checkDevice, checkModel } from '../../src/engine/trust';
import { fakeAdapter, fakeOrt, fixtureTowers, gpuPlatform, RIGHT, RIGHT_EMBEDDINGS } from './fakes';

const { adapter } = fakeAdapter();
const gpu = { name: 'webgpu', device: {} as GPUDevice } as const;
const source = await fixtureTowers('vit-quickgelu');

/** Checks a device of which nothing is known yet. */
function checkOn(runtime: Runtime, expected: CheckEmbeddings = RIGHT_EMBEDDINGS): Promise<void> {
  const platform = gpuPlatform(runtime.ort, adapter, { expectedEmbeddings: async () => expected });
  return checkDevice({ device: 'fake GPU', runtime }, false, platform.gpu);
}

describe('checkDevice', () => {
  it('trusts a device that gives what the fixed towers give on wasm', async () => {
    const runtime: Runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' } };
    await checkOn(runtime, expectedEmbeddings);
  });

  it('is trusted with models of a family after its towers too, which others need not wait for', async () => {
    const opened: string[] = [];
    let value = RIGHT;
    const ort = fakeOrt({ create: ({ tower }) => opened.push(tower), run: () => value });
    const { gpu: here } = gpuPlatform(ort, adapter);
    const check = (family: 'vit' | 'eva') =>
      checkDevice({ device: 'a', runtime: { ort, provider: gpu } }, false, here, family);
    await check('vit');
    expect(opened).toHaveLength(CHECK_TOWERS.length);
    value = RIGHT + 0.5;
    await expect(check('eva')).rejects.toMatchObject({ name: 'SelfCheckFailed' });
    await check('vit');
    value = RIGHT;
    opened.length = 0;
    await check('eva');
    expect(opened).toHaveLength(familyTowers('eva').length);
    await check('eva');
    expect(opened).toHaveLength(familyTowers('eva').length);
  });

  it('checks a device once, and anew whatever may give other numbers', async () => {
    let opened = 0;
    const ort = fakeOrt({ create: () => opened++ });
    const { gpu: here } = gpuPlatform(ort, adapter);
    const on = (arithmetic: 'fp32' | 'fp16', device: string) =>
      ({ device, runtime: { ort, provider: gpu, arithmetic } }) as const;
    const times = async (work: Promise<void>) => {
      const before = opened;
      await work;
      return (opened - before) / CHECK_TOWERS.length;
    };
    expect(await times(checkDevice(on('fp32', 'a'), false, here))).toBe(1);
    expect(await times(checkDevice(on('fp32', 'a'), false, here))).toBe(0);
    expect(await times(checkDevice(on('fp16', 'a'), false, here))).toBe(1);
    expect(await times(checkDevice(on('fp32', 'a'), true, here))).toBe(1);
    expect(await times(checkDevice(on('fp32', 'b'), false, here))).toBe(1);
    expect(await times(checkDevice(on('fp32', 'a'), false, { ...here, name: 'fake browser 2' }))).toBe(1);
  });

  it('checks again what has failed', async () => {
    let value = RIGHT + 0.5;
    const ort = fakeOrt({ run: () => value });
    const { gpu: here } = gpuPlatform(ort, adapter);
    const check = () => checkDevice({ device: 'a', runtime: { ort, provider: gpu } }, false, here);
    await expect(check()).rejects.toMatchObject({ name: 'SelfCheckFailed' });
    await expect(check()).rejects.toMatchObject({ name: 'SelfCheckFailed' });
    value = RIGHT;
    await check();
  });

  it.each([
    ['fp32', 9e-4, 1.1e-3],
    ['fp16', 1.9e-2, 2.1e-2],
  ] as const)('in %s lets pass a difference of %f, and not of %f', async (arithmetic, passes, fails) => {
    const checked = (difference: number) =>
      checkOn({ ort: fakeOrt({ run: () => RIGHT + difference }), provider: gpu, arithmetic });
    await checked(passes);
    await checked(-passes);
    await expect(checked(fails)).rejects.toMatchObject({ name: 'SelfCheckFailed' });
    await expect(checked(-fails)).rejects.toMatchObject({ name: 'SelfCheckFailed' });
  });

  it('holds a device that names no arithmetic to fp32', async () => {
    const ort = fakeOrt({ run: () => RIGHT + 1.1e-3 });
    await expect(checkOn({ ort, provider: gpu })).rejects.toThrow('differs by 0.0011');
  });

  it('trusts no device that gives what is no number, or of which a tower is not known', async () => {
    const missing = { ...RIGHT_EMBEDDINGS, [CHECK_TOWERS.at(-1)!.name]: [] };
    for (const [run, expected] of [
      [() => NaN, RIGHT_EMBEDDINGS],
      [() => RIGHT, missing],
    ] as const) {
      const checked = checkOn({ ort: fakeOrt({ run }), provider: gpu }, expected);
      await expect(checked).rejects.toMatchObject({ name: 'SelfCheckFailed' });
    }
  });
});

describe('checkModel', () => {
  /** The image tower of the model on the GPU, which fills its embeddings with `value`; counts its runs. */
  function imageTower(value: number): ImageTower & { runs: number } {
    return {
      runs: 0,
      outputDim: 24,
      batchOf: (count) => count,
      async encode() {
        this.runs++;
        return new Float32Array(24).fill(value);
      },
      release: () => Promise.resolve(),
    };
  }

  const ort = fakeOrt({});
  const onGpu = { device: 'fake GPU', runtime: { ort, provider: gpu } as Runtime };

  it('compares a model once with wasm, then remembers it', async () => {
    const platform = gpuPlatform(ort, adapter);
    const image = imageTower(RIGHT + 9e-4);
    await checkModel(image, source, onGpu, platform);
    expect(image.runs).toBe(1);
    await checkModel(image, source, onGpu, platform);
    expect(image.runs).toBe(1);
    expect(await platform.gpu.passed.has('vit-quickgelu | fp32 | fp32 | fake GPU | fake browser 1')).toBe(
      true,
    );
  });

  it('compares anew whatever may give other numbers', async () => {
    const platform = gpuPlatform(ort, adapter);
    const image = imageTower(RIGHT);
    await checkModel(image, source, onGpu, platform);
    const fp16 = { ...onGpu, runtime: { ...onGpu.runtime, arithmetic: 'fp16' } as const };
    await checkModel(image, { ...source, id: 'vit-quickgelu@64x64' }, onGpu, platform);
    await checkModel(image, { ...source, precision: 'q8' }, onGpu, platform);
    await checkModel(image, source, fp16, platform);
    await checkModel(image, source, { ...onGpu, device: 'another GPU' }, platform);
    await checkModel(image, source, onGpu, { ...platform, gpu: { ...platform.gpu, name: 'fake browser 2' } });
    expect(image.runs).toBe(6);
  });

  it.each([
    ['fp32', RIGHT + 1.1e-3],
    ['fp32', RIGHT - 1.1e-3],
    ['fp16', RIGHT + 2.1e-2],
    ['fp32', NaN],
  ] as const)(
    'does not trust a model that in %s gives %f, and does not remember it',
    async (arithmetic, value) => {
      const platform = gpuPlatform(ort, adapter);
      const image = imageTower(value);
      const opened = { ...onGpu, runtime: { ...onGpu.runtime, arithmetic } };
      for (const runs of [1, 2]) {
        await expect(checkModel(image, source, opened, platform)).rejects.toMatchObject({
          name: 'SelfCheckFailed',
        });
        expect(image.runs).toBe(runs);
      }
    },
  );

  it('trusts, without remembering, a model that wasm has no room for', async () => {
    const full = fakeOrt({
      create() {
        throw new Error('std::bad_alloc');
      },
    });
    const platform = gpuPlatform(full, adapter);
    const image = imageTower(0.9);
    await checkModel(image, source, onGpu, platform);
    await checkModel(image, source, onGpu, platform);
    expect(image.runs).toBe(2);
  });

  it('tells of any other failure of wasm', async () => {
    const broken = fakeOrt({
      create() {
        throw new Error('no such operator');
      },
    });
    await expect(checkModel(imageTower(RIGHT), source, onGpu, gpuPlatform(broken, adapter))).rejects.toThrow(
      'no such operator',
    );
  });

  it('compares nothing on wasm', async () => {
    const image = imageTower(NaN);
    const runtime: Runtime = { ort, provider: { name: 'wasm' } };
    await checkModel(image, source, { device: '1 thread', runtime }, gpuPlatform(ort, adapter));
    expect(image.runs).toBe(0);
  });

  it('frees the tower that it opened on wasm', async () => {
    const log: string[] = [];
    const watched = fakeOrt({
      create: ({ tower, device }) => log.push(`open ${tower} ${device ? 'on the GPU' : 'on wasm'}`),
      release: ({ tower }) => log.push(`release ${tower}`),
    });
    await checkModel(imageTower(RIGHT), source, onGpu, gpuPlatform(watched, adapter));
    expect(log).toEqual(['open image on wasm', 'release image']);
  });
});
