/**
 * What each precision costs and keeps on the built-in model: bytes, cosines to fp32 over the album's pictures and
 * captions, and the pictures whose nearest caption stays the same. Chromium decodes; the towers run on wasm in Node. The
 * least cosines are what the page tells of each precision. `npm run bench -- precision`
 */
import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { chromium } from 'playwright-core';
import { CHECKPOINT_FILES } from '../src/clip/catalogue';
import { readCheckpoint } from '../src/clip/checkpoint';
import { nodeRuntime } from '../src/clip/session-node';
import { createTokenizer } from '../src/clip/tokenizer';
import { bufferSource } from '../src/formats/byte-source';
import { normalise, preprocess } from '../src/image/preprocess';
import { findChromium, QUIET_FLAGS } from '../tools/browser.js';
import { measurePrecisions, REQUIRED_COSINE, type PrecisionFigures } from '../tools/precision';
import { writeResult } from './result';

const MODEL = 'static/models/clipscope-t';
const ALBUM = 'static/album';

interface Decoded {
  readonly width: number;
  readonly height: number;
  /** RGBA, as base64. */
  readonly base64: string;
}

/** Runs in the page; a text, since what tsx makes of a function does not run there. */
const DECODE = `async (url) => {
  const bitmap = await createImageBitmap(await (await fetch(url)).blob());
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  let bytes = '';
  for (const byte of context.getImageData(0, 0, width, height).data) bytes += String.fromCharCode(byte);
  return { width, height, base64: btoa(bytes) };
}`;

const weights = bufferSource(await readFile(`${MODEL}/${CHECKPOINT_FILES.weights}`));
const checkpoint = await readCheckpoint(
  await readFile(`${MODEL}/${CHECKPOINT_FILES.config}`, 'utf8'),
  weights,
);
const { tokenizer: settings, preprocess: shape } = checkpoint.architecture;
const tokenizer = createTokenizer(
  JSON.parse(await readFile(`${MODEL}/${CHECKPOINT_FILES.tokenizer}`, 'utf8')),
  {
    ...settings,
    padId: 0,
  },
);
const album = JSON.parse(await readFile(`${ALBUM}/captions.json`, 'utf8')) as {
  file: string;
  caption: string;
}[];
const { pixels, browser } = await albumPixels(album.map(({ file }) => `${ALBUM}/${file}`));
const figures = await measurePrecisions({
  ...{ checkpoint, weights, pixels, pictures: album.length },
  runtime: { ort: await nodeRuntime(os.availableParallelism()), provider: { name: 'wasm' } },
  ids: tokenizer.encode(album.map(({ caption }) => caption)),
  texts: album.length,
});
console.table(figures.map(tableRow));
await writeResult('precision', browser, {
  model: 'clipscope-t',
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

/** The towers' input for every picture, `[pictures, 3, height, width]`, and the browser's version. */
async function albumPixels(files: readonly string[]): Promise<{ pixels: Float32Array; browser: string }> {
  const browser = await chromium.launch({ executablePath: findChromium() ?? '', args: [...QUIET_FLAGS] });
  try {
    const page = await browser.newPage();
    const bytes: Uint8Array[] = [];
    for (const file of files) {
      const url = `data:image/webp;base64,${(await readFile(file)).toString('base64')}`;
      const call = `(${DECODE})(${JSON.stringify(url)})`;
      const { width, height, base64 } = await page.evaluate<Decoded>(call);
      const data = Uint8Array.from(Buffer.from(base64, 'base64'));
      bytes.push(preprocess({ width, height, channels: 4, data }, shape));
    }
    const [height, width] = shape.size;
    const all = Uint8Array.from(Buffer.concat(bytes));
    const pixels = normalise(all, files.length, height, width, shape.mean, shape.std);
    return { pixels, browser: browser.version() };
  } finally {
    await browser.close();
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
