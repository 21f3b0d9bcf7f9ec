import { Failure } from '../../core/failure';
import type { PhotoKey } from '../../core/photo-key';
import { writeAt, type SyncAccess } from '../../storage/sync-access';
import { attempt, readAt } from './access';
import { HEADER_SIZE, checkHeader, createHeader, type IndexDescription } from './header';
import { keyOf, kindOf, recordSize, rowOf, seal, writePut, writeRemove } from './record';

/** Bytes read at a time, or a little less. */
const SLICE = 2 ** 22;

/**
 * The embeddings of one model in a file that only grows. Each change takes effect, in the file and here, before its
 * call returns its promise; the file stays the caller's to close.
 */
export interface IndexFile {
  /** Photos that have a row. */
  readonly live: number;
  /** The other records: rows replaced or removed, removals, damaged ones. What `compact` leaves out. */
  readonly dead: number;
  has(key: PhotoKey): boolean;
  /**
   * Adds or replaces the rows of `puts`, in their order, then removes those of `removes`; a key without a row is no
   * matter. All of it is durable once this resolves. When it rejects none of it has happened, and whatever was there
   * before still is.
   * @throws RangeError for what is no key, no row of `dim` numbers or not finite in float16, before a byte is written;
   * StorageFull, StorageUnavailable
   */
  append(puts: Iterable<readonly [PhotoKey, Float32Array]>, removes?: Iterable<PhotoKey>): Promise<void>;
  /**
   * The row of `key`, read from the file; undefined where there is none.
   * @throws IndexUnreadable when it was damaged since the file was opened, StorageUnavailable
   */
  readRow(key: PhotoKey): Promise<Float32Array<ArrayBuffer> | undefined>;
  /**
   * Writes the rows there are to `target`, another file, in the order of their records, and returns the index there.
   * `target` loses what it held. It is durable once this resolves; until then, and where it rejects, `target` has no
   * header, so a copy cut short never passes for an index. A row damaged since the opening is left out. This index
   * stays as it is. Whoever swaps the files does it as `openIndexPair`.
   * @throws IndexUnreadable, StorageFull, StorageUnavailable
   */
  compact(target: SyncAccess): Promise<IndexFile>;
}

/** An index, and in what state its file was. */
export interface OpenedIndex {
  readonly index: IndexFile;
  /** Records that were damaged and are passed over: their photos have no row, or the one they had before. */
  readonly damaged: number;
  /** Bytes cut off the end: a record written in part, and those before it that were damaged. */
  readonly cut: number;
}

/**
 * Opens the index in `file`, and begins one where the file is empty or holds less than a header (whatever ended an
 * earlier visit left it so). What follows the last whole record is cut off.
 * @param onRow told each photo's row once, the last record first; the row is the callee's to keep
 * @throws IndexUnreadable when the file is no index, or of another version, model or `dim`, or its header is damaged:
 * the file is left as it is; RangeError when there can be no such index; StorageFull, StorageUnavailable
 */
// Why from the end: the last record of a photo is the one that counts. Read backwards, each row is told once, and
// nothing that was told is taken back.
// Why damage is passed over: an embedding can always be made again. A photo whose record is lost has no row and is
// embedded once more; one whose removal is lost has a row that nobody asks for.
export async function openIndexFile(
  file: SyncAccess,
  description: IndexDescription,
  onRow: (key: PhotoKey, row: Float32Array<ArrayBuffer>) => void = () => undefined,
): Promise<OpenedIndex> {
  const header = createHeader(description);
  const size = await attempt('Reading', 0, () => file.getSize());
  const head = new Uint8Array(Math.min(size, HEADER_SIZE));
  await attempt('Reading', 0, () => readAt(file, head, 0));
  // A file may have its length before its bytes.
  const isUnbegun = size < HEADER_SIZE || (size === HEADER_SIZE && head.every((byte) => byte === 0));
  if (isUnbegun) {
    await attempt('Writing', HEADER_SIZE, () => extend(file, header, 0));
    return { index: indexOver(file, description, new Map(), 0), damaged: 0, cut: 0 };
  }
  checkHeader(head, description);

  const bytesEach = recordSize(description.dim);
  const whole = Math.floor((size - HEADER_SIZE) / bytesEach);
  const slice = createSlice(file, bytesEach, whole);
  const live = new Map<PhotoKey, number>();
  const removed = new Set<PhotoKey>();
  let [count, damaged] = [0, 0];
  for (let end = whole; end > 0;) {
    const first = Math.max(0, end - slice.most);
    await attempt('Reading', 0, () => slice.read(first, end));
    for (let number = end - 1; number >= first; number -= 1) {
      const record = slice.record(number - first);
      const kind = kindOf(record, number);
      if (kind === undefined) {
        // Before the first whole record from the end, it belongs to what is cut off.
        if (count > 0) damaged += 1;
        continue;
      }
      count ||= number + 1;
      const key = keyOf(record);
      if (live.has(key) || removed.has(key)) continue;
      if (kind === 'remove') {
        removed.add(key);
        continue;
      }
      live.set(key, number);
      onRow(key, rowOf(record, description.dim));
    }
    end = first;
  }
  const length = HEADER_SIZE + count * bytesEach;
  if (length < size) await attempt('Writing', 0, () => file.truncate(length));
  return { index: indexOver(file, description, live, count), damaged, cut: size - length };
}

/** The index in `file`: `count` records, `live` the number of the record that holds each photo's row. */
function indexOver(
  file: SyncAccess,
  description: IndexDescription,
  live: Map<PhotoKey, number>,
  count: number,
): IndexFile {
  const { dim } = description;
  const bytesEach = recordSize(dim);
  return {
    get live() {
      return live.size;
    },
    get dead() {
      return count - live.size;
    },
    has: (key) => live.has(key),

    async append(puts, removes = []) {
      const rows = [...puts];
      const put = new Set(rows.map(([key]) => key));
      const gone = [...new Set(removes)].filter((key) => put.has(key) || live.has(key));
      const records = new Uint8Array((rows.length + gone.length) * bytesEach);
      if (records.length === 0) return;
      const record = (i: number) => records.subarray(i * bytesEach, (i + 1) * bytesEach);
      for (const [i, [key, row]] of rows.entries()) {
        if (row.length !== dim) throw new RangeError(`A row has ${row.length} numbers instead of ${dim}`);
        writePut(record(i), key, row);
        seal(record(i), count + i);
      }
      for (const [i, key] of gone.entries()) {
        writeRemove(record(rows.length + i), key);
        seal(record(rows.length + i), count + rows.length + i);
      }
      await attempt('Writing', records.length, () => {
        extend(file, records, HEADER_SIZE + count * bytesEach);
        for (const [i, [key]] of rows.entries()) live.set(key, count + i);
        for (const key of gone) live.delete(key);
        count += rows.length + gone.length;
      });
    },

    async readRow(key) {
      const number = live.get(key);
      if (number === undefined) return undefined;
      const record = new Uint8Array(bytesEach);
      const at = HEADER_SIZE + number * bytesEach;
      await attempt('Reading', 0, () => readAt(file, record, at));
      if (kindOf(record, number) !== 'put' || keyOf(record) !== key) {
        throw new Failure('IndexUnreadable', `The row of ${key} at byte ${at} of the index is damaged`);
      }
      return rowOf(record, dim);
    },

    async compact(target) {
      if (target === file) throw new RangeError('An index is compacted into another file');
      return attempt('Compacting', live.size * bytesEach, () => {
        try {
          target.truncate(0);
          const kept = copyRows(file, target, bytesEach, live, count);
          target.flush();
          // Last, and after the rows: a whole header says that all of them are there.
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

/** Writes the records that `live` names to `target`, and returns their numbers there. */
function copyRows(
  file: SyncAccess,
  target: SyncAccess,
  bytesEach: number,
  live: ReadonlyMap<PhotoKey, number>,
  count: number,
): Map<PhotoKey, number> {
  const kept = new Map<PhotoKey, number>();
  const slice = createSlice(file, bytesEach, count);
  for (let first = 0; first < count; first += slice.most) {
    const end = Math.min(count, first + slice.most);
    slice.read(first, end);
    const before = kept.size;
    for (let number = first; number < end; number += 1) {
      const record = slice.record(number - first);
      const key = keyOf(record);
      if (live.get(key) !== number || kindOf(record, number) === undefined) continue;
      // Within the slice, rows only ever move towards its beginning.
      const moved = slice.record(kept.size - before);
      moved.set(record);
      seal(moved, kept.size);
      kept.set(key, kept.size);
    }
    writeAt(target, slice.bytes(kept.size - before), HEADER_SIZE + before * bytesEach);
  }
  return kept;
}

/** A stretch of `file`'s `count` records in memory, read over the one before. */
function createSlice(file: SyncAccess, bytesEach: number, count: number) {
  const most = Math.floor(SLICE / bytesEach);
  const memory = new Uint8Array(Math.min(most, count) * bytesEach);
  return {
    /** How many records it can hold. */
    most,
    read(first: number, end: number): void {
      readAt(file, memory.subarray(0, (end - first) * bytesEach), HEADER_SIZE + first * bytesEach);
    },
    /** Record `i` of the stretch: a view. */
    record: (i: number) => memory.subarray(i * bytesEach, (i + 1) * bytesEach),
    /** The first `n` records: a view. */
    bytes: (n: number) => memory.subarray(0, n * bytesEach),
  };
}

/**
 * Writes `bytes` at `end`, the file's good length, and flushes them, or leaves the file at that length.
 * @throws what the file throws
 */
function extend(file: SyncAccess, bytes: Uint8Array<ArrayBuffer>, end: number): void {
  try {
    // Where an earlier failure could not be cut off, its records must not follow those of today.
    if (file.getSize() > end) file.truncate(end);
    writeAt(file, bytes, end);
    file.flush();
  } catch (error) {
    cutBack(file, end);
    throw error;
  }
}

/** Cuts `file` to `length` bytes after a failure. Never throws: the failure that led here is the one to be told. */
function cutBack(file: SyncAccess, length: number): void {
  try {
    file.truncate(length);
  } catch {
    // The next writing begins by cutting it off.
  }
}
