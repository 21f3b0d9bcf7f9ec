import type { ArrivalKind } from '../../library/photo-state';
import type { PhotoRecord } from '../../library/records';
import { nameOf } from './paths';

/** A photo of the library. */
export interface Photo extends Omit<PhotoRecord, 'width' | 'height' | 'bad' | 'hidden'> {
  /** File name without folders. */
  readonly name: string;
  /** Upright, in pixels; undefined until it was read. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
}

/** Width / height of a photo; for an unread one, that of most cameras. */
export function aspectOf({ size }: Pick<Photo, 'size'>): number {
  return size ? size.width / size.height : 4 / 3;
}

/** A skipped file, and why. */
export interface Skipped {
  readonly name: string;
  readonly path: string;
  readonly reason: string;
  /** Whether it could not be read when it was found, which may pass. */
  readonly isPassing?: boolean;
}

/** The result of adding a file. */
export interface Arrival {
  readonly id: number;
  readonly kind: ArrivalKind;
}

/** The result of reading a photo. */
export type Developed = Pick<PhotoRecord, 'key' | 'taken' | 'camera' | 'place' | 'keywords'> & {
  readonly width: number;
  readonly height: number;
};

/** The folder id of files added without a folder. */
export const SINGLE_FILES = 0;

/** A key that is equal when the same file is added twice. */
export function identity({
  folder,
  path,
  bytes,
  modified,
}: Pick<PhotoRecord, 'folder' | 'path' | 'bytes' | 'modified'>) {
  const place = `${folder}\n${path}`;
  return folder === SINGLE_FILES ? `${place}\n${bytes}\n${modified}` : place;
}

/** Converts a stored record to the page's photo. */
// Why field by field: what is left of a record without some fields takes 3 µs to make, three seconds for a million.
export function photoOf(record: PhotoRecord): Photo {
  const { id, folder, path, bytes, modified, width, height } = record;
  const size = width === undefined || height === undefined ? undefined : { width, height };
  const photo: { -readonly [Key in keyof Photo]: Photo[Key] } = {
    id,
    folder,
    path,
    bytes,
    modified,
    name: nameOf(path),
    size,
  };
  if (record.key !== undefined) photo.key = record.key;
  if (record.taken !== undefined) photo.taken = record.taken;
  if (record.camera !== undefined) photo.camera = record.camera;
  if (record.place !== undefined) photo.place = record.place;
  if (record.keywords !== undefined) photo.keywords = record.keywords;
  if (record.handle !== undefined) photo.handle = record.handle;
  if (record.unlisted !== undefined) photo.unlisted = record.unlisted;
  return photo;
}

/** Converts the page's photo to a stored record. */
export function recordOf({ name: _name, size, ...rest }: Photo): PhotoRecord {
  return { ...rest, ...size };
}
