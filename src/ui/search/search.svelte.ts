import type { LibraryApi, LoadedModel, Match } from '../../../workers/api';
import { failureName } from '../../core/failure';
import { latest } from '../kit/latest';
import { isPlain, questionOf, questionText, type Example, type Question } from './question';
import { scoreScale, type ScoreScale } from '../grid/score-scale';
import { countText, plural } from '../kit/words';
import type { UsualThreshold } from './usual-threshold.svelte';
import type { Embedder } from './embedder';
import type { Notices } from '../kit/notices.svelte';
import type { Photos } from '../photos/photos.svelte';

export interface Answer {
  readonly question: Question;
  /** Falling. */
  readonly matches: readonly Match[];
  /** How many photos had a row when it was given. */
  readonly indexed: number;
  /** Whether there are no further matches. */
  readonly isAll: boolean;
}

export interface SearchParts {
  readonly embedder: Pick<Embedder, 'question'>;
  readonly usualThreshold: Pick<UsualThreshold, 'value' | 'measure'>;
  readonly library: Pick<LibraryApi, 'search'>;
  readonly photos: Pick<Photos, 'current' | 'removed'>;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  /** Photos with a row for the current model. */
  readonly indexed: () => number;
  /** The photos that may match, as `LibraryApi.search` takes them; undefined for all. */
  readonly among: () => Uint8Array<ArrayBuffer> | undefined;
  /** The device is gone. */
  readonly onLost: (error: unknown) => void;
}

/** How many results are shown at first, and how many more each time. */
const PAGE = 200;

/** How many are asked for at least, so that a threshold can be told what it leaves. */
const COUNTED = 2000;

/** So few results are not worth holding still. */
const FEW_RESULTS = 12;

/** The usual cut leaves at least so many of a question's best. */
const LEAST_SHOWN = 24;

const TOPIC = 'search';

/**
 * Answers the search line. One question is under way at a time; when it is answered the newest one is asked, so typing
 * never piles work up. While photos are being indexed the shown order stands still.
 */
export class Search {
  #text = $state('');
  #examples = $state.raw<readonly Example[]>([]);
  #answer = $state.raw<Answer | undefined>(undefined);
  #limit = $state(PAGE);
  /** The least cosine that is shown, where the person chose one; -Infinity for all. */
  #chosen = $state<number | undefined>(undefined);
  #asking = $state(false);

  /** The model whose cosines the threshold is about. */
  #cutFor: string | undefined;
  readonly #parts: SearchParts;
  #model = $state.raw<LoadedModel | undefined>(undefined);
  /** The same object as long as the same is asked. */
  #question = $state.raw<Question | undefined>(undefined);
  readonly #askLatest = latest(() => this.#ask());
  /** The usual cut for the answer; undefined for none. */
  readonly #usual = $derived.by(() => {
    const { value } = this.#parts.usualThreshold;
    if (!this.#answer || value === undefined || !isPlain(this.#answer.question)) return undefined;
    const { matches } = this.#answer;
    const last = matches[LEAST_SHOWN - 1] ?? matches.at(-1);
    return last && Math.min(value, last.score);
  });
  readonly #least = $derived(this.#chosen ?? this.#usual ?? -Infinity);
  readonly #reaching = $derived.by(() => {
    const least = this.#least;
    return this.#answer?.matches.filter(({ score }) => score >= least) ?? [];
  });
  readonly #scale = $derived(scoreScale(this.#answer?.matches.map(({ score }) => score) ?? []));
  readonly #shown = $derived.by(() => this.#answer && { ...this.#answer, matches: this.#reaching });
  readonly #scores = $derived(new Map(this.#answer?.matches.map(({ id, score }) => [id, score])));

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  /** What stands in the search line. */
  get text(): string {
    return this.#text;
  }

  /** Pictures whose likes are searched for. */
  get examples(): readonly Example[] {
    return this.#examples;
  }

  /** Whether anything is asked. */
  get asked(): boolean {
    return this.#text.trim() !== '' || this.#examples.length > 0;
  }

  /**
   * The last answer, down to the threshold: at most 2,000 matches unless more are shown. Undefined when nothing is
   * asked, or when what is asked cannot be answered.
   */
  get answer(): Answer | undefined {
    return this.#shown;
  }

  /** How many results are shown. */
  get limit(): number {
    return this.#limit;
  }

  /** The cosine of a photo with what is asked, as far as results are counted. */
  scoreOf(id: number): number | undefined {
    return this.#scores.get(id);
  }

  /** The least cosine that is shown; undefined for all. One that was chosen is kept until another model is. */
  get threshold(): number | undefined {
    return this.#least === -Infinity ? undefined : this.#least;
  }

  /** Whether `threshold` is the usual cut. */
  get isUsual(): boolean {
    return this.#chosen === undefined;
  }

  /** The best and the least cosine among the results that can be counted; undefined without any. */
  get range(): { readonly least: number; readonly best: number } | undefined {
    const matches = this.#answer?.matches ?? [];
    const [best, least] = [matches.at(0)?.score, matches.at(-1)?.score];
    return best === undefined || least === undefined ? undefined : { least, best };
  }

  /** What a result's bar shows of its cosine. */
  get scale(): ScoreScale {
    return this.#scale;
  }

  /** How many results there are with and without the threshold; `isMore` when further ones were not counted. */
  get counts(): { readonly reaching: number; readonly all: number; readonly isMore: boolean } {
    const all = this.#answer?.matches.length ?? 0;
    return { reaching: this.#reaching.length, all, isMore: this.#answer?.isAll === false };
  }

  /** Whether a question is under way. */
  get asking(): boolean {
    return this.#asking;
  }

  /** The model whose text tower is still on its way, while texts cannot be searched for that reason. */
  get waitsFor(): LoadedModel | undefined {
    return this.#model?.hasText === false ? this.#model : undefined;
  }

  /** Photos that were indexed since the answer was given. */
  get unseen(): number {
    return this.#answer ? Math.max(0, this.#parts.indexed() - this.#answer.indexed) : 0;
  }

  /** Whether there may be more results than are shown. */
  get hasMore(): boolean {
    const { reaching, all, isMore } = this.counts;
    return this.#limit < reaching || (isMore && reaching === all);
  }

  /** What is typed is searched for together with the examples. */
  type(text: string): void {
    this.#turnTo(text, this.#examples);
  }

  /** Searches for photos like these, and for nothing else. */
  like(examples: readonly Example[]): void {
    this.#turnTo('', examples);
  }

  /** Searches for photos like these too. */
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

  showMore(): void {
    this.#limit += PAGE;
    if (this.#limit > (this.#answer?.matches.length ?? 0)) this.update();
  }

  /** Shows only results of at least this cosine: all from -Infinity on, as usual for undefined. */
  cutAt(threshold: number | undefined): void {
    this.#chosen = threshold;
    this.#limit = PAGE;
  }

  /** Asks again, with all photos there are now. */
  update(): void {
    if (!this.#question) {
      this.#answer = undefined;
      this.#parts.notices.clear(TOPIC);
    }
    this.#askLatest();
  }

  /** Photos were indexed. The shown order holds still until indexing has ended, unless there is hardly any yet. */
  indexed(ended: boolean): void {
    if (ended && this.#model) void this.#parts.usualThreshold.measure(this.#model, this.#parts.indexed());
    if (!this.#question) return;
    const shown = this.#answer?.matches.length ?? 0;
    if (ended ? !this.#answer || this.unseen > 0 : shown < FEW_RESULTS) this.update();
  }

  /** Turns to another model; undefined while there is none. The shown answer stays until the next one. */
  open(model: LoadedModel | undefined): void {
    // Cosines of one model say nothing of those of another.
    if (model && this.#cutFor !== model.summary.id) this.#chosen = undefined;
    this.#cutFor = model?.summary.id ?? this.#cutFor;
    this.#model = model;
    if (model) this.update();
  }

  #turnTo(text: string, examples: readonly Example[]): void {
    // Pictures have cosines of their own size with pictures.
    if (examples.length > 0 !== this.#examples.length > 0) this.#chosen = undefined;
    this.#text = text;
    this.#examples = examples;
    this.#limit = PAGE;
    this.#question = questionOf(text, examples);
    this.update();
  }

  async #ask(): Promise<void> {
    const { notices, indexed, onLost } = this.#parts;
    const question = this.#question;
    const model = this.#model;
    if (!question || !model) return;
    if (question.text !== '' && !model.hasText) {
      this.#answer = undefined;
      return;
    }
    this.#asking = true;
    try {
      const answer = { question, indexed: indexed(), ...(await this.#matches(model, question)) };
      if (model !== this.#model || !this.#question) return;
      this.#answer = answer;
      notices.clear(TOPIC);
      notices.say(`${this.#amount()} ${questionText(question)}`);
    } catch (error) {
      if (model !== this.#model) return;
      if (failureName(error) === 'DeviceLost') onLost(error);
      // After a death, `open` asks again with the new worker.
      else if (failureName(error) !== 'WorkerDied') notices.report(TOPIC, error);
    } finally {
      this.#asking = false;
    }
  }

  /** "12 results", "24 of 160 results". */
  #amount(): string {
    const { reaching, all } = this.counts;
    const total = plural(all, 'result');
    return reaching === all ? total : `${countText(reaching)} of ${total}`;
  }

  async #matches(model: LoadedModel, question: Question): Promise<Pick<Answer, 'matches' | 'isAll'>> {
    const { embedder, library, photos, among } = this.#parts;
    const most = Math.max(this.#limit, COUNTED);
    // Removed photos may still have rows: undoing brings them back.
    const k = most + photos.removed.length;
    const query = await embedder.question(model, question);
    const found = query ? await library.search(query, k, among()) : [];
    const matches = found.filter(({ id }) => photos.current(id)).slice(0, most);
    return { matches: withSelfFirst(matches, question), isAll: found.length < k };
  }
}

/** Photos like one begin with that one, even where a copy of it is as near or a rounding nearer. */
function withSelfFirst(matches: readonly Match[], { text, examples }: Question): readonly Match[] {
  const [only, ...others] = examples;
  if (text !== '' || others.length > 0 || only?.kind !== 'photo') return matches;
  const own = matches.find(({ id }) => id === only.id);
  return own ? [own, ...matches.filter((match) => match !== own)] : matches;
}
