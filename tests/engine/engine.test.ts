import { describe, expect, it } from 'vitest';
import { openImageTower } from '../../src/clip/towers';
import { nodeRuntime } from '../../src/clip/session-node';
import { openEngine, type Engine } from '../../src/engine/engine';
import { nodePlatform } from '../../src/engine/platform-node';
import type { PictureBatch } from '../../src/engine/pictures';
import { resizedFrame } from '../../src/image/frame';
import { albumFixture } from '../helpers/album';
import { builtInModel, deferred, fakeAdapter, fakeOrt, gpuPlatform, RIGHT, type FakeHooks } from './fakes';

const source = await builtInModel();
const WASM = { backend: 'wasm', arithmetic: 'fp32' } as const;

/** So many different pictures of the model's size. */
function pictures(count: number, height = 96, width = 96): PictureBatch {
  const data = Uint8Array.from({ length: count * height * width * 3 }, (_, at) => (at * at * 31 + at) >> 3);
  return { count, height, width, data };
}

/** The largest difference of two rows of numbers. */
function difference(left: ArrayLike<number>, right: ArrayLike<number>): number {
  if (left.length !== right.length) return Infinity;
  return Math.max(...Array.from(left, (value, at) => Math.abs(value - right[at]!)));
}

describe('a built-in model on wasm in Node', () => {
  it('gives the embeddings of OpenCLIP, of texts in their order', async () => {
    const { texts } = albumFixture('clipscope-s');
    const engine = await openEngine(source, WASM, nodePlatform(1));
    const rows = await engine.encodeTexts(texts.map(({ text }) => text));
    expect(engine.runsOn).toEqual({
      backend: 'wasm',
      device: '1 thread',
      arithmetic: 'fp32',
      takesAllCores: true,
    });
    expect(rows).toMatchObject({ count: texts.length, dim: 128 });
    expect(
      difference(
        rows.data,
        texts.flatMap(({ embedding }) => embedding),
      ),
    ).toBeLessThan(2e-5);
    expect(await engine.encodeTexts([])).toMatchObject({ count: 0, data: new Float32Array() });
    const [fits, long] = ['a '.repeat(22), 'a '.repeat(40)];
    expect([...engine.cutTexts([fits, long, 'a cat'])]).toEqual([[long, fits.trim()]]);
    const cut = await engine.encodeTexts([fits, long]);
    expect(difference(cut.data.subarray(0, 128), cut.data.subarray(128))).toBeLessThan(1e-6);
    await engine.release();
  });

  it('gives unit rows of pictures, each as the tower gives it alone', async () => {
    const engine = await openEngine(source, WASM, nodePlatform(1));
    const batch = pictures(4);
    const { data, dim, nextBatch } = await engine.encodeImages(batch);
    const each = batch.data.length / 4;
    const frames = [0, 1, 2, 3].map((at) =>
      resizedFrame(batch.data.subarray(at * each, (at + 1) * each), source.architecture.preprocess),
    );
    expect(engine.takesFrames).toBe(false);
    expect(difference((await engine.encodeFrames(frames)).data, data)).toBeLessThan(1e-6);
    await engine.release();
    expect(nextBatch).toBeGreaterThanOrEqual(1);
    expect(nextBatch).toBeLessThanOrEqual(32);

    const { vision, preprocess } = source.architecture;
    const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' } } as const;
    const tower = await openImageTower(runtime, vision, source.image);
    const area = 96 * 96;
    for (let picture = 0; picture < 4; picture++) {
      const row = data.subarray(picture * dim, (picture + 1) * dim);
      expect(Math.hypot(...row)).toBeCloseTo(1, 5);
      const pixels = Float32Array.from({ length: 3 * area }, (_, at) => {
        const channel = Math.floor(at / area);
        const byte = batch.data[(picture * area + (at % area)) * 3 + channel]!;
        return (byte / 255 - preprocess.mean[channel]!) / preprocess.std[channel]!;
      });
      expect(difference(row, await tower.encode(pixels, 1))).toBeLessThan(2e-5);
    }
    await tower.release();
  });
});

/** An engine that computes nothing; `log` has its runs in their order. The first clock's tick is 0. */
async function fakeEngine(
  hooks: FakeHooks = {},
  tick = 0,
  model = source,
): Promise<{ engine: Engine; log: string[] }> {
  const log: string[] = [];
  const ort = fakeOrt({
    ...hooks,
    run(session, count) {
      log.push(`${session.tower} ${count}`);
      return hooks.run?.(session, count) ?? RIGHT;
    },
    release: ({ tower }) => log.push(`release ${tower}`),
  });
  let time = 0;
  // Not checked when it is opened, so that the log begins with the test's own runs.
  const passed = { has: async () => true, add: async () => undefined };
  const platform = { ...gpuPlatform(ort, undefined, { passed }), now: () => (time += tick) };
  return { engine: await openEngine(model, WASM, platform), log };
}

describe('runs', () => {
  it('grow up to 8 pictures and 64 texts where they take no time', async () => {
    const { engine, log } = await fakeEngine();
    expect((await engine.encodeImages(pictures(1))).nextBatch).toBe(2);
    expect((await engine.encodeImages(pictures(30))).nextBatch).toBe(8);
    await engine.encodeTexts(Array<string>(200).fill('cat'));
    expect(log).toEqual([
      ...[1, 2, 4, 8, 8, 8].map((size) => `image ${size}`),
      ...[1, 2, 4, 8, 16, 32, 64, 64, 9].map((size) => `text ${size}`),
    ]);
  });

  it('stay at one where each takes longer than a query may wait', async () => {
    const { engine, log } = await fakeEngine({}, 1000);
    expect((await engine.encodeImages(pictures(3))).nextBatch).toBe(1);
    expect(log).toEqual(['image 1', 'image 1', 'image 1']);
  });

  it('start in the order of a query, label rows, pictures, once the one under way has ended', async () => {
    const first = deferred<number>();
    let runs = 0;
    const { engine, log } = await fakeEngine({ run: () => (runs++ === 0 ? first.promise : RIGHT) });
    const done: string[] = [];
    const asked = [
      engine.encodeImages(pictures(7)).then(() => done.push('pictures')),
      engine.encodeTexts(['cat', 'dog', 'cow']).then(() => done.push('labels')),
      engine.encodeTexts(['two cats']).then(() => done.push('query')),
    ];
    first.resolve(RIGHT);
    await Promise.all(asked);
    expect(log).toEqual(['image 1', 'text 1', 'text 2', 'text 1', 'image 2', 'image 4']);
    expect(done).toEqual(['query', 'labels', 'pictures']);
  });

  describe('of a tower in parts', () => {
    // As large as three parts want it; nothing is computed.
    const { architecture } = source;
    const vision = { ...architecture.vision, imageSize: [480, 480], layers: 3, width: 384 } as const;
    const large = { ...source, architecture: { ...architecture, vision } };
    const picture = () => pictures(1, 480, 480);

    it('let a query pass between two parts, but nothing else', async () => {
      const first = deferred<number>();
      let runs = 0;
      const hooks = { run: () => (runs++ === 0 ? first.promise : RIGHT) };
      const { engine, log } = await fakeEngine(hooks, 0, large);
      const asked = [
        engine.encodeImages(picture()),
        engine.encodeImages(picture()),
        engine.encodeTexts(['cat', 'dog']),
        engine.encodeTexts(['two cats']),
      ];
      const released = engine.release();
      first.resolve(RIGHT);
      const outcomes = await Promise.allSettled(asked);
      await released;
      expect(log).toEqual([
        ...['image 1', 'text 1', 'image 0', 'image 0'],
        ...['release image', 'release image', 'release image', 'release text'],
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual([
        'fulfilled',
        'rejected',
        'rejected',
        'fulfilled',
      ]);
    });

    it('grow by the time of the longest part', async () => {
      // Of three parts, each takes 200 ms for a picture, by a clock that goes on twice a part.
      const { engine } = await fakeEngine({}, 100, large);
      expect((await engine.encodeImages(picture())).nextBatch).toBe(2);
    });

    it('let nothing pass while the text tower is not open, for it may take the room', async () => {
      const first = deferred<number>();
      let runs = 0;
      const hooks = { run: () => (runs++ === 0 ? first.promise : RIGHT) };
      const { engine, log } = await fakeEngine(hooks, 0, { ...large, text: undefined });
      const asked = [engine.encodeImages(picture()), engine.encodeTexts(['cat'])];
      first.resolve(RIGHT);
      expect(await Promise.allSettled(asked)).toMatchObject([
        { status: 'fulfilled' },
        { reason: { name: 'TowerMissing' } },
      ]);
      expect(log).toEqual(['image 1', 'image 0', 'image 0']);
    });
  });

  it('that fail end their own call only', async () => {
    let runs = 0;
    const { engine } = await fakeEngine({
      run() {
        if (++runs === 2) throw new Error('std::bad_alloc');
        return RIGHT;
      },
    });
    await expect(engine.encodeImages(pictures(7))).rejects.toMatchObject({ name: 'OutOfMemory' });
    await expect(engine.encodeImages(pictures(1))).resolves.toMatchObject({ count: 1 });
  });
});

it('a run that overflows in half precision is done again in full, and so is all that follows', async () => {
  const { adapter, devices, log } = fakeAdapter({ features: ['shader-f16'] });
  let pictures16 = 0;
  const ort = fakeOrt({
    run: ({ tower, device }) =>
      tower === 'image' && device === devices[0] && ++pictures16 > 3 ? Infinity : RIGHT,
  });
  const keys: string[] = [];
  // Nothing is checked but whether half precision was seen to overflow.
  const passed = {
    has: async (key: string) => !key.startsWith('half'),
    add: async (key: string) => void keys.push(key),
  };
  const platform = gpuPlatform(ort, adapter, { passed });
  const half = { ...source, precision: 'fp16-storage' } as const;
  const engine = await openEngine(half, { backend: 'auto', arithmetic: 'auto' }, platform);
  await engine.encodeImages(pictures(3));
  expect(engine.runsOn).toMatchObject({ backend: 'webgpu', arithmetic: 'fp16' });
  const { count, data } = await engine.encodeImages(pictures(2));
  expect([count, new Set(data)]).toEqual([2, new Set([Math.fround(RIGHT)])]);
  expect(engine.runsOn).toMatchObject({ backend: 'webgpu', arithmetic: 'fp32' });
  expect(log).toEqual(['open shader-f16', 'destroy', 'open shader-f16']);
  expect(keys).toEqual(['half precision overflows | clipscope-s | fp16-storage | fake browser 1']);
});

it.each([
  [96, 95],
  [95, 96],
  [48, 192],
])('refuses pictures of %d x %d, and runs nothing', async (height, width) => {
  const { engine, log } = await fakeEngine();
  const refused = engine.encodeImages(pictures(1, height, width));
  await expect(refused).rejects.toBeInstanceOf(RangeError);
  await expect(refused).rejects.toThrow(`Pictures of ${width} x ${height}, the tower takes 96 x 96.`);
  expect(log).toEqual([]);
});

describe('release', () => {
  it('overtakes what waits, which is refused, as is whatever comes after', async () => {
    const first = deferred<number>();
    const { engine, log } = await fakeEngine({ run: () => first.promise });
    const waiting = [engine.encodeImages(pictures(3)), engine.encodeTexts(['cat'])];
    const ended = Promise.allSettled(waiting);
    const released = engine.release();
    first.resolve(RIGHT);
    await released;
    expect(log).toEqual(['image 1', 'release image', 'release text']);
    const refusal = { name: 'ModelNotLoaded', message: 'The model clipscope-s is not loaded.' };
    expect(await ended).toMatchObject([{ reason: refusal }, { reason: refusal }]);
    await expect(engine.encodeTexts(['cat'])).rejects.toMatchObject(refusal);
    await expect(engine.encodeImages(pictures(1))).rejects.toMatchObject(refusal);
  });
});
