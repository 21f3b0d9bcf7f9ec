/** Pictures with a palette as rasters of its indices. */
import { partsOf } from '../../src/image/file-parts';
import type { Raster } from '../../src/image/raster';

/** RGB of each index, `[256, 3]`; black where a file defines fewer. */
export type Palette = Uint8Array<ArrayBuffer>;

/** Pillow's 1-bit mode: black, and white for all other indices. */
export const BILEVEL: Palette = new Uint8Array(768).fill(255, 3);

/** A picture as indices of its colours: of equal ones the first. @throws Error if a colour has no index */
export function indexed({ width, height, channels, data }: Raster, palette: Palette): Raster {
  const colourAt = (bytes: Raster['data'], at: number): number =>
    (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
  const indices = new Map<number, number>();
  for (let index = 255; index >= 0; index--) indices.set(colourAt(palette, index * 3), index);
  const pixels = Uint8Array.from({ length: width * height }, (_, at) => {
    const index = indices.get(colourAt(data, at * channels));
    if (index === undefined) throw new Error(`the colour of pixel ${at} is not in the palette`);
    return index;
  });
  return { width, height, channels: 1, kind: 'indexed', palette, data: pixels };
}

/** The palette of a PNG or BMP file, or of a GIF file's first picture. */
export function paletteOf(file: Uint8Array<ArrayBuffer>): Palette {
  if (file[0] === GIF_START) return gifPalette(file);
  if (file[0] === BMP_START) return bmpPalette(file);
  const palette = new Uint8Array(768);
  palette.set(partsOf(file, 'png').find(({ name }) => name === 'PLTE')?.data ?? []);
  return palette;
}

/** A palette of these colours; further channels are ignored. */
export function paletteFrom(colours: readonly ArrayLike<number>[]): Palette {
  const palette = new Uint8Array(768);
  colours.forEach((colour, index) => palette.set(Array.from(colour).slice(0, 3), index * 3));
  return palette;
}

/** "G" and "B". */
const [GIF_START, BMP_START] = [0x47, 0x42];

/** Behind the file's header and the picture's, whose length is at 14: blue, green, red and nothing, up to the pixels. */
function bmpPalette(file: Uint8Array): Palette {
  const view = new DataView(file.buffer, file.byteOffset);
  const colours = file.subarray(14 + view.getUint32(14, true), view.getUint32(10, true));
  const palette = new Uint8Array(768);
  for (let at = 0; at + 4 <= colours.length; at += 4) {
    palette.set([colours[at + 2]!, colours[at + 1]!, colours[at]!], (at / 4) * 3);
  }
  return palette;
}

/** GIF89a: the picture's own colour table, else the global one. */
function gifPalette(file: Uint8Array): Palette {
  let palette = colourTable(file, 10, 13);
  let at = 13 + palette.length;
  // Extensions before the picture: a label, then blocks with their lengths, up to an empty one.
  while (file[at] === 0x21) {
    at += 2;
    while (file[at]) at += file[at]! + 1;
    at++;
  }
  const own = colourTable(file, at + 9, at + 10);
  if (own.length > 0) palette = own;
  const whole = new Uint8Array(768);
  whole.set(palette);
  return whole;
}

/** The colours that begin at `start`; none if the flags at `flagsAt` say so. */
function colourTable(file: Uint8Array, flagsAt: number, start: number): Uint8Array {
  const flags = file[flagsAt] ?? 0;
  const colours = flags & 0x80 ? 2 << (flags & 7) : 0;
  return file.subarray(start, start + colours * 3);
}
