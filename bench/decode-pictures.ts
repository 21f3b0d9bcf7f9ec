import { readdir } from 'node:fs/promises';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { root } from '../tools/build.js';

/** A picture to prepare. */
export interface Sample {
  readonly file: string;
  readonly type: string;
}

/** The shorter edge of what is made of a photo; undefined: as it is. */
export type ShorterEdge = number | undefined;

const QUALITY = 90;

/** The sample album's pictures, then those of a folder. */
export async function photosOf(folder: string | undefined): Promise<string[]> {
  const album = path.join(root, 'static/album');
  const files = async (place: string) =>
    (await readdir(place))
      .filter((name) => /\.(webp|jpe?g)$/.test(name))
      .sort()
      .map((name) => path.join(place, name));
  return [...(await files(album)), ...(folder === undefined ? [] : await files(folder))];
}

/** What a photo is made into: the kinds of JPEG that cameras and programs write. */
export const JPEG_KINDS: Readonly<Record<string, (photo: Sharp) => Sharp>> = {
  'baseline, 4:2:0': (photo) => photo.jpeg({ quality: QUALITY }),
  progressive: (photo) => photo.jpeg({ quality: QUALITY, progressive: true }),
  '4:4:4': (photo) => photo.jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' }),
  grey: (photo) => photo.toColourspace('b-w').jpeg({ quality: QUALITY }),
  CMYK: (photo) => photo.toColourspace('cmyk').jpeg({ quality: QUALITY }),
  'Display P3': (photo) => photo.withIccProfile('p3').jpeg({ quality: QUALITY }),
};

/** The other formats that browsers read. */
export const OTHER_FORMATS: Readonly<Record<string, (photo: Sharp) => Sharp>> = {
  'image/png': (photo) => photo.png({ compressionLevel: 6 }),
  'image/webp': (photo) => photo.webp({ quality: QUALITY }),
  'image/avif': (photo) => photo.avif({ quality: 60, effort: 0 }),
};

/** Writes what `kind` makes of `photo` at this size into `folder`, and returns its path. */
export async function makePicture(
  photo: string,
  shorter: ShorterEdge,
  kind: (photo: Sharp) => Sharp,
  folder: string,
  name: string,
): Promise<string> {
  const file = path.join(folder, name);
  const source = sharp(photo);
  const { width, height } = await source.metadata();
  const sized =
    shorter === undefined
      ? source
      : source.resize({ [width < height ? 'width' : 'height']: shorter, kernel: 'lanczos3' });
  await kind(sized).toFile(file);
  return file;
}
