import type { ClipApi, Embeddings, LibraryApi, LoadedModel, Match } from '../../../workers/api';
import { failureName } from '../../core/failure';
import { combine, parseQuery } from '../../search/query';
import { latest } from '../latest';
import { plural } from '../words';
import type { Notices } from './notices.svelte';
import type { Photos } from './photos.svelte';

/** What is searched for. */
export type Question =
  | { readonly kind: 'text'; readonly text: string }
  /** Photos like this one. */
  | { readonly kind: 'photo'; readonly id: number; readonly name: string };

export interface Answer {
  readonly question: Question;
  /** Falling. */
  readonly matches: readonly Match[];
  /** How many photos had a row when it was given. */
  readonly among: number;
}

export interface SearchParts {
  readonly clip: Pick<ClipApi, 'encodeTexts'>;
  readonly library: Pick<LibraryApi, 'search' | 'searchLike'>;
  readonly photos: Pick<Photos, 'current' | 'removed'>;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  /** Photos with a row for the current model. */
  readonly indexed: () => number;
  /** The device is gone. */
  readonly onLost: (error: unknown) => void;
}

/** How many results are shown at first, and how many more each time. */
const PAGE = 200;

/** How many are asked for at least, so that a threshold can be told what it leaves. */
const COUNTED = 2000;

/** So few results are not worth holding still. */
const FEW_RESULTS = 12;

/** Texts whose embeddings are kept. */
const KEPT_TEXTS = 64;

const TOPIC = 'search';

/**
 * Answers the search line. One question is under way at a time; when it is answered the newest one is asked, so typing
 * never piles work up. While photos are being indexed the shown order stands still.
 */
export class Search {
  #text = $state('');
  #like = $state.raw<Extract<Question, { kind: 'photo' }> | undefined>(undefined);
  #answer = $state.raw<Answer | undefined>(undefined);
  #limit = $state(PAGE);
  /** The least cosine that is shown. */
  #threshold = $state<number | undefined>(undefined);
  #asking = $state(false);

  /** The model whose cosines the threshold is about. */
  #cutFor: string | undefined;
  readonly #parts: SearchParts;
  #model = $state.raw<LoadedModel | undefined>(undefined);
  /** Embeddings of texts, by model and text; the one used last is last. */
  readonly #rows = new Map<string, Float32Array<ArrayBuffer>>();
  readonly #askLatest = latest(() => this.#ask());
  readonly #reaching = $derived.by(() => {
    const least = this.#threshold ?? -Infinity;
    return this.#answer?.matches.filter(({ score }) => score >= least) ?? [];
  });
  readonly #shown = $derived.by(
    () => this.#answer && { ...this.#answer, matches: this.#reaching.slice(0, this.#limit) },
  );

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  /** What stands in the search line. */
  get text(): string {
    return this.#text;
  }

  /** The photo whose likes are searched for. */
  get like(): { readonly id: number; readonly name: string } | undefined {
    return this.#like;
  }

  /** The last answer, down to the threshold and as far as results are shown; undefined when nothing is asked. */
  get answer(): Answer | undefined {
    return this.#shown;
  }

  /** The least cosine that is shown; undefined for all. It is kept until another model is chosen. */
  get threshold(): number | undefined {
    return this.#threshold;
  }

  /** The best and the least cosine among the results that can be counted; undefined without any. */
  get range(): { readonly least: number; readonly best: number } | undefined {
    const matches = this.#answer?.matches ?? [];
    const [best, least] = [matches.at(0)?.score, matches.at(-1)?.score];
    return best === undefined || least === undefined ? undefined : { least, best };
  }

  /** Ids of all results that reach the threshold, falling, at most 2,000 unless more are shown. */
  get reaching(): readonly number[] {
    return this.#reaching.map(({ id }) => id);
  }

  /** How many results there are with and without the threshold; `isMore` when further ones were not counted. */
  get counts(): { readonly reaching: number; readonly all: number; readonly isMore: boolean } {
    const all = this.#answer?.matches.length ?? 0;
    return { reaching: this.#reaching.length, all, isMore: all < (this.#answer?.among ?? 0) };
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
    return this.#answer ? Math.max(0, this.#parts.indexed() - this.#answer.among) : 0;
  }

  /** Whether there may be more results than are shown. */
  get hasMore(): boolean {
    if (!this.#answer || this.#limit >= this.#answer.among) return false;
    const { reaching, all, isMore } = this.counts;
    return this.#limit < reaching || (isMore && reaching === all);
  }

  type(text: string): void {
    this.#text = text;
    this.#like = undefined;
    this.#limit = PAGE;
    this.update();
  }

  likePhoto(id: number, name: string): void {
    this.#text = '';
    this.#like = { kind: 'photo', id, name };
    this.#limit = PAGE;
    this.update();
  }

  clear(): void {
    this.type('');
  }

  showMore(): void {
    this.#limit += PAGE;
    this.update();
  }

  /** Shows only results of at least this cosine; undefined shows all. */
  cutAt(threshold: number | undefined): void {
    this.#threshold = threshold;
    this.#limit = PAGE;
  }

  /** Asks again, with all photos there are now. */
  update(): void {
    if (!this.#question()) this.#answer = undefined;
    this.#askLatest();
  }

  /** Photos were indexed. The shown order holds still until indexing has ended, unless there is hardly any yet. */
  indexed(ended: boolean): void {
    if (!this.#question()) return;
    const shown = this.#answer?.matches.length ?? 0;
    if (ended ? !this.#answer || this.unseen > 0 : shown < FEW_RESULTS) this.update();
  }

  /** Turns to another model; undefined while there is none. The shown answer stays until the next one. */
  open(model: LoadedModel | undefined): void {
    // Cosines of one model say nothing of those of another.
    if (model && this.#cutFor !== model.summary.id) this.#threshold = undefined;
    this.#cutFor = model?.summary.id ?? this.#cutFor;
    this.#model = model;
    if (model) this.update();
  }

  #question(): Question | undefined {
    if (this.#like) return this.#like;
    const text = this.#text.trim();
    return parseQuery(text).length > 0 ? { kind: 'text', text } : undefined;
  }

  async #ask(): Promise<void> {
    const { notices, indexed, onLost } = this.#parts;
    const question = this.#question();
    const model = this.#model;
    if (!question || !model || (question.kind === 'text' && !model.hasText)) return;
    this.#asking = true;
    try {
      const among = indexed();
      const matches = await this.#matches(model, question);
      if (model !== this.#model || !this.#question()) return;
      this.#answer = { question, matches, among };
      notices.clear(TOPIC);
      notices.say(answerText(question, matches.length));
    } catch (error) {
      if (model !== this.#model) return;
      if (failureName(error) === 'DeviceLost') onLost(error);
      // After a death, `open` asks again with the new worker.
      else if (failureName(error) !== 'WorkerDied') notices.report(TOPIC, error);
    } finally {
      this.#asking = false;
    }
  }

  /** Forgets the rows of texts: the weights of a model may come back as others. */
  forgetTexts(): void {
    this.#rows.clear();
  }

  async #matches(model: LoadedModel, question: Question): Promise<Match[]> {
    const { photos } = this.#parts;
    // Removed photos may still have rows: undoing brings them back.
    const most = Math.max(this.#limit, COUNTED);
    const found = await this.#found(model, question, most + photos.removed.length);
    return found.filter(({ id }) => photos.current(id)).slice(0, most);
  }

  async #found(model: LoadedModel, question: Question, k: number): Promise<Match[]> {
    const { library } = this.#parts;
    if (question.kind === 'photo') return library.searchLike(question.id, k);
    const query = await this.#embedded(model, question.text);
    return query ? library.search(query, k) : [];
  }

  /** One row for all terms of the line; undefined where they cancel each other. */
  async #embedded(model: LoadedModel, line: string): Promise<Embeddings | undefined> {
    const terms = parseQuery(line);
    const { id: name, embedDim: dim } = model.summary;
    const key = (text: string) => `${name}\n${text}`;
    // Kept apart from `#rows`, which may be cleared while the tower works.
    const known = new Map(terms.map(({ text }) => [text, this.#rows.get(key(text))]));
    const missing = [...known.keys()].filter((text) => !known.get(text));
    if (missing.length > 0) {
      const { data } = await this.#parts.clip.encodeTexts(name, missing);
      for (const [at, text] of missing.entries()) known.set(text, data.slice(at * dim, (at + 1) * dim));
    }
    for (const [text, row] of known) {
      this.#rows.delete(key(text));
      this.#rows.set(key(text), row!);
    }
    const rows = new Float32Array(terms.length * dim);
    for (const [at, { text }] of terms.entries()) rows.set(known.get(text)!, at * dim);
    for (const oldest of [...this.#rows.keys()].slice(0, -KEPT_TEXTS)) this.#rows.delete(oldest);
    const data = combine(
      { dim, data: rows },
      terms.map(({ weight }) => weight),
    );
    return data && { model: name, count: 1, dim, data };
  }
}

/** "12 results for two cats", "12 results like album-003.webp". */
function answerText(question: Question, matches: number): string {
  const what = question.kind === 'text' ? `for ${question.text}` : `like ${question.name}`;
  return `${plural(matches, 'result')} ${what}`;
}
