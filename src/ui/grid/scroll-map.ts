// Why a list is not simply as tall as its layout: browsers limit elements to 17.1 million CSS pixels (Firefox) or 33.5
// million device pixels (Chromium), and anything beyond cannot be scrolled to. A hundred thousand photos on a phone
// take more than twice that. Such a list is made as tall as is safe, and its content is shifted: scrolling moves it by
// the pixels scrolled, as usual, while the scrollbar represents the whole layout.

/** Device pixels: below browsers' layout limits, and below 16.7 million, beyond which drawing loses whole pixels. */
const TALLEST = 15_000_000;

/** Fraction of a list's height at each end where the content is aligned with that end. */
const END = 1 / 32;

/** Maximum height of a list, in CSS pixels, at `devicePixelRatio` (which includes zoom). */
export function tallestList(devicePixelRatio: number): number {
  return Math.floor(TALLEST / Math.max(1, devicePixelRatio));
}

/** The visible position in a list, in CSS pixels. */
export interface View {
  /** Scroll position of the page. */
  readonly scroll: number;
  /** Offset to the position in the layout: whole pixels, 0 if the list is as tall as its layout. */
  readonly shift: number;
}

/** Maps scroll positions to a layout that may be taller than the list. All numbers are CSS pixels. */
export class ScrollMap {
  /** Height of the list. */
  readonly height: number;
  readonly #layoutHeight: number;
  /** Length of each end of the list, where the shift is 0 at the top and maximal at the bottom. */
  readonly #end: number;

  /** @param tallest maximum height of the list: many times that of a screen */
  constructor(layoutHeight: number, tallest: number) {
    this.height = Math.min(layoutHeight, tallest);
    this.#layoutHeight = layoutHeight;
    this.#end = layoutHeight > tallest ? tallest * END : Infinity;
  }

  /** The layout position for the scrollbar at `scroll`. */
  toLayout(scroll: number): number {
    if (scroll <= this.#end) return scroll;
    if (scroll >= this.height - this.#end) return scroll + (this.#layoutHeight - this.height);
    return this.#end + (scroll - this.#end) * this.#stretch;
  }

  /** The inverse of `toLayout`. */
  toScroll(layout: number): number {
    if (layout <= this.#end) return layout;
    if (layout >= this.#layoutHeight - this.#end) return layout - (this.#layoutHeight - this.height);
    return this.#end + (layout - this.#end) / this.#stretch;
  }

  /** Between the ends: layout pixels per scrollbar pixel. */
  get #stretch(): number {
    return (this.#layoutHeight - 2 * this.#end) / (this.height - 2 * this.#end);
  }

  /** The view of layout position `layout`, with the scrollbar in its proper place. */
  at(layout: number): View {
    const shift = Math.round(layout - this.toScroll(layout));
    return { scroll: layout - shift, shift };
  }

  /**
   * The view after a page at `view` was scrolled to `scroll`. If the result has another `scroll`, the page must be
   * scrolled there: then only the scrollbar moves, to its proper place.
   * @param how `step`: a longer scroll is a jump by the scrollbar; `ended`: scrolling has ended
   */
  // Why the scrollbar is corrected only after scrolling: that needs a scroll by script, which would interrupt a finger.
  // Near an end it cannot wait: the page could not scroll on, or would not stop.
  follow(view: View, scroll: number, how: { readonly step: number; readonly ended: boolean }): View {
    const isJump = Math.abs(scroll - view.scroll) > how.step;
    const shift = isJump ? Math.round(this.toLayout(scroll) - scroll) : view.shift;
    const layout = scroll + shift;
    const left = Math.min(scroll, layout, this.height - scroll, this.#layoutHeight - layout);
    const right = this.at(layout);
    return right.shift !== shift && (how.ended || left < this.#end / 2) ? right : { scroll, shift };
  }
}
