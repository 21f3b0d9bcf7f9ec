import type { ClipApi, LibraryApi, LoadedModel } from '../../../workers/api';
import { latest } from '../kit/latest';
import type { Notices } from '../kit/notices.svelte';
import { countText, plural } from '../kit/words';
import { CutTexts } from '../models/cut-texts.svelte';
import { formerOf, tellFailure, waitsForTexts, type Former } from '../models/current-model';
import { formerText } from '../models/model-words';
import type { ModelStatus } from '../models/model-status';
import type { Photos } from '../photos/photos.svelte';
import type { Embedder } from './embedder';
import { areNone, splitLine } from './conditions';
import { questionOf, questionText, type Example, type Question } from './question';
import { Results, type Answer, type ResultsParts } from './results.svelte';
import type { UsualThreshold } from './usual-threshold.svelte';

export interface SearchParts extends Pick<ResultsParts, 'keptLabels'> {
  readonly clip: Pick<ClipApi, 'cutTexts'>;
  readonly embedder: Pick<Embedder, 'question'>;
  readonly usualThreshold: Pick<UsualThreshold, 'reach' | 'measure'>;
  readonly library: Pick<LibraryApi, 'search'>;
  readonly photos: Pick<Photos, 'list' | 'get' | 'current' | 'removed'>;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  /** Of the model that was chosen. */
  readonly status: () => ModelStatus;
  /** Photos with a row for the current model. */
  readonly indexed: () => number;
  /** The GPU device was lost. */
  readonly onLost: (error: unknown) => void;
}

/** With fewer results, the order need not hold still during indexing. */
const FEW_RESULTS = 12;

const TOPIC = 'search';

const NOTHING: ReadonlyMap<string, string> = new Map();

/**
 * Runs the queries of the search line, one at a time; afterwards it runs the newest, so that typing never queues up
 * work. While photos are being indexed, the shown order holds still.
 */
export class Search {
  /** Its results on the page. */
  readonly results: Results;
  #text = $state('');
  #examples = $state.raw<readonly Example[]>([]);
  #asking = $state(false);
  #model = $state.raw<LoadedModel | undefined>(undefined);
  /** The same object while the query is the same. */
  #question = $state.raw<Question | undefined>(undefined);
  readonly #parts: SearchParts;
  readonly #cut: CutTexts;
  /** The model whose answer is shown. */
  #answeredBy = $state.raw<LoadedModel | undefined>(undefined);
  /** Whether the answer of a former model stays until the current one has looked at the photos. */
  #isHeld = $state(false);
  #active = true;
  #step = 0;
  /** Whether whatever comes next is another search, and not the same one typed on. */
  #isFinished = true;
  readonly #askLatest = latest(() => this.#ask());

  constructor(parts: SearchParts) {
    const { photos, keptLabels, usualThreshold } = parts;
    this.#parts = parts;
    this.#cut = new CutTexts(parts.clip);
    this.results = new Results({
      photos,
      keptLabels,
      usualThreshold,
      onLack: () => this.update(),
      onFilter: () => this.#filtered(),
      onCut: () => this.#tell(),
    });
  }

  /** The search line's text. */
  get text(): string {
    return this.#text;
  }

  /** Example pictures to search by. */
  get examples(): readonly Example[] {
    return this.#examples;
  }

  /** Whether there is a query. */
  get asked(): boolean {
    return this.#text.trim() !== '' || this.#examples.length > 0;
  }

  /** The number of the search: the same while its text is typed on. */
  get step(): number {
    return this.#step;
  }

  /** The texts of the query that are too long for the model, each with the beginning that it reads. */
  get cut(): ReadonlyMap<string, string> {
    return this.results.answer ? this.#cut.list : NOTHING;
  }

  /** Whether a query is running. */
  get asking(): boolean {
    return this.#asking;
  }

  /** The model, if text search is waiting for its text tower to arrive. */
  get waitsFor(): LoadedModel | undefined {
    return waitsForTexts(this.#model);
  }

  /** The name of the model that is being opened, if what was asked waits for it. */
  get opening(): string | undefined {
    const status = this.#parts.status();
    return this.#question && !this.results.answer && status.phase === 'loading' ? status.name : undefined;
  }

  /** Whose results are shown, if not those of the chosen model. */
  get former(): Former | undefined {
    return this.results.answer && formerOf(this.#answeredBy?.summary, this.#parts.status());
  }

  /** Whether `showNow` would show anything. */
  get hasNew(): boolean {
    return this.#isHeld && this.#canAnswer && this.#parts.indexed() > 0;
  }

  /** Number of photos indexed since the last answer. */
  get unseen(): number {
    const { answer } = this.results;
    return answer && !this.#isHeld ? Math.max(0, this.#parts.indexed() - answer.indexed) : 0;
  }

  /** Sets the text, keeping the examples. */
  type(text: string): void {
    this.#turnTo(text, this.#examples);
  }

  /** Searches by these examples only. */
  like(examples: readonly Example[]): void {
    this.#turnTo('', examples);
  }

  /** Adds examples to the query. */
  addExamples(examples: readonly Example[]): void {
    this.#turnTo(this.#text, [...this.#examples, ...examples]);
  }

  removeExample(example: Example): void {
    this.#turnTo(
      this.#text,
      this.#examples.filter((one) => one !== example),
    );
  }

  clear(): void {
    this.#turnTo('', []);
  }

  /** The search line was left: what is typed next is another search. */
  finish(): void {
    this.#isFinished = true;
  }

  /** Goes back to an earlier query. @param least the least cosine that was chosen for it */
  restore(text: string, examples: readonly Example[], least?: number): void {
    this.#turnTo(text, examples);
    this.results.cutAt(least);
    this.finish();
  }

  /** Repeats the query over all current photos. */
  update(): void {
    if (!this.#question) {
      this.results.take(undefined);
      this.#parts.notices.clear(TOPIC);
    }
    this.#askLatest();
  }

  /** Replaces a former model's results by what there is of the current one. */
  showNow(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.update();
  }

  /** Photos were indexed. The shown order holds still until indexing has ended, unless there are few results. */
  indexed(ended: boolean): void {
    if (ended && this.#model) void this.#measure(this.#model);
    if (!this.#question || this.#isHeld) return;
    const { answer } = this.results;
    if (ended ? !answer || this.unseen > 0 : (answer?.matches.length ?? 0) < FEW_RESULTS) this.update();
  }

  /**
   * Switches to another model; undefined if there is none. The shown answer stays until that model has looked at the
   * photos.
   */
  open(model: LoadedModel | undefined): void {
    const { answer } = this.results;
    this.#model = model;
    const isAnswered = !!answer && answer.question === this.#question;
    this.#isHeld = isAnswered && !!model && !isSame(this.#answeredBy, model);
    this.results.hold(isAnswered && (!model || this.#isHeld));
    if (this.#active && this.former) this.#parts.notices.say(formerText('Results', this.former));
    if (model && !this.#isHeld) this.update();
  }

  /** The current model has looked at the photos, and is known as well as the former one was. */
  #release(model: LoadedModel): void {
    if (model === this.#model && this.#canAnswer) this.showNow();
  }

  /** Whether the current model can answer the query: a text must wait for the text tower. */
  get #canAnswer(): boolean {
    return !!this.#model && (this.#model.hasText || this.#question?.text === '');
  }

  /** What is measured may leave out results that were told of. */
  async #measure(model: LoadedModel): Promise<void> {
    const { usualThreshold, indexed } = this.#parts;
    const before = usualThreshold.reach;
    await usualThreshold.measure(model, indexed());
    if (this.#isHeld) this.#release(model);
    else if (model === this.#model && usualThreshold.reach !== before) this.#tell();
  }

  #turnTo(text: string, examples: readonly Example[]): void {
    if (text.trim() !== this.#text.trim() || examples !== this.#examples) this.results.forgetThreshold();
    if (this.#isFinished || examples !== this.#examples || isOther(this.#text, text)) this.#step++;
    this.#isFinished = examples !== this.#examples;
    const before = this.#text;
    this.#text = text;
    this.#examples = examples;
    const wasAsked = this.#question !== undefined;
    const { conditions } = splitLine(text);
    const isListed = wasAsked || !areNone(conditions) || !areNone(splitLine(before).conditions);
    this.results.demand(conditions);
    this.#question = questionOf(text, examples);
    this.#isHeld = false;
    this.results.restart();
    this.update();
    if (isListed && !this.#question) this.#tellAll();
  }

  #filtered(): void {
    this.update();
    if (!this.#question) this.#tellAll();
  }

  async #ask(): Promise<void> {
    const { notices, indexed } = this.#parts;
    const question = this.#question;
    const model = this.#model;
    if (!question || !model || this.#isHeld) return;
    if (!this.#canAnswer) {
      this.results.take(undefined);
      return;
    }
    this.#asking = true;
    try {
      const answer = { question, indexed: indexed(), ...(await this.#matches(model, question)) };
      if (model !== this.#model || !this.#question) return;
      // Cosines of different models are not comparable.
      if (this.#answeredBy && this.#answeredBy.summary.id !== model.summary.id)
        this.results.forgetThreshold();
      this.#answeredBy = model;
      this.results.take(answer);
      const texts = question.terms.map(({ text }) => text);
      void this.#cut.look(model.summary.id, texts);
      notices.clear(TOPIC);
      this.#tell();
    } catch (error) {
      if (model === this.#model) tellFailure(TOPIC, error, this.#parts);
    } finally {
      this.#asking = false;
    }
  }

  /** Whether its page is open. Another page's status is not talked over; back on it, the status is its own again. */
  activate(active: boolean): void {
    if (active === this.#active) return;
    this.#active = active;
    if (this.#question) this.#tell();
    else this.#tellAll();
  }

  /** Says what the answer on the page is. */
  #tell(): void {
    const { answer, isNothing } = this.results;
    if (!this.#active || !answer || answer.question !== this.#question) return;
    const doubt = isNothing ? '. Nothing here looks like it' : '';
    this.#parts.notices.say(`${this.#amount()} ${questionText(answer.question)}${doubt}`);
  }

  /** Says what is on the page without a query. */
  #tellAll(): void {
    const { photos, notices } = this.#parts;
    const { passing } = this.results;
    if (!this.#active || photos.list.length === 0) return;
    const all = plural(photos.list.length, 'photo');
    notices.say(passing === photos.list.length ? `All ${all}` : `${countText(passing)} of ${all}`);
  }

  /** "12 results", "24 of 160 results". */
  #amount(): string {
    const { reaching, all } = this.results.counts;
    const total = plural(all, 'result');
    return reaching === all ? total : `${countText(reaching)} of ${total}`;
  }

  async #matches(model: LoadedModel, question: Question): Promise<Pick<Answer, 'matches' | 'isAll'>> {
    const { embedder, library, photos } = this.#parts;
    const { wanted } = this.results;
    // Removed photos may still have rows, in case of undo. Example photos are the question, not its answer.
    const asked = new Set(question.examples.flatMap((one) => (one.kind === 'photo' ? [one.id] : [])));
    const k = wanted + photos.removed.length + asked.size;
    const query = await embedder.question(model, question);
    const found = query ? await library.search(query, k, this.results.among) : [];
    const matches = found.filter(({ id }) => photos.current(id) && !asked.has(id)).slice(0, wanted);
    return { matches, isAll: found.length < k };
  }
}

/** Whether it is the same model, though it may have been loaded again. */
function isSame(a: LoadedModel | undefined, b: LoadedModel): boolean {
  return a?.summary.id === b.summary.id && a.weights === b.weights;
}

/** Whether a text was written anew, not typed on or corrected: the two neither begin nor end alike. */
function isOther(before: string, after: string): boolean {
  return before.at(0) !== after.at(0) && before.at(-1) !== after.at(-1);
}
