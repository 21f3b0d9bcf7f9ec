import type { UnitRows } from '../../src/core/unit-rows';
import { messageOf } from '../../src/core/failure';
import { shortDigest } from '../../src/core/short-digest';
import type { Box, Dataset, Sample, SkippedSample } from '../../src/datasets/dataset';
import type { EmbeddingLog } from '../../src/datasets/embedding-log';
import type { Outcome } from '../../src/evaluation/measure';
import { classifierRow } from '../../src/zeroshot/classifier';
import { fillTemplate } from '../../src/zeroshot/templates';

/** A picture that waits for its embedding. */
export interface WaitingPicture {
  readonly key: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The part to embed. Absent: all. */
  readonly box?: Box;
}

/** The next pictures of a data set; their embeddings, or why there are none, come back with `number`. */
export interface WaitingBatch {
  readonly number: number;
  readonly pictures: readonly WaitingPicture[];
}

/** Texts that wait for their embeddings. */
export interface WaitingTexts {
  readonly texts: readonly string[];
  readonly done: number;
  readonly total: number;
}

interface OpenBatch {
  readonly samples: readonly Sample[];
  /** Why the picture of a sample could not be read, in the order of the samples. */
  readonly unread: readonly (string | undefined)[];
}

/**
 * The evaluation of one model on one data set: gives out pictures, then texts, takes their embeddings, and keeps each
 * batch before the next. Whoever calls it owns the towers.
 */
export class DatasetRun {
  readonly dataset: Dataset;
  readonly #log: EmbeddingLog;
  #samples: AsyncGenerator<Sample, void, undefined> | undefined;
  readonly #open = new Map<number, OpenBatch>();
  #given = 0;
  #taken = 0;
  #groups: readonly (readonly string[])[] | undefined;
  #set = '';

  constructor(dataset: Dataset, log: EmbeddingLog) {
    this.dataset = dataset;
    this.#log = log;
  }

  /** Samples that are through, those left out among them. */
  get done(): number {
    return this.#log.samples.length + this.#log.skipped.length;
  }

  get skipped(): readonly SkippedSample[] {
    return this.#log.skipped;
  }

  /**
   * The next pictures, at most `count`; undefined once there are no more. A picture that cannot be read is left out. May
   * be called again before the embeddings of the last ones are there.
   * @throws what the data set's `samples` throws
   */
  async next(count: number): Promise<WaitingBatch | undefined> {
    if (this.#log.isComplete) return undefined;
    this.#samples ??= this.dataset.samples(this.#log.position);
    const samples: Sample[] = [];
    const unread: (string | undefined)[] = [];
    const pictures: WaitingPicture[] = [];
    while (samples.length < count) {
      const { value: sample, done } = await this.#samples.next();
      if (done) break;
      samples.push(sample);
      try {
        const { key, box } = sample;
        pictures.push({ key, bytes: await sample.picture(), ...(box && { box }) });
        unread.push(undefined);
      } catch (error) {
        unread.push(messageOf(error));
      }
    }
    if (samples.length === 0) return undefined;
    const number = this.#given++;
    this.#open.set(number, { samples, unread });
    return { number, pictures };
  }

  /**
   * Takes and keeps the embeddings of a batch; batches in their order.
   * @param rows one per picture that could be embedded, in order
   * @param failures for each picture of the batch why it could not be, or undefined
   * @throws what the log's file throws; RangeError if the rows are not those of the batch
   */
  async add(number: number, rows: UnitRows, failures: readonly (string | undefined)[]): Promise<void> {
    const batch = this.#open.get(number);
    if (batch === undefined || number !== this.#taken) throw new RangeError(`Batch ${number} is not awaited`);
    let picture = 0;
    const messages = batch.unread.map((message) => message ?? failures[picture++]);
    const of = (isSkipped: boolean) =>
      batch.samples.flatMap((sample, at) =>
        (messages[at] !== undefined) === isSkipped ? [{ sample, at }] : [],
      );
    const samples = of(false).map(({ sample: { key, answer } }) => ({ key, answer }));
    const skipped = of(true).map(({ sample: { key }, at }) => ({ key, message: messages[at]! }));
    await this.#log.addPictures({ samples, skipped, position: batch.samples.at(-1)!.position }, rows);
    this.#open.delete(number);
    this.#taken++;
  }

  /**
   * The next texts, at least `count` of them or all that are left; undefined once all have their embeddings. After all
   * pictures: captions come with them.
   */
  async nextTexts(count: number): Promise<WaitingTexts | undefined> {
    await this.#log.finish();
    if (this.#groups === undefined) {
      this.#groups = this.#textGroups();
      const listed = new TextEncoder().encode(JSON.stringify(this.#groups));
      this.#set = await shortDigest(listed.buffer);
    }
    const done = this.#log.groupsOf(this.#set);
    const texts = this.#groupsFrom(done, count).flat();
    return texts.length === 0 ? undefined : { texts, done, total: this.#groups.length };
  }

  /** Takes and keeps the embeddings of the texts last given out, one row each, in order. */
  async addTexts(rows: UnitRows): Promise<void> {
    const taken = this.#groupsFrom(this.#log.groupsOf(this.#set), rows.count);
    const count = taken.reduce((sum, group) => sum + group.length, 0);
    if (count !== rows.count) throw new RangeError(`${rows.count} rows of ${count} texts`);
    await this.#log.addTexts(this.#set, taken.length, this.#areClasses() ? classRows(taken, rows) : rows);
  }

  /** What is measured, once `next` and `nextTexts` gave all. */
  outcome(): Outcome {
    const { dataset } = this;
    const [images, texts] = [this.#log.pictures(), this.#log.texts()];
    const answers = this.#log.samples.map(({ answer }) => answer);
    switch (dataset.task) {
      case 'classification':
        return { task: dataset.task, images, classifier: texts, targets: answers as number[] };
      case 'multilabel':
        return { task: dataset.task, images, classifier: texts, targets: answers as number[][] };
      case 'retrieval': {
        const captions = answers.map((answer) => (answer as string[]).length);
        return { task: dataset.task, images, texts, captions };
      }
      case 'attributes': {
        const { task, attributes = [] } = dataset;
        return { task, images, texts, attributes, labels: answers as number[][] };
      }
    }
  }

  /** Pictures and their classes, for a probe. */
  labelled(): { readonly rows: UnitRows; readonly targets: readonly number[] } {
    return { rows: this.#log.pictures(), targets: this.#log.samples.map(({ answer }) => answer as number) };
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  #areClasses(): boolean {
    return this.dataset.classNames.length > 0;
  }

  /** Texts that belong together: the prompts of a class, a picture's captions, or an attribute's texts. */
  #textGroups(): readonly (readonly string[])[] {
    const { classNames, templates, attributes } = this.dataset;
    if (this.#areClasses()) {
      return classNames.map((name) => templates.map((template) => fillTemplate(template, name)));
    }
    if (attributes) return attributes.map(({ texts }) => texts);
    return this.#log.samples.map(({ answer }) => answer as string[]);
  }

  /** Whole groups from `first` on that have at least `count` texts. */
  #groupsFrom(first: number, count: number): (readonly string[])[] {
    const groups: (readonly string[])[] = [];
    let texts = 0;
    for (const group of this.#groups!.slice(first)) {
      if (texts >= count) break;
      groups.push(group);
      texts += group.length;
    }
    return groups;
  }
}

/** One row per class: the normalised mean of its prompts'. */
function classRows(groups: readonly (readonly string[])[], { dim, data }: UnitRows): UnitRows {
  const rows = new Float32Array(groups.length * dim);
  let at = 0;
  for (const [index, { length }] of groups.entries()) {
    rows.set(classifierRow(data.subarray(at * dim, (at + length) * dim), dim), index * dim);
    at += length;
  }
  return { count: groups.length, dim, data: rows };
}
