import { wrap } from 'comlink';
import { expect, it } from 'vitest';
import { BUILT_IN_MODELS } from '../../src/clip/built-in';
import { CHECKPOINT_FILES } from '../../src/clip/checkpoint-files';
import { readArchitecture } from '../../src/clip/architecture';
import { parseJson } from '../../src/clip/parse-json';
import { browserRuntime } from '../../src/clip/session-browser';
import { RUNTIME_FILES } from '../../src/clip/session-files';
import { openTokenizer } from '../../src/engine/open-tokenizer';
import type { PreprocessSettings } from '../../src/core/preprocess-settings';
import { bufferSource } from '../../src/formats/byte-source';
import { normalise } from '../../src/image/preprocess';
import { measurePrecisions, REQUIRED_COSINE } from '../../tools/precision';
import type { ImageApi } from '../../workers/api';
import expectedAlbum from '../fixtures/album/clipscope-s.json';

/** Of the album's pictures, the share that must keep their nearest text; several texts lie close together. */
const LEAST_UNCHANGED = { fp32: 0.99, 'fp16-storage': 0.99, q8: 0.96, q4: 0.8 } as const;

const fetched = (path: string) => fetch(`/${path}`);

/** The album as the image tower takes it, `[pictures, 3, height, width]`. */
async function albumPixels(settings: PreprocessSettings): Promise<Float32Array> {
  const worker = new Worker(new URL('../../workers/image.worker.ts', import.meta.url), {
    type: 'module',
    name: 'image',
  });
  const images = wrap<ImageApi>(worker);
  const [height, width] = settings.size;
  const { length } = expectedAlbum.images;
  const all = new Uint8Array(length * height * width * 3);
  for (const [at, { file }] of expectedAlbum.images.entries()) {
    const picture = await images.prepare(await (await fetched(`album/${file}`)).blob(), settings, 0);
    if (!picture.ok) throw new Error(`${file}: ${picture.message}`);
    all.set(picture.pixels, (at * all.length) / length);
  }
  worker.terminate();
  return normalise(all, length, height, width, settings.mean, settings.std);
}

it('every precision keeps the direction of what the smallest built-in model makes of the album', async () => {
  const { folder } = BUILT_IN_MODELS.at(-1)!;
  const weights = bufferSource(await (await fetched(folder + CHECKPOINT_FILES.weights)).arrayBuffer());
  const config = await (await fetched(folder + CHECKPOINT_FILES.config)).text();
  const architecture = readArchitecture(parseJson(config, CHECKPOINT_FILES.config));
  const tokenizer = await (await fetched(folder + CHECKPOINT_FILES.tokenizer)).text();
  const captions = expectedAlbum.texts.map(({ text }) => text);
  const figures = await measurePrecisions({
    checkpoint: { config, weights },
    pixels: await albumPixels(architecture.preprocess),
    pictures: expectedAlbum.images.length,
    runtime: { ort: await browserRuntime('wasm', RUNTIME_FILES), provider: { name: 'wasm' } },
    ids: (await openTokenizer(architecture, { tokenizer })).encode(captions),
    texts: captions.length,
  });
  expect(figures.map(({ precision }) => precision)).toEqual(['fp32', 'fp16-storage', 'q8', 'q4']);
  for (const [index, { precision, pictures, texts, storedBytes, unchangedTop1 }] of figures.entries()) {
    // Rounding leaves the cosine of equal rows a little below 1.
    expect(Math.min(pictures.min, texts.min), precision).toBeGreaterThan(REQUIRED_COSINE[precision] - 1e-9);
    expect(unchangedTop1, precision).toBeGreaterThan(LEAST_UNCHANGED[precision]);
    expect(storedBytes, precision).toBeLessThan(figures[index - 1]?.storedBytes ?? Infinity);
  }
  // A precision that loses nothing was not applied.
  for (const { precision, pictures } of figures.slice(2))
    expect(pictures.min, precision).toBeLessThan(0.99999);
});
