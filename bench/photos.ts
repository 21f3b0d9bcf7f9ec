import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium, QUIET_FLAGS } from '../tools/browser.js';

/** Width and height in pixels. */
export type Size = readonly [width: number, height: number];

/** Clouds of colour this many cells wide lie over one another, the finest as busy as what a lens draws. */
const GRAINS = [3, 12, 48, 192, 768, 1536];

const QUALITY = 0.86;

/**
 * Writes `count` JPEGs, no two alike, into `folder` and returns their paths: clouds from coarse to fine, so that a file
 * is about as long, and takes about as long to decode, as a photo of its size.
 */
export async function makePhotos(
  folder: string,
  count: number,
  sizeOf: (number: number) => Size,
): Promise<string[]> {
  const browser = await chromium.launch({ executablePath: findChromium() ?? '', args: [...QUIET_FLAGS] });
  try {
    const page = await browser.newPage();
    const files: string[] = [];
    for (let number = 0; number < count; number++) {
      const jpeg = await page.evaluate(drawClouds, [number, sizeOf(number), GRAINS, QUALITY] as const);
      const file = path.join(folder, `photo-${String(number).padStart(5, '0')}.jpg`);
      await writeFile(file, Buffer.from(jpeg.slice(jpeg.indexOf(',') + 1), 'base64'));
      files.push(file);
    }
    return files;
  } finally {
    await browser.close();
  }
}

/** Runs in the page: picture `number` as the address of a JPEG. */
function drawClouds([number, [width, height], grains, quality]: readonly [
  number,
  Size,
  readonly number[],
  number,
]): string {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  let state = number + 1;
  for (const columns of grains) {
    const rows = Math.ceil((columns * height) / width);
    const cells = new ImageData(columns, rows);
    for (let i = 0; i < cells.data.length; i++) {
      state = (Math.imul(state, 0x19660d) + 0x3c6ef35f) | 0;
      cells.data[i] = i % 4 === 3 ? 255 : state >>> 24;
    }
    const small = new OffscreenCanvas(columns, rows);
    small.getContext('2d')!.putImageData(cells, 0, 0);
    context.drawImage(small, 0, 0, width, height);
    // Each finer grain is laid over the coarser ones more thinly.
    context.globalAlpha *= 0.7;
  }
  return canvas.toDataURL('image/jpeg', quality);
}
