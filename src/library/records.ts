import type { PhotoKey } from '../core/photo-key';

/** Where a photo was taken, in degrees: north and east are positive. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** What a photo's file tells of it beside the picture. */
export interface Metadata {
  /** When it was taken, by the camera's own clock: milliseconds as if that clock showed UTC. */
  readonly taken?: number;
  readonly camera?: string;
  readonly place?: Place;
}

/** What was found when a photo's file was read. */
export interface Reading extends Metadata {
  readonly id: number;
  readonly key: PhotoKey;
  /** Upright, in pixels. */
  readonly width: number;
  readonly height: number;
}

/** A photo as it is kept. A file that proved to be no readable picture is one too, with a `fault`. */
export interface PhotoRecord extends Metadata {
  /** A whole number, 0 or more, rising in the order of arrival. */
  readonly id: number;
  /** The id of the folder it came with. */
  readonly folder: number;
  /** From the folder, its name first, with "/" between; of a single file its name alone. */
  readonly path: string;
  /** Of the file. */
  readonly bytes: number;
  /** When the file was last changed, in milliseconds since 1970. */
  readonly modified: number;
  /** Its content; with `width` and `height` absent until it was read. */
  readonly key?: PhotoKey;
  readonly width?: number;
  readonly height?: number;
  /** Of a file given by itself, where the browser hands such out. */
  readonly handle?: FileSystemFileHandle;
  /** Why this is no photo, as long as its file stays as it is. */
  readonly fault?: string;
  /** The person took it out; its file is still there. */
  readonly hidden?: boolean;
}

/** Where photos come from. */
export interface FolderRecord {
  readonly id: number;
  readonly name: string;
  /**
   * A directory that can be read again, one whose files must be given anew on each visit, files given one by one, or
   * the sample album.
   */
  readonly kind: 'directory' | 'listed' | 'single' | 'album';
  readonly handle?: FileSystemDirectoryHandle;
  /** Patterns of paths in it that are left out, as `excluder` reads them. */
  readonly exclude: readonly string[];
  /** When it was last read to its end, in milliseconds since 1970. */
  readonly looked?: number;
}

/** One of the person's libraries, each with its own folders, photos and embeddings. */
export interface LibraryRecord {
  /** What it is kept under; it never changes. */
  readonly id: string;
  /** What the person calls it. */
  readonly name: string;
}

/** The library that is there from the start and cannot be removed, only emptied. */
export const FIRST_LIBRARY: LibraryRecord = { id: 'main', name: 'My photos' };
