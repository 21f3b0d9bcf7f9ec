import type { Decoding } from '../../core/decoding';
import { Failure } from '../../core/failure';
import { KeyTable } from '../../core/key-table';
import { keyOfWords, wordsOf, type KeyWords, type PhotoKey } from '../../core/photo-key';
import { float16ToFloat32 } from '../../formats/float16';
import { writeAt, type SyncAccess } from '../../storage/sync-access';
import { attempt, readAt } from './access';
import { HEADER_SIZE, checkHeader, createHeader, type IndexDescription } from './header';
import { keyOf, kindAt, kindOf, recordSize, rowOf, seal, writePut, writeRemove } from './record';

/** Maximum bytes read at a time. */
const SLICE = 2 ** 22;

/** A photo's row, and how the photo was decoded for it; default: exactly. */
export type Put = readonly [key: PhotoKey, row: Float32Array, decoding?: Decoding];

/**
 * The embeddings of one model in an append-only file. Each change takes effect, in the file and here, before the call
 * returns its promise; the caller closes the file.
 */
export interface IndexFile {
  /** Number of photos with a row. */
  readonly live: number;
  /** Number of other records: replaced or removed rows, removals, damaged ones. `compact` drops them. */
  readonly dead: number;
  has(key: PhotoKey): boolean;
  /**
   * Adds or replaces the rows of `puts`, in order, then removes those of `removes`, ignoring keys without a row.
   * Durable once this resolves; if it rejects, nothing has changed.
   * @throws RangeError, before a byte is written, for an invalid key, a row of another length or not finite in float16;
   *   StorageFull, StorageUnavailable
   */
  append(puts: Iterable<Put>, removes?: Iterable<PhotoKey>): Promise<void>;
  /**
   * The row of `key`, read from the file; undefined if there is none.
   * @throws IndexUnreadable if it was damaged since the file was opened, StorageUnavailable
   */
  readRow(key: PhotoKey): Promise<Float32Array<ArrayBuffer> | undefined>;
  /**
   * Overwrites `target`, another file, with the live rows in record order, and returns the index there. Durable once
   * this resolves; until then, and if it rejects, `target` has no header, so a partial copy never passes as an index.
   * Rows damaged since opening are dropped. This index is unchanged. To swap the files, see `openIndexPair`.
   * @throws IndexUnreadable, StorageFull, StorageUnavailable
   */
  compact(target: SyncAccess): Promise<IndexFile>;
}

/** A row as it lies in the file: its key and its `dim` float16 numbers. Views, valid during the call they are given to. */
export type TakeRow = (key: KeyWords, halves: Uint16Array<ArrayBuffer>) => void;

/** An index, and the damage found in its file. */
export interface OpenedIndex {
  readonly index: IndexFile;
  /** Damaged records that were skipped: their photos have no row, or their previous one. */
  readonly damaged: number;
  /** Rows that were left out, as they are not exact. */
  readonly inexact: number;
  /** Bytes truncated at the end: a partial record, and damaged ones before it. */
  readonly cut: number;
}

/**
 * Opens the index in `file`, or creates one if the file is empty or shorter than a header (from an interrupted visit).
 * Truncates the file after the last intact record.
 * @param onRow called once per photo, last record first
 * @param decoding exact: rows of pictures decoded at a scale are left out, and stay in the file until it is compacted
 * @throws IndexUnreadable if the file is not an index, has another version, model or `dim`, or a damaged header: the
 *   file is left unchanged; RangeError for an invalid description; StorageFull, StorageUnavailable
 */
// Why backwards: a photo's last record counts. Read from the end, each row is reported once and never revoked.
// Why damage is skipped: embeddings can be recomputed. A photo whose record is lost is simply embedded again; one whose
// removal is lost leaves a row that nobody reads.
export async function openIndexFile(
  file: SyncAccess,
  description: IndexDescription,
  onRow: TakeRow = () => undefined,
  decoding: Decoding = 'scaled',
): Promise<OpenedIndex> {
  const header = createHeader(description);
  const size = await attempt('Reading', 0, () => file.getSize());
  const head = new Uint8Array(Math.min(size, HEADER_SIZE));
  await attempt('Reading', 0, () => readAt(file, head, 0));
  // After a crash a file may have its new length but still zeros.
  const isUnbegun = size < HEADER_SIZE || (size === HEADER_SIZE && head.every((byte) => byte === 0));
  if (isUnbegun) {
    await attempt('Writing', HEADER_SIZE, () => extend(file, header, 0));
    return { index: indexOver(file, description, new KeyTable(), 0), damaged: 0, inexact: 0, cut: 0 };
  }
  checkHeader(head, description);

  const bytesEach = recordSize(description.dim);
  const whole = Math.floor((size - HEADER_SIZE) / bytesEach);
  const slice = createSlice(file, bytesEach, whole);
  const live = new KeyTable(whole);
  const removed = new KeyTable();
  let [count, damaged, inexact] = [0, 0, 0];
  for (let end = whole; end > 0;) {
    const first = Math.max(0, end - slice.most);
    await attempt('Reading', 0, () => slice.read(first, end));
    for (let number = end - 1; number >= first; number -= 1) {
      const kind = slice.kindOf(number - first, number);
      if (kind === undefined) {
        // Damaged records after the last intact one are truncated, not counted.
        if (count > 0) damaged += 1;
        continue;
      }
      count ||= number + 1;
      const record = slice.record(number - first);
      const key = keyOf(record);
      if (live.has(key) || removed.has(key)) continue;
      if (kind === 'remove') {
        removed.set(key, number);
        continue;
      }
      if (kind === 'scaled' && decoding === 'exact') {
        inexact += 1;
        continue;
      }
      live.set(key, number);
      onRow(key, rowOf(record, description.dim));
    }
    end = first;
  }
  const length = HEADER_SIZE + count * bytesEach;
  if (length < size) await attempt('Writing', 0, () => file.truncate(length));
  return { index: indexOver(file, description, live, count), damaged, inexact, cut: size - length };
}

/** The index in `file`: `count` records; `live` has for each photo the number of the record with its row. */
function indexOver(
  file: SyncAccess,
  description: IndexDescription,
  live: KeyTable,
  count: number,
): IndexFile {
  const { dim } = description;
  const bytesEach = recordSize(dim);
  const has = (key: PhotoKey): boolean => {
    const words = wordsOf(key);
    return words !== undefined && live.has(words);
  };
  return {
    get live() {
      return live.size;
    },
    get dead() {
      return count - live.size;
    },
    has,

    async append(puts, removes = []) {
      const rows = [...puts];
      const put = new Set(rows.map(([key]) => key));
      const gone = [...new Set(removes)].filter((key) => put.has(key) || has(key));
      const records = new Uint8Array((rows.length + gone.length) * bytesEach);
      if (records.length === 0) return;
      const record = (i: number) => records.subarray(i * bytesEach, (i + 1) * bytesEach);
      for (const [i, [key, row, decoding = 'exact']] of rows.entries()) {
        if (row.length !== dim) throw new RangeError(`A row has ${row.length} numbers instead of ${dim}`);
        writePut(record(i), key, row, decoding);
        seal(record(i), count + i);
      }
      for (const [i, key] of gone.entries()) {
        writeRemove(record(rows.length + i), key);
        seal(record(rows.length + i), count + rows.length + i);
      }
      await attempt('Writing', records.length, () => {
        extend(file, records, HEADER_SIZE + count * bytesEach);
        for (const i of rows.keys()) live.set(keyOf(record(i)), count + i);
        for (const i of gone.keys()) live.delete(keyOf(record(rows.length + i)));
        count += rows.length + gone.length;
      });
    },

    async readRow(key) {
      const words = wordsOf(key);
      const number = words && live.get(words);
      if (number === undefined) return undefined;
      const record = new Uint8Array(bytesEach);
      const at = HEADER_SIZE + number * bytesEach;
      await attempt('Reading', 0, () => readAt(file, record, at));
      const kind = kindOf(record, number);
      if (kind === undefined || kind === 'remove' || keyOfWords(keyOf(record)) !== key) {
        throw new Failure('IndexUnreadable', `The row of ${key} at byte ${at} of the index is damaged`);
      }
      return float16ToFloat32(rowOf(record, dim));
    },

    async compact(target) {
      if (target === file) throw new RangeError('An index must be compacted into another file');
      return attempt('Compacting', live.size * bytesEach, () => {
        try {
          target.truncate(0);
          const kept = copyRows(file, target, bytesEach, live, count);
          target.flush();
          // Last, after the rows: an intact header means that all rows are there.
          writeAt(target, createHeader(description), 0);
          target.flush();
          return indexOver(target, description, kept, kept.size);
        } catch (error) {
          cutBack(target, 0);
          throw error;
        }
      });
    },
  };
}

/** Writes the live records to `target` and returns their numbers there. */
function copyRows(
  file: SyncAccess,
  target: SyncAccess,
  bytesEach: number,
  live: KeyTable,
  count: number,
): KeyTable {
  const kept = new KeyTable(live.size);
  const slice = createSlice(file, bytesEach, count);
  for (let first = 0; first < count; first += slice.most) {
    const end = Math.min(count, first + slice.most);
    slice.read(first, end);
    const before = kept.size;
    for (let number = first; number < end; number += 1) {
      const record = slice.record(number - first);
      const key = keyOf(record);
      if (live.get(key) !== number || slice.kindOf(number - first, number) === undefined) continue;
      // Within the slice, rows only move towards the start.
      const moved = slice.record(kept.size - before);
      moved.set(record);
      seal(moved, kept.size);
      kept.set(key, kept.size);
    }
    writeAt(target, slice.bytes(kept.size - before), HEADER_SIZE + before * bytesEach);
  }
  return kept;
}

/** A reusable buffer for consecutive records of `file`. */
function createSlice(file: SyncAccess, bytesEach: number, count: number) {
  const most = Math.floor(SLICE / bytesEach);
  const memory = new Uint8Array(Math.min(most, count) * bytesEach);
  const words = new Int32Array(memory.buffer);
  const wordsEach = bytesEach / 4;
  return {
    /** Capacity in records. */
    most,
    read(first: number, end: number): void {
      readAt(file, memory.subarray(0, (end - first) * bytesEach), HEADER_SIZE + first * bytesEach);
    },
    /** The kind of record `i` of the buffer, which is record `number` of the file. */
    kindOf: (i: number, number: number) => kindAt(words, i * wordsEach, (i + 1) * wordsEach, number),
    /** Record `i` of the buffer: a view. */
    record: (i: number) => memory.subarray(i * bytesEach, (i + 1) * bytesEach),
    /** The first `n` records: a view. */
    bytes: (n: number) => memory.subarray(0, n * bytesEach),
  };
}

/**
 * Writes `bytes` at `end`, the file's valid length, and flushes; on failure truncates back to `end`.
 * @throws what the file throws
 */
function extend(file: SyncAccess, bytes: Uint8Array<ArrayBuffer>, end: number): void {
  try {
    // If an earlier failure could not be truncated, its records must not follow the new ones.
    if (file.getSize() > end) file.truncate(end);
    writeAt(file, bytes, end);
    file.flush();
  } catch (error) {
    cutBack(file, end);
    throw error;
  }
}

/** Truncates `file` to `length` bytes after a failure. Never throws, so that the original failure is reported. */
function cutBack(file: SyncAccess, length: number): void {
  try {
    file.truncate(length);
  } catch {
    // The next write truncates it first.
  }
}
