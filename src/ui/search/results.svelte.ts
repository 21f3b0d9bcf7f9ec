import type { Match } from '../../../workers/api';
import { rangeOf, scoreScale, type ScoreScale } from '../grid/score-scale';
import { SINGLE_FILES, type Photo } from '../photos/photo';
import type { Photos } from '../photos/photos.svelte';
import type { KeptLabels } from '../photos/kept-labels.svelte';
import { areNone, meeting, NO_CONDITIONS, type Conditions } from './conditions';
import { camerasOf, isOpen, passing, type PhotoFilter } from './photo-filter';
import { inOrder, type Order } from './order';
import { isPlain, type Question } from './question';
import type { Reach, UsualThreshold } from './usual-threshold.svelte';

/** The result of a query. */
export interface Answer {
  readonly question: Question;
  /** By descending score. */
  readonly matches: readonly Match[];
  /** Number of photos with a row at the time. */
  readonly indexed: number;
  /** Whether `matches` is complete. */
  readonly isAll: boolean;
}

/** Number of results with and without the threshold; `isMore` if there are more than were counted. */
export interface Counts {
  readonly reaching: number;
  readonly all: number;
  readonly isMore: boolean;
}

/** A photo on the search page. */
export interface Entry {
  readonly photo: Photo;
  /** Cosine with the query; undefined without one. */
  readonly cosine: number | undefined;
}

export interface ResultsParts {
  readonly photos: Pick<Photos, 'list' | 'get'>;
  readonly keptLabels: Pick<KeptLabels, 'namesOf'>;
  readonly usualThreshold: Pick<UsualThreshold, 'reach'>;
  /** Called when the answer has too few matches for what is to be shown. */
  readonly onLack: () => void;
  /** Called when the filter has changed: the answer may lack matches for it. */
  readonly onFilter: () => void;
  /** Called when the user has chosen another threshold. */
  readonly onCut: () => void;
}

/** Results shown at first, and added each time. */
const PAGE = 200;

/** Minimum number of matches requested, so that the threshold control can show counts. */
const COUNTED = 2000;

/** The usual threshold always leaves at least this many of the best results. */
const LEAST_SHOWN = 24;

/** The contents of the search page: the answer above a threshold, or all photos, filtered and ordered. */
export class Results {
  #answer = $state.raw<Answer | undefined>(undefined);
  #filter = $state.raw<PhotoFilter>({});
  /** Of the search line. */
  #conditions = $state.raw<Conditions>(NO_CONDITIONS);
  #order = $state<Order>('match');
  /** The user's minimum cosine, if chosen; -Infinity for all. */
  #chosen = $state<number | undefined>(undefined);
  #limit = $state(PAGE);
  readonly #parts: ResultsParts;
  #before: readonly Entry[] = [];
  /** The answer's matches without photos removed since. */
  readonly #matches = $derived.by(() => {
    const { photos } = this.#parts;
    return this.#answer?.matches.filter(({ id }) => photos.get(id)) ?? [];
  });
  /** What was measured of the answer's model, while another one is to follow. */
  #held = $state.raw<{ readonly reach: Reach | undefined } | undefined>(undefined);
  /** What the answer's cosines are worth; undefined if it was not measured for such a query. */
  readonly #reach = $derived.by(() => {
    const isMeasured = this.#answer && isPlain(this.#answer.question);
    return isMeasured ? (this.#held ?? this.#parts.usualThreshold).reach : undefined;
  });
  /** The usual threshold for the answer; undefined for none. */
  readonly #usual = $derived.by(() => {
    const matches = this.#matches;
    const last = matches[LEAST_SHOWN - 1] ?? matches.at(-1);
    return this.#reach && last && Math.min(this.#reach.usual, last.score);
  });
  readonly #least = $derived(this.#chosen ?? this.#usual ?? -Infinity);
  readonly #reaching = $derived.by(() => {
    const least = this.#least;
    return this.#matches.filter(({ score }) => score >= least);
  });
  readonly #scale = $derived.by(() => {
    const reach = this.#reach;
    if (!reach) return scoreScale(rangeOf(this.#matches.map(({ score }) => score)));
    return scoreScale({ low: reach.unrelated, high: reach.good });
  });
  readonly #isNothing = $derived.by(() => {
    const [best] = this.#matches;
    return !!best && !!this.#reach && best.score <= this.#reach.unrelated;
  });
  readonly #unlikely = $derived.by(() => {
    if (!this.#reach || this.#isNothing || this.#order !== 'match') return undefined;
    const likely = Math.max(this.#reach.usual, this.#reach.unrelated);
    const first = this.#shown.findIndex(({ cosine }) => cosine !== undefined && cosine < likely);
    return first > 0 ? first : undefined;
  });
  readonly #scores = $derived(new Map(this.#matches.map(({ id, score }) => [id, score])));
  readonly #passing = $derived.by(() => {
    const { photos, keptLabels } = this.#parts;
    const filtered = isOpen(this.#filter) ? photos.list : photos.list.filter(passing(this.#filter));
    if (areNone(this.#conditions)) return filtered;
    const known = {
      labelsOf: (photo: Photo) => keptLabels.namesOf(photo),
      cameras: () => this.#cameras.keys(),
    };
    return filtered.filter(meeting(this.#conditions, known));
  });
  readonly #cameras = $derived.by(() => camerasOf(this.#parts.photos.list));
  readonly #hasPlaces = $derived.by(() => this.#parts.photos.list.some(({ place }) => place));
  readonly #hasSingles = $derived.by(() =>
    this.#parts.photos.list.some(({ folder }) => folder === SINGLE_FILES),
  );
  /** The photos that pass the filter, by id. */
  readonly #among = $derived.by(() => {
    if (isOpen(this.#filter) && areNone(this.#conditions)) return undefined;
    const among = new Uint8Array(this.#passing.reduce((most, { id }) => Math.max(most, id + 1), 0));
    for (const { id } of this.#passing) among[id] = 1;
    return among;
  });
  readonly #all = $derived.by(() => {
    const { photos } = this.#parts;
    const entries = this.#answer
      ? this.#reaching.flatMap(({ id, score }) => {
          const photo = photos.get(id);
          // The answer may be older than the filter.
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
   * The last answer, regardless of the threshold: at most 2,000 matches unless more are shown. Undefined without a
   * query, or if it cannot be answered.
   */
  get answer(): Answer | undefined {
    return this.#answer;
  }

  /** The shown photos, in page order. */
  get shown(): readonly Entry[] {
    return this.#shown;
  }

  /** Ids of all results, shown or not, in page order. */
  get ids(): readonly number[] {
    return this.#all.map(({ photo }) => photo.id);
  }

  get filter(): PhotoFilter {
    return this.#filter;
  }

  /** Whether a filter is set. */
  get isFiltered(): boolean {
    return !isOpen(this.#filter);
  }

  /** Whether a filter is set, or the search line has conditions. */
  get isNarrowed(): boolean {
    return this.isFiltered || !areNone(this.#conditions);
  }

  /** The cameras of the photos, those of most photos first, and how many photos each took. */
  get cameras(): ReadonlyMap<string, number> {
    return this.#cameras;
  }

  /** Whether some photos say where they were taken. */
  get hasPlaces(): boolean {
    return this.#hasPlaces;
  }

  /** Number of photos that pass the filter. */
  get passing(): number {
    return this.#passing.length;
  }

  /** The photos that pass the filter, for `LibraryApi.search`; undefined for all. */
  get among(): Uint8Array<ArrayBuffer> | undefined {
    return this.#among;
  }

  /** Whether there are photos without a folder. */
  get hasSingles(): boolean {
    return this.#hasSingles;
  }

  get order(): Order {
    return this.#order;
  }

  /** The minimum cosine shown; undefined for all. */
  get threshold(): number | undefined {
    return this.#least === -Infinity ? undefined : this.#least;
  }

  /** The user's minimum cosine, -Infinity for all; undefined: the usual one. */
  get chosenThreshold(): number | undefined {
    return this.#chosen;
  }

  /** Whether `threshold` is the usual one. */
  get isUsual(): boolean {
    return this.#chosen === undefined;
  }

  /** The highest and lowest cosine of the counted results; undefined without any. */
  get range(): { readonly least: number; readonly best: number } | undefined {
    const [best, least] = [this.#matches.at(0)?.score, this.#matches.at(-1)?.score];
    return best === undefined || least === undefined ? undefined : { least, best };
  }

  get counts(): Counts {
    const all = this.#matches.length;
    return { reaching: this.#reaching.length, all, isMore: this.#answer?.isAll === false };
  }

  /** Whether the threshold leaves out results. */
  get isCut(): boolean {
    const { reaching, all } = this.counts;
    return reaching < all;
  }

  /** Whether even the best result is no closer than photos are to a text that none of them shows. */
  get isNothing(): boolean {
    return this.#isNothing;
  }

  /** Whether every result that reaches the threshold was removed from the library since. */
  get isRemoved(): boolean {
    const least = this.#chosen ?? -Infinity;
    const reached = this.#answer?.matches.some(({ score }) => score >= least) ?? false;
    return reached && this.#reaching.length === 0;
  }

  /** Index in `shown` of the first result below the usual threshold or as close as by chance, after better ones. */
  get unlikely(): number | undefined {
    return this.#unlikely;
  }

  /** Maximum number of results shown. */
  get limit(): number {
    return this.#limit;
  }

  /** How many matches to request. */
  get wanted(): number {
    return Math.max(this.#limit, COUNTED);
  }

  /** Whether there may be more results than shown. */
  get hasMore(): boolean {
    const { reaching, all, isMore } = this.counts;
    return this.#limit < reaching || (isMore && reaching === all);
  }

  /** The scale of the results' score bars. */
  get scale(): ScoreScale {
    return this.#scale;
  }

  /** The cosine of a photo with the query, if it is among the counted results. */
  scoreOf(id: number): number | undefined {
    return this.#scores.get(id);
  }

  /** Shows another answer; undefined shows all photos. */
  take(answer: Answer | undefined): void {
    this.#answer = answer;
    this.#held = undefined;
  }

  /** Keeps the answer as it is shown, whatever is measured of another model, until the next one; or no longer. */
  hold(held: boolean): void {
    if (!held) this.#held = undefined;
    else this.#held ??= { reach: this.#parts.usualThreshold.reach };
  }

  /** Starts a new query. */
  restart(): void {
    this.#limit = PAGE;
  }

  showMore(): void {
    this.#limit += PAGE;
    if (this.#limit > (this.#answer?.matches.length ?? 0)) this.#parts.onLack();
  }

  /** Shows only results of at least this cosine; -Infinity shows all, undefined applies the usual threshold. */
  cutAt(threshold: number | undefined): void {
    this.#chosen = threshold;
    this.restart();
    this.#parts.onCut();
  }

  /** Drops the chosen threshold: it was chosen for one query, and cosines of others differ. */
  forgetThreshold(): void {
    this.#chosen = undefined;
  }

  /** Shows only photos that meet these conditions. */
  demand(conditions: Conditions): void {
    this.#conditions = conditions;
  }

  filterBy(filter: PhotoFilter): void {
    this.#filter = filter;
    this.#parts.onFilter();
  }

  /** Removes a deleted folder from the filter. */
  forgetFolder(folder: number): void {
    if (this.#filter.folder !== folder) return;
    const { folder: _gone, ...others } = this.#filter;
    this.filterBy(others);
  }

  orderBy(order: Order): void {
    this.#order = order;
  }

  /** Reuses entries of unchanged photos in the same place, so that they are not redrawn. */
  #unasked(photos: readonly Photo[]): readonly Entry[] {
    this.#before = photos.map((photo, i) => {
      const entry = this.#before[i];
      return entry?.photo === photo ? entry : { photo, cosine: undefined };
    });
    return this.#before;
  }
}
