import { proxy, wrap, type Remote } from 'comlink';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_MODELS, type BuiltInModel } from '../../src/clip/built-in';
import { resizedFrame } from '../../src/image/frame';
import type { Backend, ClipApi, Embeddings, ImageApi } from '../../workers/api';
import type { AlbumFixture } from '../helpers/album';
import { WHOLE } from '../helpers/whole';

/** Of an fp32 embedding to OpenCLIP's. */
const TOLERANCE = 2e-5;

function startClip(): Remote<ClipApi> {
  return wrap(
    new Worker(new URL('../../workers/clip.worker.ts', import.meta.url), { type: 'module', name: 'clip' }),
  );
}

function startImage(): Remote<ImageApi> {
  return wrap(
    new Worker(new URL('../../workers/image.worker.ts', import.meta.url), { type: 'module', name: 'image' }),
  );
}

/** What OpenCLIP computes with each built-in model over the album. */
const FIXTURES = import.meta.glob<AlbumFixture>('../fixtures/album/*.json', { import: 'default' });

/** The album's pictures as the page prepares them. */
async function preparedAlbum(
  { images: listed }: AlbumFixture,
  settings: Parameters<ImageApi['prepare']>[1],
): Promise<Uint8Array<ArrayBuffer>> {
  const images = startImage();
  const [height, width] = settings.size;
  const area = height * width * 3;
  const all = new Uint8Array(listed.length * area);
  for (const [at, { file }] of listed.entries()) {
    const blob = await (await fetch(`/album/${file}`)).blob();
    const picture = await images.prepare(blob, settings, 0);
    if (!picture.ok) throw new Error(`${file}: ${picture.message}`);
    all.set(picture.pixels, at * area);
  }
  return all;
}

function largestDifference(found: ArrayLike<number>, expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  return expected.reduce((most, value, at) => Math.max(most, Math.abs(value - (found[at] ?? NaN))), 0);
}

function similarities(
  expected: AlbumFixture,
  images: (index: number) => ArrayLike<number>,
  texts: (index: number) => ArrayLike<number>,
): number[] {
  return expected.images.flatMap((_, image) =>
    expected.texts.map((_text, text) =>
      Array.from(images(image)).reduce((sum, value, at) => sum + value * (texts(text)[at] ?? NaN), 0),
    ),
  );
}

const rowsOf =
  ({ data, dim }: Embeddings) =>
  (index: number) =>
    data.subarray(index * dim, (index + 1) * dim);

const [smallest, ...larger] = [...BUILT_IN_MODELS].reverse() as [BuiltInModel, ...BuiltInModel[]];
/** A model, where it runs, and the part of the album that it is shown: each picture, or one in several. */
const CASES: [model: string, backend: Backend, every: number][] = [
  [smallest.id, 'wasm', 1],
  // The software GPU is a hundred times slower.
  [smallest.id, 'webgpu', WHOLE ? 1 : 8],
  ...larger.map(({ id }): [string, Backend, number] => [id, 'wasm', 1]),
];

describe.each(CASES)('%s over the album, on %s', (name, backend, every) => {
  it('gives the embeddings and similarities of OpenCLIP', async () => {
    const golden = await FIXTURES[`../fixtures/album/${name}.json`]!();
    const some = <T>(list: readonly T[]) => list.filter((_, at) => at % every === 0);
    const expected = { ...golden, images: some(golden.images), texts: some(golden.texts) };
    const clip = startClip();
    const settings = { backend, arithmetic: 'fp32', threads: 'one' } as const;
    const model = await clip.load(
      name,
      settings,
      proxy(() => undefined),
    );
    expect(model.runsOn.backend).toBe(backend);
    expect(model.logitScale).toBeCloseTo(expected.logit_scale_exp, 4);
    const [height, width] = model.preprocess.size;
    const data = await preparedAlbum(expected, model.preprocess);
    const count = expected.images.length;
    const images = await clip.encodeImages(name, { count, height, width, data });
    const first = resizedFrame(data.subarray(0, 3 * height * width), model.preprocess);
    const framed = await clip.encodeFrames(name, [first]);
    expect(largestDifference(framed.data, [...rowsOf(images)(0)])).toBeLessThan(1e-5);
    const texts = await clip.encodeTexts(
      name,
      expected.texts.map(({ text }) => text),
    );
    const rows = (list: readonly { embedding: readonly number[] }[]) =>
      list.flatMap(({ embedding }) => embedding);
    expect(largestDifference(images.data, rows(expected.images))).toBeLessThan(TOLERANCE);
    expect(largestDifference(texts.data, rows(expected.texts))).toBeLessThan(TOLERANCE);
    const products = similarities(
      expected,
      (index) => expected.images[index]?.embedding ?? [],
      (index) => expected.texts[index]?.embedding ?? [],
    );
    expect(largestDifference(similarities(expected, rowsOf(images), rowsOf(texts)), products)).toBeLessThan(
      TOLERANCE,
    );
  });
});
