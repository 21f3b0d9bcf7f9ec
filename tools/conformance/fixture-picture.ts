/**
 * Pictures of the golden preprocessing index as rasters, each handled like a file of its Pillow mode in OpenCLIP's
 * reference. Runs in Node and in browsers.
 */
import type { Interpolation, PreprocessSettings, ResizeMode } from '../../src/core/preprocess-settings';
import type { Raster } from '../../src/image/raster';
import { BILEVEL, indexed, paletteOf } from './palette';
import { pngPicture } from './png-picture';

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
  const file = await read(`images/${entry.image}`);
  const isConverted = entry.variant === 'rgb_first';
  const picture =
    image.decoded === null
      ? pngPicture(file, image.pil_mode)
      : await decodedPicture(image, image.decoded, file, isConverted, read);
  return entry.variant === 'exif_upright' ? upright(picture, image.exif_orientation) : picture;
}

/** Pillow's own decoding, in the file's mode or, if `isConverted`, in RGB: alpha is dropped. */
async function decodedPicture(
  { pil_mode, width, height }: FixtureImage,
  path: string,
  file: Uint8Array<ArrayBuffer>,
  isConverted: boolean,
  read: ReadFixture,
): Promise<Raster> {
  const data = await gunzip(await read(path));
  const picture = { width, height, channels: path.endsWith('.rgba.gz') ? 4 : 3, data } as const;
  if (isConverted) return picture;
  if (pil_mode === '1') return indexed(picture, BILEVEL);
  if (pil_mode === 'P') return indexed(picture, paletteOf(file));
  if (picture.channels === 4) return { ...picture, kind: 'transparent' };
  // There is no `I;16` raster: 16-bit grey is passed as Pillow's final 8 bits, and its cases are excused.
  return picture;
}

/** Decompresses, unless `fetch` already has: servers may send a `.gz` file with a content encoding. */
async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
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
