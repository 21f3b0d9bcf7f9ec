// Why a list is not simply as tall as its layout: browsers make nothing taller than 17.1 million CSS pixels (Firefox) or
// 33.5 million device pixels (Chromium), and what lies beyond can never be scrolled to. A hundred thousand photos on a
// phone are more than twice that. Such a list is made as tall as is safe, and what is seen is shifted: scrolling moves it
// by the pixels scrolled, as anywhere, while the scrollbar stands for the whole.

/** Device pixels: below what browsers can lay out, and what they draw with counts each pixel up to 16.7 million. */
const TALLEST = 15_000_000;

/** Share of a list's height at each of its ends where it is never shifted against that end. */
const END = 1 / 32;

/** The tallest that a list may be made, in CSS pixels, at `devicePixelRatio` (of which zoom is a part). */
export function tallestList(devicePixelRatio: number): number {
  return Math.floor(TALLEST / Math.max(1, devicePixelRatio));
}

/** What is seen of a list, in CSS pixels. */
export interface View {
  /** How far the page is scrolled down. */
  readonly scroll: number;
  /** How much further down in the layout that is: whole pixels, 0 in a list that is as tall as its layout. */
  readonly shift: number;
}

/** How the page is scrolled through a layout that may be taller than the list can be made. All numbers are CSS pixels. */
export class ScrollMap {
  /** Of the list. */
  readonly height: number;
  readonly #layoutHeight: number;
  /** At each end of the list: so far the shift is none at the top, and all there is at the bottom. */
  readonly #end: number;

  /** @param tallest that the list may be: many times as tall as a screen */
  constructor(layoutHeight: number, tallest: number) {
    this.height = Math.min(layoutHeight, tallest);
    this.#layoutHeight = layoutHeight;
    this.#end = layoutHeight > tallest ? tallest * END : Infinity;
  }

  /** What part of the layout the scrollbar stands for at `scroll`. */
  toLayout(scroll: number): number {
    if (scroll <= this.#end) return scroll;
    if (scroll >= this.height - this.#end) return scroll + (this.#layoutHeight - this.height);
    return this.#end + (scroll - this.#end) * this.#stretch;
  }

  /** The other way round. */
  toScroll(layout: number): number {
    if (layout <= this.#end) return layout;
    if (layout >= this.#layoutHeight - this.#end) return layout - (this.#layoutHeight - this.height);
    return this.#end + (layout - this.#end) / this.#stretch;
  }

  /** Between the ends: pixels of the layout for one of the scrollbar. */
  get #stretch(): number {
    return (this.#layoutHeight - 2 * this.#end) / (this.height - 2 * this.#end);
  }

  /** The view of what lies `layout` down, with the scrollbar where it belongs. */
  at(layout: number): View {
    const shift = Math.round(layout - this.toScroll(layout));
    return { scroll: layout - shift, shift };
  }

  /**
   * The view once a page that was at `view` is scrolled to `scroll`. Where its `scroll` is another, the page has to be
   * scrolled there: nothing seems to move then but the scrollbar, which goes where it belongs.
   * @param how `step`: what is scrolled further at once is a jump, which the scrollbar leads; `ended`: nobody is scrolling
   */
  // Why the scrollbar is put right at the end of scrolling: that takes a scroll by script, which would cut in on a finger.
  // Only who came near an end is not waited for: the page would not scroll on, or not stop.
  follow(view: View, scroll: number, how: { readonly step: number; readonly ended: boolean }): View {
    const isJump = Math.abs(scroll - view.scroll) > how.step;
    const shift = isJump ? Math.round(this.toLayout(scroll) - scroll) : view.shift;
    const layout = scroll + shift;
    const left = Math.min(scroll, layout, this.height - scroll, this.#layoutHeight - layout);
    const right = this.at(layout);
    return right.shift !== shift && (how.ended || left < this.#end / 2) ? right : { scroll, shift };
  }
}
