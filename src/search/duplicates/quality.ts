import type { PhotoKey } from '../../core/photo-key';

/** What is known of a photo without looking at it. */
export interface Photo {
  /** No two photos have the same. */
  readonly id: number;
  /** Of its content: photos with the same key are the same byte for byte. */
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
 * Below 0 when `a` is the one to keep of two photos that show the same, above 0 when `b` is; 0 only for one photo and
 * itself. In this order: more pixels, more bytes, taken earlier (unknown is latest), a shorter path, a lower id.
 */
// Why this order: a picture can be scaled down and not up, so the one of most pixels is the nearest to what the camera
// saw. Of equal size, more bytes mean that less was thrown away when it was compressed. What is left is a copy, and an
// original is older than what was made of it and lies less deep than its backups (`a.jpg`, `a (1).jpg`, `old/a.jpg`).
// The id makes the order total: the same photos give the same answer in whatever order they come.
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
