import type { ExpandedTags } from 'exifreader';
import { cameraName } from './camera-name';
import { clockTime } from './clock-time';
import { exifTags, findBlocks, otherTags } from './metadata-tags';
import { keywordsOf } from './keywords';
import { coordinate, placeOf, writtenCoordinate } from './place';
import type { Metadata } from './records';

/** ExifReader's placeholder for a value whose offset is outside its block. */
const LOST = '<faulty value>';

/**
 * The metadata in a photo's file: EXIF, and what that lacks from IPTC or XMP. Never throws: unreadable values are
 * absent.
 *
 * Why the whole file: WebP, JPEG XL and HEIC may store EXIF after the image data.
 */
export async function readMetadata(file: ArrayBuffer): Promise<Metadata> {
  try {
    const blocks = await findBlocks(file);
    const found = fromExif(await exifTags(file, blocks));
    const isAll = found.taken !== undefined && found.camera && found.place;
    if (isAll && !blocks.some(({ type }) => type === 'iptc' || type === 'xmp')) return found;
    // What EXIF says is not lost by what else cannot be read.
    const { iptc, xmp } = await otherTags(file, blocks).catch((): Partial<ExpandedTags> => ({}));
    const keywords = keywordsOf(iptc, xmp);
    return { ...fromXmp(xmp), ...fromIptc(iptc), ...found, ...(keywords.length > 0 && { keywords }) };
  } catch {
    return {};
  }
}

function fromExif(exif: ExpandedTags['exif']): Metadata {
  const taken = clockTime(text(exif?.DateTimeOriginal)) ?? clockTime(text(exif?.DateTimeDigitized));
  const latitude = coordinate(numbers(exif?.GPSLatitude), text(exif?.GPSLatitudeRef), 'NS');
  const longitude = coordinate(numbers(exif?.GPSLongitude), text(exif?.GPSLongitudeRef), 'EW');
  return present(taken, cameraName(text(exif?.Make), text(exif?.Model)), placeOf(latitude, longitude));
}

function fromIptc(iptc: ExpandedTags['iptc']): Metadata {
  const date = iptc?.['Date Created']?.description ?? '';
  return present(clockTime(`${date} ${iptc?.['Time Created']?.description ?? ''}`));
}

function fromXmp(xmp: ExpandedTags['xmp']): Metadata {
  const dates = [xmp?.DateTimeOriginal, xmp?.DateCreated, xmp?.DateTimeDigitized, xmp?.CreateDate];
  const taken = dates.map((date) => clockTime(text(date))).find((time) => time !== undefined);
  const latitude = writtenCoordinate(text(xmp?.GPSLatitude), 'NS');
  const longitude = writtenCoordinate(text(xmp?.GPSLongitude), 'EW');
  return present(taken, cameraName(text(xmp?.Make), text(xmp?.Model)), placeOf(latitude, longitude));
}

/** Only what is known. */
function present(taken: Metadata['taken'], camera?: Metadata['camera'], place?: Metadata['place']): Metadata {
  return {
    ...(taken !== undefined && { taken }),
    ...(camera && { camera }),
    ...(place && { place }),
  };
}

/** A tag's text; empty if it has none. In a malformed file a tag may have any type. */
function text(tag: { readonly value: unknown } | undefined): string {
  const first: unknown = Array.isArray(tag?.value) ? tag.value[0] : tag?.value;
  return typeof first === 'string' && first !== LOST ? first.trim() : '';
}

/** A tag's numbers. */
function numbers(tag: { readonly computed?: unknown } | undefined): readonly unknown[] {
  return Array.isArray(tag?.computed) ? tag.computed : [tag?.computed];
}
