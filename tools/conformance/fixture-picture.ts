/**
 * Pictures of the golden preprocessing index as rasters, each handled like a file of its Pillow mode in OpenCLIP's
 * reference. Runs in Node and in browsers.
 */
import { decode } from 'fast-png';
import type { DecodedPng } from 'fast-png';
import type { Interpolation, PreprocessSettings, ResizeMode } from '../../src/core/preprocess-settings';
import type { Raster } from '../../src/image/raster';

export interface FixtureImage {
  readonly format: string;
  /** Pillow's mode of the opened file. */
  readonly pil_mode: string;
  readonly width: number;
  readonly height: number;
  /** Path of Pillow's RGB or RGBA bytes, gzipped; null if the PNG suffices. */
  readonly decoded: string | null;
  readonly exif_orientation: number | null;
}

export interface FixtureCase {
  /** Key of `images`. */
  readonly image: string;
  /** As opened by OpenCLIP, converted to RGB before resizing, or rotated upright before resizing. */
  readonly variant: 'reference' | 'rgb_first' | 'exif_upright';
  readonly size: number | readonly [height: number, width: number];
  readonly resize_mode: ResizeMode;
  readonly interpolation: Interpolation;
  /** Grey level of the padding with `longest`; default 0. */
  readonly fill_color?: number;
  /** `[width, height]` before the crop. */
  readonly resized_to: readonly [number, number];
  /** Path of the PNG after resize and crop. */
  readonly expected: string;
  /** Hash of that PNG's RGB bytes. */
  readonly sha256: string;
  /** float32, `[3, height, width]`, little-endian. */
  readonly normalised?: {
    readonly file: string;
    readonly mean: PreprocessSettings['mean'];
    readonly std: PreprocessSettings['std'];
  };
  /** Why a browser need not reproduce the case. */
  readonly excused?: string;
}

export interface FixtureIndex {
  readonly mean: PreprocessSettings['mean'];
  readonly std: PreprocessSettings['std'];
  readonly images: Readonly<Record<string, FixtureImage>>;
  readonly cases: readonly FixtureCase[];
}

/** Reads a file by its path relative to the index's folder. */
export type ReadFixture = (path: string) => Promise<Uint8Array<ArrayBuffer>>;

/** The settings of `entry` for `preprocess`. */
export function fixtureSettings(index: FixtureIndex, entry: FixtureCase): PreprocessSettings {
  return {
    size: typeof entry.size === 'number' ? [entry.size, entry.size] : entry.size,
    resizeMode: entry.resize_mode,
    interpolation: entry.interpolation,
    fillColor: entry.fill_color ?? 0,
    mean: index.mean,
    std: index.std,
  };
}

/** The picture of `entry` for `preprocess`. */
export async function fixturePicture(
  index: FixtureIndex,
  entry: FixtureCase,
  read: ReadFixture,
): Promise<Raster> {
  const image = index.images[entry.image];
  if (!image) throw new Error(`no image ${entry.image} in the index`);
  const isReference = entry.variant === 'reference';
  // There is no `I;16` raster: 16-bit grey is passed as Pillow's final 8 bits, and its cases are excused.
  if (image.decoded !== null && (!isReference || image.format !== 'PNG' || image.pil_mode === 'I;16')) {
    const opaque = await decodedPicture(image, image.decoded, read);
    return entry.variant === 'exif_upright' ? upright(opaque, image.exif_orientation) : opaque;
  }
  return pngPicture(decode(await read(`images/${entry.image}`)), image.pil_mode);
}

/** Pillow's own decoding, converted to RGB: alpha is dropped. */
async function decodedPicture(image: FixtureImage, path: string, read: ReadFixture): Promise<Raster> {
  const data = await gunzip(await read(path));
  return { width: image.width, height: image.height, channels: path.endsWith('.rgba.gz') ? 4 : 3, data };
}

/** Decompresses, unless `fetch` already has: servers may send a `.gz` file with a content encoding. */
async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function pngPicture(png: DecodedPng, mode: string): Raster {
  const { width, height } = png;
  const data = samples(png);
  switch (mode) {
    case '1': {
      const palette = new Uint8Array(768).fill(255, 3);
      return { width, height, channels: 1, kind: 'indexed', palette, data };
    }
    case 'P': {
      const palette = new Uint8Array(768);
      png.palette?.forEach((colour, i) => palette.set(colour.slice(0, 3), i * 3));
      return { width, height, channels: 1, kind: 'indexed', palette, data };
    }
    case 'L':
      return { width, height, channels: 1, data };
    case 'RGB':
      return { width, height, channels: 3, data };
    case 'LA':
      return { width, height, channels: 4, kind: 'transparent', data: greyAlphaToRgba(data) };
    case 'RGBA':
      return { width, height, channels: 4, kind: 'transparent', data };
    default:
      throw new Error(`no rule for Pillow's mode ${mode}`);
  }
}

/** One byte per sample. fast-png leaves 1-, 2- and 4-bit samples packed, with rows byte-aligned. */
function samples({ data, width, height, channels, depth }: DecodedPng): Uint8Array {
  if (depth === 16) throw new Error('16-bit PNG samples have no 8-bit reading here');
  if (depth === 8) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const rowSamples = width * channels;
  const rowBytes = Math.ceil((rowSamples * depth) / 8);
  const out = new Uint8Array(rowSamples * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < rowSamples; x++) {
      const bit = x * depth;
      const byte = data[y * rowBytes + (bit >> 3)] ?? 0;
      out[y * rowSamples + x] = (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }
  }
  return out;
}

function greyAlphaToRgba(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length * 2);
  for (let i = 0; i < data.length; i += 2) {
    out.fill(data[i]!, i * 2, i * 2 + 3);
    out[i * 2 + 3] = data[i + 1]!;
  }
  return out;
}

/** How EXIF orientations 2 to 8 are undone: swap axes first, then mirror across or down. */
const TURNS: Readonly<Record<number, { swap: boolean; across: boolean; down: boolean }>> = {
  2: { swap: false, across: true, down: false },
  3: { swap: false, across: true, down: true },
  4: { swap: false, across: false, down: true },
  5: { swap: true, across: false, down: false },
  6: { swap: true, across: true, down: false },
  7: { swap: true, across: true, down: true },
  8: { swap: true, across: false, down: true },
};

/** Rotated upright by its EXIF orientation. */
export function upright(picture: Raster, orientation: number | null): Raster {
  const turn = TURNS[orientation ?? 1];
  if (!turn) return picture;
  const { channels, data } = picture;
  const [width, height] = turn.swap ? [picture.height, picture.width] : [picture.width, picture.height];
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [column, row] = [turn.across ? width - 1 - x : x, turn.down ? height - 1 - y : y];
      const from = (turn.swap ? column * picture.width + row : row * picture.width + column) * channels;
      out.set(data.subarray(from, from + channels), (y * width + x) * channels);
    }
  }
  return { width, height, channels, data: out };
}
