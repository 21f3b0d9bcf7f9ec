import type { Match } from '../../../../workers/api';
import { latest } from '../../kit/latest';
import { plural } from '../../kit/words';
import type { LabelTable } from './label-table';
import { questionOf, questionText, type Question } from '../../search/question';
import type { CompareParts } from '../view';
import { ColumnAnswers } from './column-answers';
import { choiceText, isSameChoice, ownRowsName, type ColumnChoice } from './column-choice';
import { Column, type RowsPlace } from './column.svelte';
import { Measurements } from './measurements.svelte';
import { labelAgreement, type LabelAgreement } from './label-agreement';

export type ComparisonParts = Pick<
  CompareParts,
  | 'workers'
  | 'gallery'
  | 'models'
  | 'keptModels'
  | 'indexing'
  | 'search'
  | 'labels'
  | 'notices'
  | 'records'
  | 'now'
  | 'today'
  | 'handOver'
>;

/** What one model found for a question. */
export interface FoundList {
  readonly question: Question;
  /** Descending. */
  readonly matches: readonly Match[];
}

/** Why no more: on a screen and in memory, four models are as many as can be looked at side by side. */
export const MOST_COLUMNS = 4;

/** Length of the lists. */
export const LIST_LENGTH = 10;

/** Several models over the same photos: their lists for one question, and their labels. */
export class Comparison {
  #columns = $state.raw<readonly Column[]>([]);
  #lists = $state.raw<ReadonlyMap<Column, FoundList>>(new Map());
  #tables = $state.raw<ReadonlyMap<Column, LabelTable>>(new Map());
  #labelling = $state(false);
  /** What the tables are of. */
  #asked: Pick<CompareParts['labels'], 'labels' | 'templates'> | undefined;

  readonly parts: ComparisonParts;
  readonly measurements: Measurements;
  readonly #answers = new WeakMap<Column, ColumnAnswers>();
  readonly #question = $derived.by(() => {
    const { text, examples } = this.parts.search;
    return questionOf(text, examples);
  });
  readonly #agreement = $derived.by(() => {
    const columns = this.#columns.filter((column) => this.#tables.has(column));
    const labels = labelAgreement(columns.map((column) => this.#tables.get(column)!));
    return labels && { columns, labels };
  });
  /** The columns that can answer, whenever what they have to answer from changes. */
  readonly #answering = $derived.by(() => {
    const photos = this.parts.gallery.photos.list.length;
    return this.#columns.filter(({ phase, embedded }) => photos > 0 && phase === 'ready' && embedded > 0);
  });
  readonly #work = latest(() => this.#giveTurns());
  readonly #ask = latest(() => this.#askAll());
  readonly #label = latest(() => this.#labelAll());

  constructor(parts: ComparisonParts) {
    const { workers, gallery, notices, records, now } = parts;
    this.parts = parts;
    const { photos, originals } = gallery;
    this.measurements = new Measurements({ ...workers, photos, originals, notices, records, now });
  }

  get columns(): readonly Column[] {
    return this.#columns;
  }

  get isFull(): boolean {
    return this.#columns.length >= MOST_COLUMNS;
  }

  /** What is asked of all; undefined if nothing is. */
  get question(): Question | undefined {
    return this.#question;
  }

  /** What a column found for that; undefined while it has not answered. */
  list(column: Column): FoundList | undefined {
    const found = this.#lists.get(column);
    const { text, examples } = this.#question ?? {};
    return found?.question.text === text && found?.question.examples === examples ? found : undefined;
  }

  /** Whether a column that can answer what is asked has not done so yet. */
  get isAnswering(): boolean {
    const isByText = !!this.#question && this.#question.terms.length > 0;
    const answers = (column: Column) => column.phase === 'ready' && (!isByText || column.model?.hasText);
    return !!this.#question && this.#columns.some((column) => answers(column) && !this.list(column));
  }

  /** The labels' cosines by a column; undefined while it has none. */
  table(column: Column): LabelTable | undefined {
    return this.#tables.get(column);
  }

  /** The columns that have labelled photos, and how far they agree; undefined if there are not two. */
  get agreement(): { readonly columns: readonly Column[]; readonly labels: LabelAgreement } | undefined {
    return this.#agreement;
  }

  /** Whether labels are being computed. */
  get labelling(): boolean {
    return this.#labelling;
  }

  nameOf(choice: ColumnChoice): string {
    return choiceText(choice, this.parts.keptModels.get(choice.id), this.usual);
  }

  has(choice: ColumnChoice): boolean {
    return this.#columns.some((column) => isSameChoice(column.choice, choice));
  }

  /** Adds a column, unless there is one like it or no room. */
  add(choice: ColumnChoice): void {
    if (this.isFull || this.has(choice)) return;
    const { workers, gallery, models, keptModels, now } = this.parts;
    const { photos, originals, thumbnails } = gallery;
    const column = new Column(choice, this.#placeOf(choice), {
      openClip: () => workers.openClip(),
      images: workers.images,
      library: workers.library,
      photos,
      originals,
      thumbnails,
      now,
      summary: (id) => keptModels.get(id),
      decoding: () => models.decoding,
      isInUse: (id) => models.chosen === id,
    });
    this.#answers.set(column, new ColumnAnswers({ ...workers, column }));
    this.#columns = [...this.#columns, column];
  }

  /** Adds the built-in models, run as the page runs its own. */
  addBuiltIn(): void {
    for (const { id, origin } of this.parts.keptModels.list) {
      if (origin === 'built-in') this.add({ id, ...this.usual });
    }
  }

  /** How the page runs its own model. */
  get usual(): Pick<ColumnChoice, 'backend' | 'arithmetic'> {
    const { backend, arithmetic } = this.parts.models;
    return { backend: backend ?? 'auto', arithmetic };
  }

  remove(column: Column): void {
    this.#columns = this.#columns.filter((one) => one !== column);
    this.#lists = without(this.#lists, column);
    this.#tables = without(this.#tables, column);
    this.measurements.forget(column);
    column.end();
  }

  /** Removes every column. */
  close(): void {
    for (const column of this.#columns) this.remove(column);
  }

  /** Gives columns their turns. To be called again whenever what it reads has changed, as the two below. */
  followColumns(): void {
    // Deleted from this device.
    for (const column of this.#columns) if (!this.parts.keptModels.get(column.choice.id)) this.remove(column);
    const isDue = this.#columns.some((column) => column.isWaiting);
    if (isDue && this.parts.gallery.photos.list && this.#isQuiet) this.#work();
  }

  /** Asks the question of all that can answer. */
  followQuestion(): void {
    if (this.#question && this.#answering.length > 0) this.#ask();
  }

  /** Labels the photos by all that can answer. */
  followLabels(): void {
    const { labels, templates } = this.parts.labels;
    if (labels && templates && this.#answering.length > 0) this.#label();
  }

  /** Whether every model is there to be measured, and none is at work. */
  get canMeasure(): boolean {
    return this.#isQuiet && this.#columns.every(({ phase }) => phase === 'ready' || phase === 'failed');
  }

  /** Whether nothing else needs the device. */
  get #isQuiet(): boolean {
    return this.parts.indexing.phase !== 'running' && !this.measurements.work;
  }

  /** Why in turn: together they would share the cores and the GPU, and each would look slow. */
  async #giveTurns(): Promise<void> {
    const { notices } = this.parts;
    const next = () => this.#columns.find((column) => column.isWaiting);
    for (let column = next(); column && this.#isQuiet; column = next()) {
      await column.run();
      if (column.phase !== 'ready') continue;
      notices.say(`${this.nameOf(column.choice)} has looked at ${plural(column.embedded, 'photo')}`);
    }
  }

  async #askAll(): Promise<void> {
    const question = this.#question;
    if (!question) return;
    const { photos } = this.parts.gallery;
    // Removed photos may still have rows, in case of undo. Example photos are the question, not its answer.
    const asked = new Set(question.examples.flatMap((one) => (one.kind === 'photo' ? [one.id] : [])));
    const k = LIST_LENGTH + photos.removed.length + asked.size;
    await this.#each(async (column, answers) => {
      if (question.terms.length > 0 && !column.model?.hasText) return;
      const found = await answers.matches(question, k);
      if (!this.#columns.includes(column)) return;
      const matches = found.filter(({ id }) => photos.current(id) && !asked.has(id)).slice(0, LIST_LENGTH);
      this.#lists = new Map(this.#lists).set(column, { question, matches });
    });
    const answered = this.#columns.filter((column) => this.list(column)).length;
    if (answered > 0)
      this.parts.notices.say(`${plural(answered, 'model')} answered ${questionText(question)}`);
  }

  async #labelAll(): Promise<void> {
    const { templates, labels } = this.parts.labels;
    // Labels of two kinds are not compared.
    if (labels !== this.#asked?.labels || templates !== this.#asked.templates) this.#tables = new Map();
    this.#asked = { labels, templates };
    this.#labelling = true;
    await this.#each(async (column, answers) => {
      if (!column.model?.hasText) return;
      const table = await answers.labels(templates, labels);
      if (!this.#columns.includes(column)) return;
      this.#tables = table ? new Map(this.#tables).set(column, table) : without(this.#tables, column);
    });
    this.#labelling = false;
  }

  async #each(ask: (column: Column, answers: ColumnAnswers) => Promise<void>): Promise<void> {
    for (const column of this.#answering) {
      const answers = this.#answers.get(column);
      if (!answers) continue;
      try {
        await ask(column, answers);
      } catch (error) {
        column.fail(error);
      }
    }
  }

  /**
   * The rows of a column that runs a model as the page does are the model's own: nothing is embedded twice, and to
   * switch to that model later costs nothing. What runs it otherwise has rows of its own.
   */
  #placeOf(choice: ColumnChoice): RowsPlace {
    const isKept =
      isSameChoice(choice, { id: choice.id, ...this.usual }) &&
      !this.#columns.some(({ rows }) => rows.name === choice.id);
    return isKept ? { name: choice.id, isKept } : { name: ownRowsName(choice), isKept };
  }
}

function without<Value>(map: ReadonlyMap<Column, Value>, column: Column): ReadonlyMap<Column, Value> {
  return new Map([...map].filter(([one]) => one !== column));
}
