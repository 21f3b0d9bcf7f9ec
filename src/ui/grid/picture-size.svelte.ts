import { firstRowHeight } from './justified-rows';

/** Limits of a row's height, in CSS pixels. */
export const ROW_HEIGHTS = { min: 80, max: 480 } as const;

/** The size of pictures in a grid. */
export class PictureSize {
  readonly #usual: number;
  #chosen = $state<number | undefined>(undefined);

  /** @param screenWidth in CSS pixels; determines the usual height */
  constructor(screenWidth: number) {
    this.#usual = firstRowHeight(screenWidth);
  }

  /** Row height, in CSS pixels. */
  get rowHeight(): number {
    return this.#chosen ?? this.#usual;
  }

  /** The user's choice; undefined: the usual height. */
  get chosen(): number | undefined {
    return this.#chosen;
  }

  /** @param rowHeight undefined: the usual one */
  choose(rowHeight: number | undefined): void {
    this.#chosen = rowHeight === this.#usual ? undefined : rowHeight;
  }
}
