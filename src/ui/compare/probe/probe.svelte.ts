import type { LoadedModel, PhotoEmbeddings } from '../../../../workers/api';
import type { NamedProbe, ProbeExamples, TrainedProbe } from '../../../../workers/probe-api';
import { Failure } from '../../../core/failure';
import { turns } from '../../../core/tasks';
import { rowAt } from '../../../core/unit-rows';
import type { RankedLabel } from '../../../zeroshot/classifier';
import { createLabelRows, type LabelRows } from '../../../zeroshot/label-rows';
import { latest } from '../../kit/latest';
import { plural } from '../../kit/words';
import type { CompareParts } from '../view';
import { areSame, atMost, classesOf, examplesOf, type ClassCount, type Example } from './examples';
import { readTaught, writeTaught } from './taught';

export type ProbeParts = Pick<
  CompareParts,
  'gallery' | 'models' | 'indexing' | 'labels' | 'notices' | 'memory' | 'handOver'
> & {
  readonly workers: Pick<CompareParts['workers'], 'clip' | 'library' | 'evaluation'>;
};

/** A training under way: `done` of `total` probes. */
export interface ProbeWork {
  readonly done: number;
  readonly total: number;
}

const TOPIC = 'probe';

/** Rows that are asked of the library, and labelled, at a time. */
const A_PART = 1000;

/** Examples to train on; of more, so many of each class in turn. */
const MOST_EXAMPLES = 20_000;

/** A linear probe on the user's own photos: trained on photos whose class is known, it labels all. */
export class ProbeState {
  #taught = $state.raw<ReadonlyMap<string, string>>(new Map());
  #work = $state.raw<ProbeWork | undefined>(undefined);
  #probe = $state.raw<NamedProbe | undefined>(undefined);
  /** How the probe was measured; undefined for one kept from an earlier visit. */
  #measured = $state.raw<Omit<TrainedProbe, 'probe'> | undefined>(undefined);
  #answers = $state.raw<ReadonlyMap<number, readonly RankedLabel[]>>(new Map());
  /** The examples that the probe was trained on, to see whether others came. */
  #trainedOn = $state.raw<readonly Example[] | undefined>(undefined);

  readonly #parts: ProbeParts;
  readonly #zeroShotRows: LabelRows;
  readonly #turns = turns();
  readonly #labelLatest = latest(() => this.#label());
  #model: LoadedModel | undefined;

  readonly #examples = $derived.by(() => {
    const { folders, photos } = this.#parts.gallery;
    const unnamed = folders.list
      .filter(({ kind }) => kind === 'single' || kind === 'album')
      .map(({ id }) => id);
    return examplesOf(photos.list, this.#taught, new Set([0, ...unnamed]));
  });
  readonly #classes = $derived(classesOf(this.#examples));
  readonly #exampleOf = $derived(new Map(this.#examples.map((example) => [example.id, example])));

  constructor(parts: ProbeParts) {
    this.#parts = parts;
    this.#taught = readTaught(parts.memory);
    this.#zeroShotRows = createLabelRows((model, texts) => parts.workers.clip.encodeTexts(model, texts), {
      textsPerCall: 16,
    });
  }

  get gallery(): ProbeParts['gallery'] {
    return this.#parts.gallery;
  }

  /** The page's model. */
  get model(): LoadedModel | undefined {
    return this.#parts.models.ready;
  }

  /** Number of photos with an embedding by it. */
  get indexed(): number {
    return this.#parts.indexing.indexed;
  }

  /** Every class, with the number of its examples. */
  get classes(): readonly ClassCount[] {
    return this.#classes;
  }

  /** Number of examples. */
  get examples(): number {
    return this.#examples.length;
  }

  /** Number of photos whose class the user told. */
  get taught(): number {
    return this.#examples.filter(({ by }) => by === 'user').length;
  }

  get work(): ProbeWork | undefined {
    return this.#work;
  }

  get probe(): NamedProbe | undefined {
    return this.#probe;
  }

  get measured(): Omit<TrainedProbe, 'probe'> | undefined {
    return this.#measured;
  }

  /** Whether the examples are others than those that the probe was trained on. */
  get isStale(): boolean {
    return this.#trainedOn !== undefined && !areSame(this.#trainedOn, this.#examples);
  }

  /** What is known of a photo's class, without the probe. */
  example(id: number): Example | undefined {
    return this.#exampleOf.get(id);
  }

  /** The likeliest classes of a photo, descending; undefined while there are none. */
  answer(id: number): readonly RankedLabel[] | undefined {
    return this.#answers.get(id);
  }

  /** Takes the page's model: its kept probe labels the photos, and those that were indexed since. */
  async follow(model: LoadedModel | undefined, indexed: number): Promise<void> {
    if (model !== this.#model) {
      this.#turns.end();
      this.#work = undefined;
      this.#model = model;
      this.#become(undefined);
      const kept = model && this.#parts.workers.evaluation.keptProbe(model.weights);
      const probe = await kept?.catch(() => undefined);
      // Meanwhile the page may have another model, or the user trained another probe.
      if (model !== this.#model || this.#probe) return;
      this.#become(probe);
    }
    if (indexed > 0) this.#labelLatest();
  }

  /** Says what a photo shows; an empty text takes back what was said before. */
  teach(ids: readonly number[], label: string): void {
    const { gallery, memory, notices } = this.#parts;
    const taught = new Map(this.#taught);
    const text = label.trim().replace(/\s+/g, ' ');
    for (const id of ids) {
      const key = gallery.photos.current(id)?.key;
      if (key === undefined) continue;
      if (text === '') taught.delete(key);
      else taught.set(key, text);
    }
    this.#taught = taught;
    try {
      writeTaught(memory, taught);
      notices.clear(TOPIC);
    } catch (error) {
      notices.report(
        TOPIC,
        new Failure('StorageFull', 'This browser can remember no more classes', { cause: error }),
      );
    }
  }

  /** Trains a probe on the examples, measures it, keeps it, and labels all photos with it. */
  async train(): Promise<void> {
    const { workers, notices } = this.#parts;
    const model = this.#model;
    if (!model) return;
    const examples = this.#examples;
    const isLatest = this.#turns.begin();
    notices.clear(TOPIC);
    this.#work = { done: 0, total: 0 };
    try {
      const given = await this.#gather(model, examples);
      if (!isLatest()) return;
      const { probe, ...measured } = await workers.evaluation.trainProbe(given, (done, total) => {
        if (isLatest()) this.#work = { done, total };
      });
      if (!isLatest()) return;
      this.#become(probe);
      this.#measured = measured;
      this.#trainedOn = examples;
      await workers.evaluation.keepProbe(model.weights, probe);
      if (!isLatest()) return;
      notices.say(`A probe of ${probe.classes} classes trained on ${plural(given.rows.count, 'photo')}`);
      this.#labelLatest();
    } catch (error) {
      if (isLatest()) notices.report(TOPIC, error, { label: 'Try again', run: () => void this.train() });
    } finally {
      if (isLatest()) this.#work = undefined;
    }
  }

  /** Ends the training; the probe before stays. */
  cancel(): void {
    this.#turns.end();
    this.#work = undefined;
    void this.#parts.workers.evaluation.stopProbe();
    this.#parts.notices.say('Training cancelled');
  }

  /** Deletes the probe. What the user told of photos stays. */
  async forget(): Promise<void> {
    const { workers, notices } = this.#parts;
    if (!this.#model) return;
    try {
      await workers.evaluation.forgetProbe(this.#model.weights);
      this.#become(undefined);
      notices.say('The probe is deleted');
    } catch (error) {
      notices.report(TOPIC, error);
    }
  }

  /** The examples with their rows; those without one, not indexed yet, are left out, and a class without any. */
  async #gather(model: LoadedModel, all: readonly Example[]): Promise<ProbeExamples> {
    const { labels } = this.#parts;
    const labelOf = new Map(atMost(all, MOST_EXAMPLES).map(({ id, label }) => [id, label]));
    const found: string[] = [];
    const rows: Float32Array[] = [];
    for await (const part of this.#rows(model)) {
      for (const [at, id] of part.ids.entries()) {
        const label = labelOf.get(id);
        if (label === undefined) continue;
        found.push(label);
        rows.push(rowAt(part, at));
      }
    }
    const names = [...new Set(found)].sort((a, b) => a.localeCompare(b));
    const dim = model.summary.embedDim;
    const data = new Float32Array(rows.length * dim);
    rows.forEach((row, at) => data.set(row, at * dim));
    return {
      rows: { count: rows.length, dim, data },
      targets: Int32Array.from(found, (label) => names.indexOf(label)),
      names,
      ...(model.hasText && {
        zeroShot: await this.#zeroShotRows.rows(
          { id: model.summary.id, rows: model.rows },
          labels.templates,
          names,
        ),
      }),
    };
  }

  /** Labels the photos that have a row. */
  async #label(): Promise<void> {
    const [model, probe] = [this.#model, this.#probe];
    if (!model || !probe) return;
    const isCurrent = () => model === this.#model && probe === this.#probe;
    const answers = new Map<number, readonly RankedLabel[]>();
    try {
      for await (const part of this.#rows(model)) {
        const { ids, count, dim, data } = part;
        const { evaluation } = this.#parts.workers;
        const { width, classes, probabilities } = await evaluation.applyProbe(probe, { count, dim, data });
        for (const [row, id] of ids.entries()) {
          const places = Array.from({ length: width }, (_, at) => row * width + at);
          answers.set(
            id,
            places.map((at) => ({ label: probe.names[classes[at]!]!, probability: probabilities[at]! })),
          );
        }
        if (!isCurrent()) return;
        this.#answers = new Map(answers);
      }
    } catch (error) {
      if (isCurrent()) this.#parts.notices.report(TOPIC, error);
    }
  }

  /** All rows of a model that the library has. */
  async *#rows(model: LoadedModel): AsyncGenerator<PhotoEmbeddings> {
    for (let first = 0; ;) {
      const part = await this.#parts.workers.library.rowsOf(model.summary.id, first, A_PART);
      if (part.count > 0) yield part;
      const last = part.ids.at(-1);
      if (last === undefined || part.count < A_PART) return;
      first = last + 1;
    }
  }

  /** Saves the probe as a safetensors file. */
  async save(): Promise<void> {
    const { workers, handOver, notices } = this.#parts;
    try {
      const file = this.#model && (await workers.evaluation.probeFile(this.#model.weights));
      if (file) handOver([{ name: 'probe.safetensors', file }]);
    } catch (error) {
      notices.report(TOPIC, error);
    }
  }

  #become(probe: NamedProbe | undefined): void {
    this.#probe = probe;
    this.#measured = undefined;
    this.#trainedOn = undefined;
    this.#answers = new Map();
  }
}
