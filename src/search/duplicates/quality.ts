import type { PhotoKey } from '../../core/photo-key';

/** A photo's metadata relevant to quality. */
export interface Photo {
  /** Unique. */
  readonly id: number;
  /** Content key: photos with the same key are byte-identical. */
  readonly key: PhotoKey;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Size of the file. */
  readonly bytes: number;
  /** When it was taken, in milliseconds since 1970; absent where unknown. */
  readonly taken?: number;
  readonly path: string;
}

/**
 * Compares two near-duplicates: negative if `a` is the one to keep, positive if `b` is; 0 only for the same photo.
 * Criteria in order: more pixels, more bytes, taken earlier (unknown is latest), shorter path, lower id.
 */
// Why this order: upscaling adds no detail, so the photo with the most pixels is closest to what the camera saw. At
// equal size, more bytes mean less compression. Otherwise one is a copy: an original is older than its copies and has a
// shorter path than its backups (`a.jpg`, `a (1).jpg`, `old/a.jpg`). The id makes the order total, so that the result
// does not depend on input order.
export function compareQuality(a: Photo, b: Photo): number {
  return (
    b.width * b.height - a.width * a.height ||
    b.bytes - a.bytes ||
    compareTaken(a.taken, b.taken) ||
    a.path.length - b.path.length ||
    a.id - b.id
  );
}

function compareTaken(a = Infinity, b = Infinity): number {
  return a === b ? 0 : a - b;
}
