import sharp from 'sharp';
import type { Raster } from '../image/raster';

/**
 * A picture's pixels as Pillow has them, by the same decoders (libjpeg-turbo, libpng, libwebp): 8 bits, neither turned by
 * EXIF nor converted from its colour profile, as CLIP_benchmark reads pictures. Palettes come as their colours.
 * @param isUpright turned by EXIF all the same, as the page does with the user's photos
 * @throws Error if it is no picture, or cut short
 */
export async function decodeFile(bytes: Uint8Array, { isUpright = false } = {}): Promise<Raster> {
  const stored = sharp(bytes, { ignoreIcc: true, failOn: 'truncated', limitInputPixels: false });
  const picture = isUpright ? stored.autoOrient() : stored;
  const { hasAlpha, space } = await picture.metadata();
  const isGrey = space === 'b-w' || space === 'grey16';
  const wanted = isGrey && !hasAlpha ? picture.toColourspace('b-w') : picture.toColourspace('srgb');
  const { data, info } = await wanted.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels === 2) throw new Error('grey with transparency came without its colours');
  return { width, height, channels, data, ...(hasAlpha && { kind: 'transparent' }) };
}
