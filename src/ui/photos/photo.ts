import type { PhotoRecord } from '../../library/records';

/** A picture the person gave. */
export interface Photo extends Omit<PhotoRecord, 'width' | 'height' | 'fault' | 'hidden'> {
  /** File name without folders. */
  readonly name: string;
  /** Upright, in pixels; undefined until it was read. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
}

/** Width / height of a photo; of one that was not read yet, what most cameras make. */
export function aspectOf({ size }: Pick<Photo, 'size'>): number {
  return size ? size.width / size.height : 4 / 3;
}

/** A file that is no photo of ours, and why. */
export interface Skipped {
  readonly name: string;
  readonly path: string;
  readonly reason: string;
}

/** What became of a file that was given. */
export interface Arrival {
  readonly id: number;
  readonly kind: 'new' | 'changed' | 'known' | 'hidden' | 'faulty';
}

/** What is read of a photo. */
export type Developed = Pick<PhotoRecord, 'key' | 'taken' | 'camera' | 'place'> & {
  readonly width: number;
  readonly height: number;
};

/** The id of the folder of files that were given one by one. */
export const SINGLE_FILES = 0;

/** The same for the same file given twice. */
export function identity({
  folder,
  path,
  bytes,
  modified,
}: Pick<PhotoRecord, 'folder' | 'path' | 'bytes' | 'modified'>) {
  const place = `${folder}\n${path}`;
  return folder === SINGLE_FILES ? `${place}\n${bytes}\n${modified}` : place;
}

/** A photo as it is kept, as the page has it. */
export function photoOf({ width, height, fault: _fault, hidden: _hidden, ...rest }: PhotoRecord): Photo {
  const size = width === undefined || height === undefined ? undefined : { width, height };
  return { ...rest, name: nameOf(rest.path), size };
}

/** The other way round. */
export function recordOf({ name: _name, size, ...rest }: Photo): PhotoRecord {
  return { ...rest, ...size };
}

export function skipped(path: string, reason: string): Skipped {
  return { name: nameOf(path), path, reason };
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
