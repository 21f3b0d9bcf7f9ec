import { writeCsv } from '../../core/csv';
import type { Photo } from '../photos/photo';

/** A photo and, with a query, its cosine. */
export interface ListedPhoto {
  readonly photo: Photo;
  readonly cosine: number | undefined;
}

const COLUMNS = [
  ...(['name', 'path', 'cosine', 'width', 'height', 'bytes'] as const),
  ...(['modified', 'taken', 'camera', 'latitude', 'longitude'] as const),
];

type Row = Partial<Record<(typeof COLUMNS)[number], string | number>>;

/**
 * The photos as CSV (RFC 4180) with a header row. Times in ISO 8601, camera times without a zone.
 *
 * Why the byte order mark: without it Excel reads UTF-8 as the system's old code page. `writeCsv` changes what looks like
 * a formula; `jsonOf` is exact.
 */
export function csvOf(photos: readonly ListedPhoto[]): string {
  const lines = photos.map((photo) => {
    const row = rowOf(photo);
    return COLUMNS.map((column) => row[column]);
  });
  return `\uFEFF${writeCsv([COLUMNS, ...lines])}`;
}

/** The same as a JSON array of objects, without unknown fields. */
export function jsonOf(photos: readonly ListedPhoto[]): string {
  return `${JSON.stringify(photos.map(rowOf), undefined, 2)}\n`;
}

function rowOf({ photo, cosine }: ListedPhoto): Row {
  const { name, path, size, bytes, modified, taken, camera, place } = photo;
  return {
    name,
    path,
    ...(cosine !== undefined && { cosine: Number(cosine.toFixed(6)) }),
    ...size,
    bytes,
    modified: new Date(modified).toISOString(),
    ...(taken !== undefined && { taken: new Date(taken).toISOString().slice(0, 19) }),
    ...(camera !== undefined && { camera }),
    ...place,
  };
}
