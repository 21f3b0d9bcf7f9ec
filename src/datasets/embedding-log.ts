import type { UnitRows } from '../core/unit-rows';
import type { Answer, SkippedSample } from './dataset';
import { NO_ROWS, readRecords, recordOf, type LogFile } from './record-log';

/** A file that keeps nothing. */
export function noLogFile(): LogFile {
  return {
    byteLength: 0,
    read: async () => new Uint8Array(0),
    append: async () => undefined,
    truncate: async () => undefined,
    close: async () => undefined,
  };
}

/** A sample whose picture was embedded, in the order of the rows. */
export interface EmbeddedSample {
  readonly key: string;
  readonly answer: Answer;
}

/** What is kept of some of a data set's samples, in its order. */
export interface PictureBatch {
  readonly samples: readonly EmbeddedSample[];
  readonly skipped: readonly SkippedSample[];
  /** Of the last sample in it, left out or not. */
  readonly position: string;
}

/** A record as it is written, before its rows. */
type Entry =
  | { readonly kind: 'begin'; readonly identity: string }
  | ({ readonly kind: 'pictures' } & PictureBatch)
  | { readonly kind: 'end' }
  | { readonly kind: 'texts'; readonly set: string; readonly groups: number };

/** Rows of embeddings, added a few at a time. */
class GrowingRows {
  #parts: UnitRows[] = [];

  add(rows: UnitRows): void {
    if (rows.count > 0) this.#parts.push(rows);
  }

  get count(): number {
    return this.#parts.reduce((sum, { count }) => sum + count, 0);
  }

  /** All rows in one. */
  whole(): UnitRows {
    const dim = this.#parts[0]?.dim ?? 0;
    const data = new Float32Array(this.count * dim);
    let at = 0;
    for (const part of this.#parts) {
      data.set(part.data, at);
      at += part.data.length;
    }
    const whole = { count: this.count, dim, data };
    this.#parts = whole.count > 0 ? [whole] : [];
    return whole;
  }
}

/**
 * The embeddings of a data set by one model, kept as they come: a file of records, each complete or not there. A reading
 * that was interrupted goes on behind the last of them, and another metric needs none of the towers again.
 */
export class EmbeddingLog {
  readonly #file: LogFile;
  readonly #pictures = new GrowingRows();
  #texts = new GrowingRows();
  #set: string | undefined;
  #groups = 0;
  readonly samples: EmbeddedSample[] = [];
  readonly skipped: SkippedSample[] = [];
  /** Of the last sample; undefined before the first. */
  position: string | undefined;
  /** Whether every sample of the data set is in it. */
  isComplete = false;

  private constructor(file: LogFile) {
    this.#file = file;
  }

  /**
   * Reads what a file keeps, up to the first record that is damaged or cut short; a file of another identity, or none, is
   * begun anew.
   * @param identity of the model, the data set and everything else that the rows depend on
   */
  static async open(file: LogFile, identity: string): Promise<EmbeddingLog> {
    const log = new EmbeddingLog(file);
    let at = 0;
    for await (const { entry, rows, end } of readRecords<Entry>(file)) {
      if (at === 0 && !(entry.kind === 'begin' && entry.identity === identity)) break;
      log.#take(entry, rows);
      at = end;
    }
    if (at < file.byteLength) await file.truncate(at);
    if (at === 0) await file.append(recordOf({ kind: 'begin', identity }, NO_ROWS));
    return log;
  }

  /** One row per sample, in order. */
  pictures(): UnitRows {
    return this.#pictures.whole();
  }

  /** Adds the next samples, with a row for each that was not left out. @throws what the file throws */
  async addPictures(batch: PictureBatch, rows: UnitRows): Promise<void> {
    if (rows.count !== batch.samples.length) {
      throw new RangeError(`${rows.count} rows of ${batch.samples.length} samples`);
    }
    await this.#append({ kind: 'pictures', ...batch }, rows);
  }

  /** Notes that there are no more samples. */
  async finish(): Promise<void> {
    if (!this.isComplete) await this.#append({ kind: 'end' });
  }

  /** How many groups of the texts `set` have their rows. */
  groupsOf(set: string): number {
    return this.#set === set ? this.#groups : 0;
  }

  /** The rows of the texts that were added last. */
  texts(): UnitRows {
    return this.#texts.whole();
  }

  /** Adds the rows of the next `groups` groups of the texts `set`; those of another set are forgotten. */
  async addTexts(set: string, groups: number, rows: UnitRows): Promise<void> {
    await this.#append({ kind: 'texts', set, groups }, rows);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #append(entry: Entry, rows: UnitRows = NO_ROWS): Promise<void> {
    await this.#file.append(recordOf(entry, rows));
    this.#take(entry, rows);
  }

  #take(entry: Entry, rows: UnitRows): void {
    if (entry.kind === 'pictures') {
      this.samples.push(...entry.samples);
      this.skipped.push(...entry.skipped);
      this.position = entry.position;
      this.#pictures.add(rows);
    } else if (entry.kind === 'end') {
      this.isComplete = true;
    } else if (entry.kind === 'texts') {
      if (entry.set !== this.#set) {
        this.#texts = new GrowingRows();
        this.#groups = 0;
        this.#set = entry.set;
      }
      this.#groups += entry.groups;
      this.#texts.add(rows);
    }
  }
}
