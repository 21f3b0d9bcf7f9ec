/** Display order of labelled photos; `photos`: as they are listed. */
export type LabelOrder = 'photos' | 'least sure';

/** The photos to label, as another page lists them. */
export interface Listed {
  readonly ids: readonly number[];
  /** Lists all photos. */
  widen(): void;
}

/** The order in which labelled photos are shown. */
export class LabelSorter {
  #order = $state<LabelOrder>('photos');
  /** How sure the labels of each photo are, while that is their order: of the last time that all were known. */
  #sure = $state.raw<ReadonlyMap<number, number> | undefined>(undefined);
  readonly #all: () => readonly number[];
  readonly #sureness: (id: number) => number;

  /**
   * @param all every photo, listed or not
   * @param sureness of a photo's labels; less of one comes first
   */
  constructor(all: () => readonly number[], sureness: (id: number) => number) {
    this.#all = all;
    this.#sureness = sureness;
  }

  get order(): LabelOrder {
    return this.#order;
  }

  sortBy(order: LabelOrder): void {
    this.#order = order;
    this.update();
  }

  /** All photos have their labels: what is shown is sorted by them. */
  // Why not while they come: photos would move under the hand of whoever looks at them.
  update(): void {
    this.#sure =
      this.#order === 'photos' ? undefined : new Map(this.#all().map((id) => [id, this.#sureness(id)]));
  }

  sorted(ids: readonly number[]): readonly number[] {
    const sure = this.#sure;
    return sure ? ids.toSorted((a, b) => (sure.get(a) ?? 0) - (sure.get(b) ?? 0)) : ids;
  }
}
