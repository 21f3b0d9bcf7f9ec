import type { Decoding } from '../core/decoding';
import { rowAt, type Embeddings } from '../core/unit-rows';
import type { Reading } from './records';

/** Embeddings of photos that are to be kept. */
export interface PhotoRows extends Embeddings {
  /** How the photo of each row was decoded; default: exactly. */
  readonly decodings?: readonly Decoding[];
  /** What made them, as the library is told when it opens their model; default: what it was opened with last. */
  readonly madeBy?: string;
}

/** Readings, each with its row: views, no copies. */
export function withRows(readings: readonly Reading[], rows: PhotoRows) {
  return readings.map((reading, at) => ({
    reading,
    row: rowAt(rows, at),
    decoding: rows.decodings?.[at] ?? 'exact',
  }));
}
