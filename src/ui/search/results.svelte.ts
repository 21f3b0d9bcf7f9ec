import { SINGLE_FILES, type Photo } from '../photos/photo';
import { dateOf, isOpen, passing, type PhotoFilter } from './photo-filter';
import type { Photos } from '../photos/photos.svelte';
import type { Search } from './search.svelte';

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
  readonly search: () => Pick<Search, 'answer' | 'limit' | 'update'>;
}

/** What the search page shows: the answer, or all photos, through a filter and in an order. */
export class Results {
  #filter = $state.raw<PhotoFilter>({});
  #order = $state<Order>('match');
  readonly #parts: ResultsParts;
  #before: readonly Entry[] = [];
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
    const { photos, search } = this.#parts;
    const { answer } = search();
    const entries = answer
      ? answer.matches.flatMap(({ id, score }) => {
          const photo = photos.get(id);
          // An answer may be older than the filter.
          return photo && (!this.#among || this.#among[id] === 1) ? [{ photo, cosine: score }] : [];
        })
      : this.#unasked(this.#passing);
    return inOrder(entries, this.#order);
  });
  readonly #shown = $derived.by(() => {
    const { answer, limit } = this.#parts.search();
    return answer ? this.#all.slice(0, limit) : this.#all;
  });

  constructor(parts: ResultsParts) {
    this.#parts = parts;
  }

  get filter(): PhotoFilter {
    return this.#filter;
  }

  get order(): Order {
    return this.#order;
  }

  /** Whether some photos are left out. */
  get isFiltered(): boolean {
    return !isOpen(this.#filter);
  }

  /** Whether there are photos that came with no folder. */
  get hasSingles(): boolean {
    return this.#hasSingles;
  }

  /** How many photos the filter lets through. */
  get passing(): number {
    return this.#passing.length;
  }

  /** Ids of all photos that are found, shown or not, in the order of the page. */
  get ids(): readonly number[] {
    return this.#all.map(({ photo }) => photo.id);
  }

  /** What is shown, in the order of the page. */
  get shown(): readonly Entry[] {
    return this.#shown;
  }

  filterBy(filter: PhotoFilter): void {
    this.#filter = filter;
    this.#parts.search().update();
  }

  orderBy(order: Order): void {
    this.#order = order;
  }

  /** The photos that pass, as `LibraryApi.search` takes them; undefined for all. */
  among(): Uint8Array<ArrayBuffer> | undefined {
    return this.#among;
  }

  /** A folder is gone: it is asked for no more. */
  forgetFolder(folder: number): void {
    if (this.#filter.folder !== folder) return;
    const { folder: _gone, ...others } = this.#filter;
    this.filterBy(others);
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
