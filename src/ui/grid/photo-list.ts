import { writeCsv } from '../../core/csv';
import type { PhotoLabels } from '../../library/photo-labels';
import type { Photo } from '../photos/photo';

/** A photo, with a query its cosine, and what was said of its labels. */
export interface ListedPhoto {
  readonly photo: Photo;
  readonly cosine: number | undefined;
  readonly labels?: PhotoLabels | undefined;
}

const COLUMNS = [
  ...(['name', 'path', 'cosine', 'width', 'height', 'bytes'] as const),
  ...(['modified', 'taken', 'camera', 'latitude', 'longitude'] as const),
  ...(['labels', 'suggestedLabels', 'wrongLabels', 'keywords'] as const),
];

type Row = Partial<Record<(typeof COLUMNS)[number], string | number | readonly string[]>>;

/** As spreadsheets and photo managers part keywords in one field. */
const BETWEEN_LABELS = '; ';

/**
 * The photos as CSV (RFC 4180) with a header row. Times in ISO 8601, camera times without a zone.
 *
 * Why the byte order mark: without it Excel reads UTF-8 as the system's old code page. `writeCsv` changes what looks like
 * a formula; `jsonOf` is exact.
 */
export function csvOf(photos: readonly ListedPhoto[]): string {
  const lines = photos.map((photo) => {
    const row = rowOf(photo);
    return COLUMNS.map((column) => {
      const value = row[column];
      return typeof value === 'object' ? value.join(BETWEEN_LABELS) : value;
    });
  });
  return `\uFEFF${writeCsv([COLUMNS, ...lines])}`;
}

/** The same as a JSON array of objects, without unknown fields. */
export function jsonOf(photos: readonly ListedPhoto[]): string {
  return `${JSON.stringify(photos.map(rowOf), undefined, 2)}\n`;
}

function rowOf({ photo, cosine, labels }: ListedPhoto): Row {
  const { name, path, size, bytes, modified, taken, camera, place, keywords } = photo;
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
    ...(labels && {
      labels: labels.accepted,
      suggestedLabels: labels.suggested,
      wrongLabels: labels.rejected,
    }),
    ...(keywords && { keywords }),
  };
}
