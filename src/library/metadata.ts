import exifr from 'exifr';
import type { Metadata } from './records';

/** Bytes at a file's beginning among which its metadata are looked for. */
const HEAD = 256 * 1024;

/** What is asked for; everything else of the metadata is passed over. */
const OPTIONS = {
  pick: [
    'DateTimeOriginal',
    'CreateDate',
    'Make',
    'Model',
    'latitude',
    'longitude',
    'GPSLatitude',
    'GPSLongitude',
    'GPSLatitudeRef',
    'GPSLongitudeRef',
  ],
  reviveValues: false,
  gps: true,
};

interface Tags {
  readonly DateTimeOriginal?: unknown;
  readonly CreateDate?: unknown;
  readonly Make?: unknown;
  readonly Model?: unknown;
  readonly latitude?: unknown;
  readonly longitude?: unknown;
}

/** The metadata in a photo's file. Never throws: what cannot be read is not there. */
export async function readMetadata(file: ArrayBuffer): Promise<Metadata> {
  try {
    const tags = (await exifr.parse(file.slice(0, HEAD), OPTIONS)) as Tags | undefined;
    return tags ? metadataOf(tags) : {};
  } catch {
    return {};
  }
}

function metadataOf({ DateTimeOriginal, CreateDate, Make, Model, latitude, longitude }: Tags): Metadata {
  const taken = clockTime(DateTimeOriginal) ?? clockTime(CreateDate);
  const camera = cameraName(text(Make), text(Model));
  const place = placeOf(latitude, longitude);
  return {
    ...(taken !== undefined && { taken }),
    ...(camera !== undefined && { camera }),
    ...(place && { place }),
  };
}

/** EXIF's `2024:05:31 18:02:11` in milliseconds, read as UTC: a camera tells no time zone. */
function clockTime(value: unknown): number | undefined {
  const parts = /^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)/.exec(text(value) ?? '');
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  // Cameras that were never set write zeros.
  return year > 0 && month > 0 && day > 0 ? Date.UTC(year, month - 1, day, hour, minute, second) : undefined;
}

/** "Canon EOS R6": makers often write their own name into that of the model. */
function cameraName(make: string | undefined, model: string | undefined): string | undefined {
  if (!make || !model) return model ?? make;
  const maker = make.split(' ')[0] ?? make;
  return model.toLowerCase().startsWith(maker.toLowerCase()) ? model : `${make} ${model}`;
}

function placeOf(latitude: unknown, longitude: unknown): Metadata['place'] {
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return undefined;
  const isOnEarth = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  // Zero and zero, a place in the Atlantic, is what a camera writes that does not know.
  return isOnEarth && (latitude !== 0 || longitude !== 0) ? { latitude, longitude } : undefined;
}

function text(value: unknown): string | undefined {
  const written = typeof value === 'string' ? value.replace(/\0/g, '').trim() : '';
  return written || undefined;
}
