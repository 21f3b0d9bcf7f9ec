/**
 * What each precision costs and keeps on the built-in model: bytes, cosines to fp32 over the album's pictures and
 * captions, and the pictures whose nearest caption stays the same. Chromium decodes; the towers run on wasm in Node. The
 * least cosines are what the page tells of each precision. `npm run bench -- precision`
 */
import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { CHECKPOINT_FILES } from '../src/clip/checkpoint-files';
import { readArchitecture } from '../src/clip/architecture';
import { parseJson } from '../src/clip/parse-json';
import { nodeRuntime } from '../src/clip/session-node';
import { openTokenizer } from '../src/engine/open-tokenizer';
import { bufferSource } from '../src/formats/byte-source';
import { normalise, preprocess } from '../src/image/preprocess';
import { decodeAlbum } from '../tools/evaluation/album-pictures';
import { measurePrecisions, REQUIRED_COSINE, type PrecisionFigures } from '../tools/precision';
import { writeResult } from './result';

const MODEL = 'static/models/clipscope-s';
const ALBUM = 'static/album';

const text = (name: string) => readFile(`${MODEL}/${name}`, 'utf8');
const config = await text(CHECKPOINT_FILES.config);
const weights = bufferSource(await readFile(`${MODEL}/${CHECKPOINT_FILES.weights}`));
const architecture = readArchitecture(parseJson(config, CHECKPOINT_FILES.config));
const tokenizer = await openTokenizer(architecture, { tokenizer: await text(CHECKPOINT_FILES.tokenizer) });
const { preprocess: shape } = architecture;
const { album, browser } = await decodeAlbum(ALBUM);
const [height, width] = shape.size;
const bytes = Uint8Array.from(Buffer.concat(album.map(({ picture }) => preprocess(picture, shape))));
const pixels = normalise(bytes, album.length, height, width, shape.mean, shape.std);
const figures = await measurePrecisions({
  checkpoint: { config, weights },
  pixels,
  pictures: album.length,
  runtime: { ort: await nodeRuntime(os.availableParallelism()), provider: { name: 'wasm' } },
  ids: tokenizer.encode(album.map(({ caption }) => caption)),
  texts: album.length,
});
console.table(figures.map(tableRow));
await writeResult('precision', browser, {
  model: 'clipscope-s',
  pictures: album.length,
  precisions: figures,
});
await writeFile(
  'src/clip/precision-cosines.json',
  `${JSON.stringify(Object.fromEntries(figures.map((one) => [one.precision, leastCosine(one)])), null, 2)}\n`,
);
for (const { precision, pictures, texts } of figures) {
  const least = Math.min(pictures.min, texts.min);
  // Rounding leaves the cosine of equal rows a little below 1.
  if (least < REQUIRED_COSINE[precision] - 1e-9) {
    console.error(`${precision} keeps a cosine of ${least}; ${REQUIRED_COSINE[precision]} is asked for.`);
    process.exitCode = 1;
  }
}

/** Rounded down, so that what is told is kept. */
function leastCosine({ pictures, texts }: PrecisionFigures): number {
  return Math.floor((Math.min(pictures.min, texts.min) + 1e-9) * 1e5) / 1e5;
}

function tableRow({ precision, storedBytes, pictures, texts, unchangedTop1 }: PrecisionFigures): object {
  return {
    precision,
    MB: (storedBytes / 1e6).toFixed(2),
    'pictures, min': pictures.min.toFixed(6),
    'pictures, median': pictures.median.toFixed(6),
    'texts, min': texts.min.toFixed(6),
    'texts, median': texts.median.toFixed(6),
    'same top-1 label': `${(100 * unchangedTop1).toFixed(1)} %`,
  };
}
