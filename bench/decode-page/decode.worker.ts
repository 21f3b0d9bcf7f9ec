/** Prepares photos in a thread of its own, as the image worker does, in ways that are compared. */
import { expose } from 'comlink';
import type { PreprocessSettings } from '../../src/core/preprocess-settings';
import { shortDigest } from '../../src/core/short-digest';
import { decodePicture } from '../../src/image/decode';
import { fit, fitFrame } from '../../src/image/geometry';
import { headerSize } from '../../src/image/header-size';
import { neededScale } from '../../src/image/needed-scale';
import type { DecodedPicture } from '../../src/image/picture';
import { preprocessSource } from '../../src/image/preprocess';
import { sourceOf } from '../../src/image/raster';
import { thumbnailOf, thumbnailSize } from '../../src/image/thumbnail';
import { readMetadata } from '../../src/library/metadata';

/** Pixels of a frame for each of the tower's input; 0: the picture is decoded whole. */
type Margin = number;

/** Ways of formats that have no scaled decoder, with `MARGIN` pixels for each of the tower's input. */
export type OtherWay = 'whole' | 'bitmap, resized medium' | 'bitmap, resized high' | 'frame';

const bench = {
  /** RGB bytes of the tower's input, in Base64, and the width of what was decoded. */
  async prepared(url: string, settings: PreprocessSettings, margin: Margin) {
    const { picture, pixels } = await prepare(await bytesOf(url), settings, margin, 0);
    const width = picture.width;
    picture.close();
    return { pixels: base64(pixels), width };
  },

  /** Milliseconds to decode and resize each file. */
  async times(urls: readonly string[], settings: PreprocessSettings, margin: Margin): Promise<number[]> {
    const times: number[] = [];
    for (const url of urls) {
      const bytes = await bytesOf(url);
      const began = performance.now();
      (await prepare(bytes, settings, margin, 0)).picture.close();
      times.push(performance.now() - began);
    }
    return times;
  },

  /** RGB bytes of the tower's input, in Base64, and the milliseconds they took, by another way. */
  async otherWay(url: string, type: string, settings: PreprocessSettings, way: OtherWay) {
    const bytes = await bytesOf(url);
    const began = performance.now();
    const pixels = await OTHER_WAYS[way](bytes, type, settings);
    return { milliseconds: performance.now() - began, pixels: base64(pixels) };
  },

  /** Milliseconds of each step of preparing a file, as the image worker does it. */
  async steps(url: string, settings: PreprocessSettings, margin: Margin, edge: number) {
    const blob = await (await fetch(url)).blob();
    const steps: Record<string, number> = {};
    let last = performance.now();
    const step = (name: string) => {
      const now = performance.now();
      steps[name] = now - last;
      last = now;
    };
    const bytes = new Uint8Array(await blob.arrayBuffer());
    step('read');
    const picture = await decoded(bytes, settings, margin, edge);
    step('decode, copy out');
    preprocessSource(picture, settings, fitFrame(picture, settings));
    step('resize');
    await shortDigest(bytes.buffer);
    step('digest');
    await readMetadata(bytes.buffer);
    step('EXIF');
    await picture.scaled(...thumbnailSize(picture.full.width, picture.full.height, edge));
    step('thumbnail, drawn only');
    await thumbnailOf(picture, edge);
    step('thumbnail, drawn and encoded');
    picture.close();
    return steps;
  },
};

export type DecodeBench = typeof bench;

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

async function bytesOf(url: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

async function decoded(
  bytes: Uint8Array<ArrayBuffer>,
  settings: PreprocessSettings,
  margin: Margin,
  edge: number,
): Promise<DecodedPicture> {
  if (margin === 0) return decodePicture(bytes);
  return decodePicture(bytes, { needed: (size) => neededScale(size, settings, edge, margin) });
}

async function prepare(
  bytes: Uint8Array<ArrayBuffer>,
  settings: PreprocessSettings,
  margin: Margin,
  edge: number,
) {
  const picture = await decoded(bytes, settings, margin, edge);
  return { picture, pixels: preprocessSource(picture, settings, fitFrame(picture, settings)) };
}

type Way = (
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
  settings: PreprocessSettings,
) => Promise<Uint8Array<ArrayBuffer>>;

const OTHER_WAYS: Readonly<Record<OtherWay, Way>> = {
  whole: async (bytes, _type, settings) => {
    const { picture, pixels } = await prepare(bytes, settings, 0, 0);
    picture.close();
    return pixels;
  },
  'bitmap, resized medium': (bytes, type, settings) => resizedBitmap(bytes, type, settings, 'medium'),
  'bitmap, resized high': (bytes, type, settings) => resizedBitmap(bytes, type, settings, 'high'),
  frame: async (bytes, type, settings) => {
    const decoder = new ImageDecoder({ data: bytes, type, colorSpaceConversion: 'none' });
    const { image } = await decoder.decode();
    const { codedWidth: width, codedHeight: height } = image;
    const data = new Uint8Array(width * height * 4);
    await image.copyTo(data, { format: 'RGBA', layout: [{ offset: 0, stride: width * 4 }] });
    image.close();
    decoder.close();
    return preprocessSource(sourceOf({ width, height, channels: 4, data }), settings);
  },
};

async function resizedBitmap(
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
  settings: PreprocessSettings,
  resizeQuality: ResizeQuality,
): Promise<Uint8Array<ArrayBuffer>> {
  const [width, height] = headerSize(bytes)!;
  const scale = Math.min(1, neededScale({ width, height }, settings, 0));
  const [resizeWidth, resizeHeight] = [width, height].map((side) => Math.ceil(side * scale));
  const bitmap = await createImageBitmap(new Blob([bytes], { type }), {
    premultiplyAlpha: 'none',
    colorSpaceConversion: 'none',
    resizeWidth: resizeWidth!,
    resizeHeight: resizeHeight!,
    resizeQuality,
  });
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d', { alpha: false })!;
  context.drawImage(bitmap, 0, 0);
  const source = sourceOf({
    width: bitmap.width,
    height: bitmap.height,
    channels: 4,
    data: context.getImageData(0, 0, bitmap.width, bitmap.height).data,
  });
  bitmap.close();
  const plan = fit(width, height, settings);
  return preprocessSource(source, settings, {
    ...plan,
    horizontal: { ...plan.horizontal, source: source.width },
    vertical: { ...plan.vertical, source: source.height },
  });
}

expose(bench);
