import ExifReader from 'exifreader';
import type { Metadata } from './records';

/** The tags to read; all others are ignored. */
const TAGS = {
  exif: ['DateTimeOriginal', 'DateTimeDigitized', 'Make', 'Model'],
  gps: ['Latitude', 'Longitude'],
};

/** ExifReader's placeholder for a value whose offset is outside the file. */
const LOST = '<faulty value>';

/**
 * The metadata in a photo's file. Never throws: unreadable values are absent.
 *
 * Why the whole file: WebP, JPEG XL and HEIC may store EXIF after the image data.
 */
export async function readMetadata(file: ArrayBuffer): Promise<Metadata> {
  try {
    // Compressed EXIF is only read with `async`.
    const { exif, gps } = await ExifReader.load(file, { async: true, expanded: true, includeTags: TAGS });
    const taken = clockTime(text(exif?.DateTimeOriginal)) ?? clockTime(text(exif?.DateTimeDigitized));
    const camera = cameraName(text(exif?.Make), text(exif?.Model));
    const place = placeOf(gps?.Latitude, gps?.Longitude);
    return {
      ...(taken !== undefined && { taken }),
      ...(camera !== undefined && { camera }),
      ...(place && { place }),
    };
  } catch {
    return {};
  }
}

/** EXIF's `2024:05:31 18:02:11` in milliseconds, read as UTC since the time zone is unknown. */
function clockTime(value = ''): number | undefined {
  const parts = /^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)/.exec(value);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  // Cameras whose clock was never set write zeros.
  return year > 0 && month > 0 && day > 0 ? Date.UTC(year, month - 1, day, hour, minute, second) : undefined;
}

/** "Canon EOS R6": makers often repeat their name in the model's. */
function cameraName(make: string | undefined, model: string | undefined): string | undefined {
  if (!make || !model) return model ?? make;
  const maker = make.split(' ')[0] ?? make;
  return model.toLowerCase().startsWith(maker.toLowerCase()) ? model : `${make} ${model}`;
}

function placeOf(latitude: number | undefined, longitude: number | undefined): Metadata['place'] {
  if (latitude === undefined || longitude === undefined) return undefined;
  const isOnEarth = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  // A camera without a position writes 0, 0 (a place in the Atlantic).
  return isOnEarth && (latitude !== 0 || longitude !== 0) ? { latitude, longitude } : undefined;
}

/** A tag's text. In a malformed file a tag may have any type. */
function text(tag: { readonly value: unknown } | undefined): string | undefined {
  const first: unknown = Array.isArray(tag?.value) ? tag.value[0] : undefined;
  const written = typeof first === 'string' && first !== LOST ? first.trim() : '';
  return written || undefined;
}
