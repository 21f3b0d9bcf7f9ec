import { describe, expect, it } from 'vitest';
import type { TowerWeights } from '../../src/clip/towers';
import { openEngine } from '../../src/engine/engine';
import type { ModelSource } from '../../src/engine/model-source';
import { nodePlatform } from '../../src/engine/platform-node';
import { requireSound } from '../../src/engine/soundness';
import { builtInModel, fakeOrt, gpuPlatform, RIGHT, type FakeSession } from './fakes';

const source = await builtInModel();
const WASM = { backend: 'wasm', arithmetic: 'fp32' } as const;

/** The tower with one of its tensors, kept as fp32, filled with `value`. */
function filled(tower: TowerWeights, name: string, value: number): TowerWeights {
  const tensor = tower.tensors.find((one) => one.name === name)!;
  const data = new Uint8Array(new Float32Array(tensor.byteLength / 4).fill(value).buffer);
  return { ...tower, files: tower.files.map((one) => (one.path === tensor.file ? { ...one, data } : one)) };
}

describe('a model that tells nothing apart', () => {
  const { architecture } = source;
  const { preprocess, text } = architecture;
  if (text.family !== 'clip') throw new Error('The built-in model has a text tower of CLIP.');
  it.each<[string, Partial<ModelSource>, string]>([
    ['pictures', { image: filled(source.image, 'visual.ln_post.weight', 0) }, 'every picture the same'],
    ['texts', { text: filled(source.text!, 'ln_final.weight', 0) }, 'every text the same'],
    [
      'texts, whose end it looks for where none is',
      { architecture: { ...architecture, text: { ...text, pool: 'eos', eosId: 7 } } },
      'every text the same',
    ],
    [
      'pictures, for its settings',
      { architecture: { ...architecture, preprocess: { ...preprocess, std: [1e30, 1e30, 1e30] } } },
      'every picture the same',
    ],
  ])('of %s is refused when it is opened', async (_, change, message) => {
    const opened = openEngine({ ...source, ...change }, WASM, nodePlatform(1));
    await expect(opened).rejects.toMatchObject({
      name: 'WeightsUnusable',
      message: expect.stringContaining(message),
    });
  });
});

describe('a model whose finite weights overflow', () => {
  it.each<[string, Partial<ModelSource>, string]>([
    ['image', { image: filled(source.image, 'visual.ln_post.weight', 3e38) }, 'The image tower'],
    ['text', { text: filled(source.text!, 'ln_final.weight', 3e38) }, 'The text tower'],
  ])('in the %s tower is refused when it is opened', async (_, change, what) => {
    const opened = openEngine({ ...source, ...change }, WASM, nodePlatform(1));
    await expect(opened).rejects.toMatchObject({
      name: 'WeightsUnusable',
      message: expect.stringContaining(`${what} of this model gives embeddings that are`),
    });
  });
});

/** Opens the model on a runtime whose runs give what `run` says, negative at every other; what passed is in `keys`. */
async function openOn(run: (session: FakeSession) => number, keys: Set<string>, runs: string[] = []) {
  const ort = fakeOrt({
    run: (session) => (runs.push(session.tower) % 2 ? 1 : -1) * run(session),
    release: ({ tower }) => runs.push(`release ${tower}`),
  });
  const passed = {
    has: async (key: string) => keys.has(key),
    add: async (key: string) => void keys.add(key),
  };
  return openEngine(source, WASM, gpuPlatform(ort, undefined, { passed }));
}

it('is looked at once, and remembered only where it is sound', async () => {
  const keys = new Set<string>();
  const runs: string[] = [];
  const unsound = openOn(({ tower }) => (tower === 'text' ? NaN : RIGHT), keys, runs);
  await expect(unsound).rejects.toMatchObject({ name: 'WeightsUnusable' });
  expect([...keys]).toEqual([]);
  await openOn(() => RIGHT, keys, runs);
  await openOn(() => RIGHT, keys, runs);
  const first = ['image', 'image', 'text', 'release image', 'release text'];
  expect(runs).toEqual([...first, 'image', 'image', 'text', 'text']);
  expect([...keys]).toEqual(['clipscope-s | fp32 | both towers sound']);
});

it('every row that is made later is looked at too', async () => {
  let value = RIGHT;
  const engine = await openOn(() => value, new Set());
  value = 0;
  await expect(engine.encodeTexts(['cat'])).rejects.toThrow('of length 0.0 instead of 1');
  value = NaN;
  await expect(engine.encodeTexts(['cat'])).rejects.toThrow('The text tower of this model gives embeddings');
  value = RIGHT;
  await expect(engine.encodeTexts(['cat'])).resolves.toMatchObject({ count: 1 });
});

it('rows are of length 1 to the rounding of half precision', () => {
  requireSound('It', Float32Array.of(1, 0, 0.6, 0.8), 2);
  requireSound('It', Float32Array.of(0.995, 0), 2);
  for (const row of [
    [0.98, 0],
    [1.02, 0],
    [0, 0],
    [Infinity, 0],
    [NaN, 0],
  ])
    expect(() => requireSound('It', Float32Array.of(1, 0, ...row), 2)).toThrow(/^It of this model gives/);
});
