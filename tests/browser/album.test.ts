import { proxy, wrap, type Remote } from 'comlink';
import { describe, expect, it } from 'vitest';
import type { Backend, ClipApi, Embeddings, ImageApi } from '../../workers/api';
import expectedAlbum from '../fixtures/album-expected.json';

const TOLERANCE = 1e-4;

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

/** The album's pictures as the page prepares them. */
async function preparedAlbum(settings: Parameters<ImageApi['prepare']>[1]): Promise<Uint8Array<ArrayBuffer>> {
  const images = startImage();
  const [height, width] = settings.size;
  const area = height * width * 3;
  const all = new Uint8Array(expectedAlbum.images.length * area);
  for (const [at, { file }] of expectedAlbum.images.entries()) {
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
  images: (index: number) => ArrayLike<number>,
  texts: (index: number) => ArrayLike<number>,
): number[] {
  return expectedAlbum.images.flatMap((_, image) =>
    expectedAlbum.texts.map((_text, text) =>
      Array.from(images(image)).reduce((sum, value, at) => sum + value * (texts(text)[at] ?? NaN), 0),
    ),
  );
}

const rowsOf =
  ({ data, dim }: Embeddings) =>
  (index: number) =>
    data.subarray(index * dim, (index + 1) * dim);

describe.each<[Backend]>([['wasm'], ['webgpu']])('the built-in model over the album, on %s', (backend) => {
  it('gives the embeddings and similarities of OpenCLIP', async () => {
    const clip = startClip();
    const model = await clip.load(
      'clipscope-t',
      { backend, arithmetic: 'auto' },
      proxy(() => undefined),
    );
    expect(model.runsOn.backend).toBe(backend);
    expect(model.logitScale).toBeCloseTo(expectedAlbum.logit_scale_exp, 4);
    const [height, width] = model.preprocess.size;
    const data = await preparedAlbum(model.preprocess);
    const count = expectedAlbum.images.length;
    const images = await clip.encodeImages('clipscope-t', { count, height, width, data });
    const texts = await clip.encodeTexts(
      'clipscope-t',
      expectedAlbum.texts.map(({ text }) => text),
    );
    expect(
      largestDifference(
        images.data,
        expectedAlbum.images.flatMap(({ embedding }) => embedding),
      ),
    ).toBeLessThan(TOLERANCE);
    expect(
      largestDifference(
        texts.data,
        expectedAlbum.texts.flatMap(({ embedding }) => embedding),
      ),
    ).toBeLessThan(TOLERANCE);
    const expected = similarities(
      (index) => expectedAlbum.images[index]?.embedding ?? [],
      (index) => expectedAlbum.texts[index]?.embedding ?? [],
    );
    expect(largestDifference(similarities(rowsOf(images), rowsOf(texts)), expected)).toBeLessThan(TOLERANCE);
  });
});
