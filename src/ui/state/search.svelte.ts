import type { ClipApi, Embeddings, LibraryApi, LoadedModel, Match } from '../../../workers/api';
import { failureName } from '../../core/failure';
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
  #asking = $state(false);

  readonly #parts: SearchParts;
  #model = $state.raw<LoadedModel | undefined>(undefined);
  readonly #rows = new Map<string, Embeddings>();
  readonly #askLatest = latest(() => this.#ask());

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

  /** The last answer; undefined when nothing is asked. */
  get answer(): Answer | undefined {
    return this.#answer;
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
    return this.#answer !== undefined && this.#limit < this.#answer.among;
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
    this.#model = model;
    if (model) this.update();
  }

  #question(): Question | undefined {
    if (this.#like) return this.#like;
    const text = this.#text.trim();
    return text ? { kind: 'text', text } : undefined;
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
    const { library, photos } = this.#parts;
    // Removed photos may still have rows: undoing brings them back.
    const k = this.#limit + photos.removed.length;
    const found =
      question.kind === 'photo'
        ? await library.searchLike(question.id, k)
        : await library.search(await this.#embedded(model, question.text), k);
    return found.filter(({ id }) => photos.current(id)).slice(0, this.#limit);
  }

  async #embedded(model: LoadedModel, text: string): Promise<Embeddings> {
    const key = `${model.summary.id}\n${text}`;
    const rows = this.#rows.get(key) ?? (await this.#parts.clip.encodeTexts(model.summary.id, [text]));
    // The one used last goes to the end; the first has not been used for longest.
    this.#rows.delete(key);
    this.#rows.set(key, rows);
    const [oldest] = this.#rows.keys();
    if (this.#rows.size > KEPT_TEXTS && oldest !== undefined) this.#rows.delete(oldest);
    return rows;
  }
}

/** "12 results for two cats", "12 results like album-003.webp". */
function answerText(question: Question, matches: number): string {
  const what = question.kind === 'text' ? `for ${question.text}` : `like ${question.name}`;
  return `${plural(matches, 'result')} ${what}`;
}
