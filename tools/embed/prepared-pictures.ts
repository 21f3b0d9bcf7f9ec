import os from 'node:os';
import sharp from 'sharp';
import { grouped } from '../../src/core/digits';
import { Failure, messageOf } from '../../src/core/failure';
import type { PreprocessSettings } from '../../src/core/preprocess-settings';
import { preprocess } from '../../src/image/preprocess';
import { decodeFile } from '../../src/package/node-picture';
import type { ListedPicture } from './picture-list';
import { Room } from './room';

/** A picture as the image tower takes it, `[height, width, 3]`, or why it cannot be read. */
export type Prepared = { readonly pixels: Uint8Array } | { readonly message: string };

/**
 * Pixels decoded at once: one photo of 48 megapixels, or five of 12. Decoding takes up to ten bytes for each.
 *
 * Why not by number: 32 photos of a phone took 5 GB, which a task of a cluster seldom has.
 */
export const PIXELS_AT_ONCE = 2 ** 26;

/** Pixels of a picture that is read, as in the page. */
const MOST_PIXELS = 2 ** 28;

/** Files in memory at once: more would not be decoded any sooner. */
const FILES_AT_ONCE = Math.min(8, os.availableParallelism());

/** Reads, decodes and resizes pictures, in their order. @param room for pixels */
export async function preparePictures(
  pictures: readonly ListedPicture[],
  settings: PreprocessSettings,
  room = new Room(PIXELS_AT_ONCE),
): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  const waiting = pictures.entries();
  async function line(): Promise<void> {
    for (const [at, picture] of waiting) prepared[at] = await prepare(picture, settings, room);
  }
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, line));
  return prepared;
}

async function prepare(picture: ListedPicture, settings: PreprocessSettings, room: Room): Promise<Prepared> {
  try {
    const bytes = await picture.read();
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (width * height > MOST_PIXELS)
      throw new Failure(
        'PictureTooLarge',
        `the picture has ${grouped(width * height)} pixels, more than the ${grouped(MOST_PIXELS)} that are read`,
      );
    return await room.with(width * height, async () => ({
      pixels: preprocess(await decodeFile(bytes, { isUpright: true }), settings),
    }));
  } catch (error) {
    return { message: messageOf(error) };
  }
}
