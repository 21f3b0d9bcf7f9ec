import type { PhotoKey } from '../core/photo-key';

/** Where a photo was taken, in degrees; north and east are positive. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** Metadata in a photo's file. */
export interface Metadata {
  /** When it was taken, by the camera's own clock: milliseconds as if that clock showed UTC. */
  readonly taken?: number;
  readonly camera?: string;
  readonly place?: Place;
  /** Keywords, each once; absent if there are none. Those of photos that earlier versions read are not known. */
  readonly keywords?: readonly string[];
}

/** The result of reading a photo's file. */
export interface Reading extends Metadata {
  readonly id: number;
  readonly key: PhotoKey;
  /** Of the upright picture, in pixels. */
  readonly width: number;
  readonly height: number;
}

/** A stored photo. A file that is no picture also has a record, with why it is `bad`. */
export interface PhotoRecord extends Metadata {
  /** An integer from 0, ascending in order of arrival. */
  readonly id: number;
  /** Id of its folder. */
  readonly folder: number;
  /** Path starting with the folder's name, separated by "/"; for a single file just its name. */
  readonly path: string;
  /** File size. */
  readonly bytes: number;
  /** When the file was last changed, in milliseconds since 1970. */
  readonly modified: number;
  /** Content key; like `width` and `height`, absent until the file was read. */
  readonly key?: PhotoKey;
  readonly width?: number;
  readonly height?: number;
  /** Handle of a single file, if the browser provides one. */
  readonly handle?: FileSystemFileHandle;
  /** Its name is one that the handle of its folder leaves out: it is found and opened only while it is given. */
  readonly unlisted?: true;
  /**
   * Why its own bytes are no picture; valid until the file changes.
   *
   * Why not `fault`, as in earlier versions: they stored passing failures there too, a drive that was away for instance.
   * Photos with a `fault` are read once more.
   */
  readonly bad?: string;
  /** Removed by the user; its file still exists. */
  readonly hidden?: boolean;
}

/** A source of photos. */
export interface FolderRecord {
  readonly id: number;
  readonly name: string;
  /**
   * A directory that can be read again, one whose files must be selected again on each visit, single files, or the
   * sample album.
   */
  readonly kind: 'directory' | 'listed' | 'single' | 'album';
  readonly handle?: FileSystemDirectoryHandle;
  /** Patterns of excluded paths, as in a `.gitignore`. */
  readonly exclude: readonly string[];
  /** When it was last scanned completely, in milliseconds since 1970. */
  readonly looked?: number;
}

/** One of the user's libraries, each with its own folders, photos and embeddings. */
export interface LibraryRecord {
  /** Storage key; never changes. */
  readonly id: string;
  /** Display name. */
  readonly name: string;
}

/** A picture of at most this many bytes is its own thumbnail. */
export const SMALL_FILE = 128 * 1024;

/** The default library, which cannot be removed, only emptied. */
export const FIRST_LIBRARY: LibraryRecord = { id: 'main', name: 'My photos' };
