import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Raster } from '../../src/image/raster';
import { findChromium, QUIET_FLAGS } from '../browser.js';

interface Decoded {
  readonly width: number;
  readonly height: number;
  /** RGBA, as base64. */
  readonly base64: string;
}

export interface AlbumPicture {
  readonly picture: Raster;
  readonly caption: string;
  /** Names of the things it shows. */
  readonly shows: readonly string[];
}

/** The sample album as Chromium decodes it. */
export interface DecodedAlbum {
  readonly album: readonly AlbumPicture[];
  /** The browser's version. */
  readonly browser: string;
}

/** Runs in the page; a string, since a function compiled by tsx does not run there. */
const DECODE = `async (url) => {
  const bitmap = await createImageBitmap(await (await fetch(url)).blob());
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  let bytes = '';
  for (const byte of context.getImageData(0, 0, width, height).data) bytes += String.fromCharCode(byte);
  return { width, height, base64: btoa(bytes) };
}`;

/** @param folder contains `captions.json` and the WebP pictures it lists */
export async function decodeAlbum(folder: string): Promise<DecodedAlbum> {
  const listed = JSON.parse(await readFile(path.join(folder, 'captions.json'), 'utf8')) as {
    file: string;
    caption: string;
    objects: { name: string }[];
  }[];
  const browser = await chromium.launch({ executablePath: findChromium() ?? '', args: [...QUIET_FLAGS] });
  try {
    const page = await browser.newPage();
    const album: AlbumPicture[] = [];
    for (const { file, caption, objects } of listed) {
      const url = `data:image/webp;base64,${(await readFile(path.join(folder, file))).toString('base64')}`;
      const call = `(${DECODE})(${JSON.stringify(url)})`;
      const { width, height, base64 } = await page.evaluate<Decoded>(call);
      const data = Uint8Array.from(Buffer.from(base64, 'base64'));
      const shows = objects.map(({ name }) => name);
      album.push({ picture: { width, height, channels: 4, data }, caption, shows });
    }
    return { album, browser: browser.version() };
  } finally {
    await browser.close();
  }
}
