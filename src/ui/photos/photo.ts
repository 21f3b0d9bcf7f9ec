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
export type Developed = Pick<PhotoRecord, 'key' | 'taken' | 'camera' | 'place'> & {
  readonly width: number;
  readonly height: number;
};

/** The folder id of files added one by one. */
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
export function photoOf({ width, height, bad: _bad, hidden: _hidden, ...rest }: PhotoRecord): Photo {
  const size = width === undefined || height === undefined ? undefined : { width, height };
  return { ...rest, name: nameOf(rest.path), size };
}

/** Converts the page's photo to a stored record. */
export function recordOf({ name: _name, size, ...rest }: Photo): PhotoRecord {
  return { ...rest, ...size };
}
