import type { Match } from '../../../workers/api';
import { scoreScale, type ScoreScale } from '../grid/score-scale';
import { SINGLE_FILES, type Photo } from '../photos/photo';
import type { Photos } from '../photos/photos.svelte';
import { dateOf, isOpen, passing, type PhotoFilter } from './photo-filter';
import { isPlain, type Question } from './question';
import type { UsualThreshold } from './usual-threshold.svelte';

/** What the photos' rows say to a question. */
export interface Answer {
  readonly question: Question;
  /** Falling. */
  readonly matches: readonly Match[];
  /** How many photos had a row when it was given. */
  readonly indexed: number;
  /** Whether there are no further matches. */
  readonly isAll: boolean;
}

/** `match`: the best match first; without a question, in the order of arrival. */
export type Order = 'match' | 'newest' | 'oldest';

/** A photo on the search page. */
export interface Entry {
  readonly photo: Photo;
  /** With the question; undefined without one. */
  readonly cosine: number | undefined;
}

export interface ResultsParts {
  readonly photos: Pick<Photos, 'list' | 'get'>;
  readonly usualThreshold: Pick<UsualThreshold, 'value'>;
  /** The answer does not hold all that is to be shown any more: another filter, or more results, are wanted. */
  readonly onLack: () => void;
}

/** How many results are shown at first, and how many more each time. */
const PAGE = 200;

/** How many are asked for at least, so that a threshold can be told what it leaves. */
const COUNTED = 2000;

/** The usual threshold leaves at least so many of a question's best. */
const LEAST_SHOWN = 24;

/** What the search page shows: the answer down to a threshold, or all photos, through a filter and in an order. */
export class Results {
  #answer = $state.raw<Answer | undefined>(undefined);
  #filter = $state.raw<PhotoFilter>({});
  #order = $state<Order>('match');
  /** The least cosine that is shown, where the person chose one; -Infinity for all. */
  #chosen = $state<number | undefined>(undefined);
  #limit = $state(PAGE);
  readonly #parts: ResultsParts;
  #before: readonly Entry[] = [];
  /** The usual threshold for the answer; undefined for none. */
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
  readonly #scores = $derived(new Map(this.#answer?.matches.map(({ id, score }) => [id, score])));
  readonly #passing = $derived.by(() => {
    const { list } = this.#parts.photos;
    return isOpen(this.#filter) ? list : list.filter(passing(this.#filter));
  });
  readonly #hasSingles = $derived.by(() =>
    this.#parts.photos.list.some(({ folder }) => folder === SINGLE_FILES),
  );
  /** The photos that pass, by id. */
  readonly #among = $derived.by(() => {
    if (isOpen(this.#filter)) return undefined;
    const among = new Uint8Array(this.#passing.reduce((most, { id }) => Math.max(most, id + 1), 0));
    for (const { id } of this.#passing) among[id] = 1;
    return among;
  });
  readonly #all = $derived.by(() => {
    const { photos } = this.#parts;
    const entries = this.#answer
      ? this.#reaching.flatMap(({ id, score }) => {
          const photo = photos.get(id);
          // An answer may be older than the filter.
          return photo && (!this.#among || this.#among[id] === 1) ? [{ photo, cosine: score }] : [];
        })
      : this.#unasked(this.#passing);
    return inOrder(entries, this.#order);
  });
  readonly #shown = $derived(this.#answer ? this.#all.slice(0, this.#limit) : this.#all);

  constructor(parts: ResultsParts) {
    this.#parts = parts;
  }

  /**
   * The last answer, whatever the threshold: at most 2,000 matches unless more are shown. Undefined when nothing is
   * asked, or when what is asked cannot be answered.
   */
  get answer(): Answer | undefined {
    return this.#answer;
  }

  /** What is shown, in the order of the page. */
  get shown(): readonly Entry[] {
    return this.#shown;
  }

  /** Ids of all photos that are found, shown or not, in the order of the page. */
  get ids(): readonly number[] {
    return this.#all.map(({ photo }) => photo.id);
  }

  get filter(): PhotoFilter {
    return this.#filter;
  }

  /** Whether some photos are left out. */
  get isFiltered(): boolean {
    return !isOpen(this.#filter);
  }

  /** How many photos the filter lets through. */
  get passing(): number {
    return this.#passing.length;
  }

  /** The photos that pass, as `LibraryApi.search` takes them; undefined for all. */
  get among(): Uint8Array<ArrayBuffer> | undefined {
    return this.#among;
  }

  /** Whether there are photos that came with no folder. */
  get hasSingles(): boolean {
    return this.#hasSingles;
  }

  get order(): Order {
    return this.#order;
  }

  /** The least cosine that is shown; undefined for all. */
  get threshold(): number | undefined {
    return this.#least === -Infinity ? undefined : this.#least;
  }

  /** Whether `threshold` is the usual one. */
  get isUsual(): boolean {
    return this.#chosen === undefined;
  }

  /** The best and the least cosine among the results that can be counted; undefined without any. */
  get range(): { readonly least: number; readonly best: number } | undefined {
    const matches = this.#answer?.matches ?? [];
    const [best, least] = [matches.at(0)?.score, matches.at(-1)?.score];
    return best === undefined || least === undefined ? undefined : { least, best };
  }

  /** How many results there are with and without the threshold; `isMore` when further ones were not counted. */
  get counts(): { readonly reaching: number; readonly all: number; readonly isMore: boolean } {
    const all = this.#answer?.matches.length ?? 0;
    return { reaching: this.#reaching.length, all, isMore: this.#answer?.isAll === false };
  }

  /** How many results are shown. */
  get limit(): number {
    return this.#limit;
  }

  /** How many matches an answer has to hold, where there are so many. */
  get wanted(): number {
    return Math.max(this.#limit, COUNTED);
  }

  /** Whether there may be more results than are shown. */
  get hasMore(): boolean {
    const { reaching, all, isMore } = this.counts;
    return this.#limit < reaching || (isMore && reaching === all);
  }

  /** What a result's bar shows of its cosine. */
  get scale(): ScoreScale {
    return this.#scale;
  }

  /** The cosine of a photo with what is asked, as far as results are counted. */
  scoreOf(id: number): number | undefined {
    return this.#scores.get(id);
  }

  /** Shows another answer; all photos for undefined. */
  take(answer: Answer | undefined): void {
    this.#answer = answer;
  }

  /** Something else is asked: its results are shown from the first on. */
  restart(): void {
    this.#limit = PAGE;
  }

  showMore(): void {
    this.#limit += PAGE;
    if (this.#limit > (this.#answer?.matches.length ?? 0)) this.#parts.onLack();
  }

  /** Shows only results of at least this cosine: all from -Infinity on, as usual for undefined. */
  cutAt(threshold: number | undefined): void {
    this.#chosen = threshold;
    this.restart();
  }

  /** The threshold that was chosen says nothing of the cosines to come. */
  forgetThreshold(): void {
    this.#chosen = undefined;
  }

  filterBy(filter: PhotoFilter): void {
    this.#filter = filter;
    this.#parts.onLack();
  }

  /** A folder is gone: it is asked for no more. */
  forgetFolder(folder: number): void {
    if (this.#filter.folder !== folder) return;
    const { folder: _gone, ...others } = this.#filter;
    this.filterBy(others);
  }

  orderBy(order: Order): void {
    this.#order = order;
  }

  /** The same entry for the same photo in the same place: what did not change is not drawn again. */
  #unasked(photos: readonly Photo[]): readonly Entry[] {
    this.#before = photos.map((photo, i) => {
      const entry = this.#before[i];
      return entry?.photo === photo ? entry : { photo, cosine: undefined };
    });
    return this.#before;
  }
}

function inOrder(entries: readonly Entry[], order: Order): readonly Entry[] {
  if (order === 'match') return entries;
  const sign = order === 'newest' ? -1 : 1;
  return entries
    .map((entry) => ({ entry, date: dateOf(entry.photo) }))
    .sort((a, b) => sign * (a.date - b.date) || a.entry.photo.id - b.entry.photo.id)
    .map(({ entry }) => entry);
}
