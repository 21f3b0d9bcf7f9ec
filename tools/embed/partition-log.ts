import { NO_ROWS, readRecords, recordOf, type LogFile } from '../../src/datasets/record-log';
import type { UnitRows } from '../../src/core/unit-rows';

/** A picture that could not be read, and why. */
export interface SkippedPicture {
  readonly path: string;
  readonly message: string;
}

/** Some pictures, in their order: those that have a row, and those that have none. */
export interface LoggedBatch {
  readonly paths: readonly string[];
  readonly skipped: readonly SkippedPicture[];
}

type Entry = { readonly identity: string } | LoggedBatch;

/** A partition's rows, kept as they come in a file, which a run that was killed goes on behind. They are not held in memory. */
export class PartitionLog {
  readonly #file: LogFile;
  #embedded = 0;
  #skipped = 0;

  private constructor(file: LogFile) {
    this.#file = file;
  }

  /**
   * Counts what a file keeps, up to the first record that is damaged or cut short; a file of another identity, or none, is
   * begun anew.
   * @param identity of the model and the pictures
   */
  static async open(file: LogFile, identity: string): Promise<PartitionLog> {
    const log = new PartitionLog(file);
    let kept = 0;
    for await (const { entry, end } of readRecords<Entry>(file)) {
      if (kept === 0 ? !('identity' in entry && entry.identity === identity) : 'identity' in entry) break;
      if ('paths' in entry) log.#count(entry);
      kept = end;
    }
    if (kept < file.byteLength) await file.truncate(kept);
    if (kept === 0) await file.append(recordOf({ identity } satisfies Entry, NO_ROWS));
    return log;
  }

  /** Pictures that have a row. */
  get embedded(): number {
    return this.#embedded;
  }

  get skipped(): number {
    return this.#skipped;
  }

  /** Pictures that are done. */
  get done(): number {
    return this.#embedded + this.#skipped;
  }

  /** @param rows one for each of its paths */
  async add(batch: LoggedBatch, rows: UnitRows): Promise<void> {
    if (rows.count !== batch.paths.length)
      throw new RangeError(`${rows.count} rows of ${batch.paths.length} pictures`);
    await this.#file.append(recordOf(batch satisfies Entry, rows));
    this.#count(batch);
  }

  /** What was added, in its order, read from the file. */
  async *batches(): AsyncGenerator<LoggedBatch & { readonly rows: UnitRows }, void, undefined> {
    for await (const { entry, rows } of readRecords<Entry>(this.#file)) {
      if ('paths' in entry) yield { ...entry, rows };
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #count({ paths, skipped }: LoggedBatch): void {
    this.#embedded += paths.length;
    this.#skipped += skipped.length;
  }
}
