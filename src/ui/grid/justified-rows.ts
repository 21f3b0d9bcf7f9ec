/** A picture's position, in CSS pixels from the grid's upper left corner. */
export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly row: number;
}

/** The positions of all pictures of a grid, in order. */
// Why arrays of numbers: the garbage collector would have to traverse a hundred thousand objects during scrolling.
export class Layout {
  /** By picture. */
  readonly #left: Uint16Array;
  readonly #width: Uint16Array;
  readonly #row: Uint32Array;
  /** By row, plus one entry for the end. */
  readonly #top: Uint32Array;
  readonly #gap: number;

  /** @param gap between rows, which start at `top` */
  constructor(
    places: { readonly left: Uint16Array; readonly width: Uint16Array; readonly row: Uint32Array },
    top: Uint32Array,
    gap: number,
  ) {
    this.#left = places.left;
    this.#width = places.width;
    this.#row = places.row;
    this.#top = top;
    this.#gap = gap;
  }

  /** Number of pictures. */
  get length(): number {
    return this.#row.length;
  }

  get height(): number {
    return Math.max(0, (this.#top.at(-1) ?? 0) - this.#gap);
  }

  at(index: number): Place | undefined {
    const row = this.#row[index];
    const [left, width] = [this.#left[index], this.#width[index]];
    if (row === undefined || left === undefined || width === undefined) return undefined;
    const [top = 0, next = 0] = this.#top.subarray(row, row + 2);
    return { left, top, width, height: next - this.#gap - top, row };
  }

  /**
   * The pictures within a screen of the viewport: `[first, end)`, whole rows. All of them if there are at most `all`.
   * @param view scroll position in whole screens, and a screen's height
   */
  near(
    view: { readonly screens: number; readonly height: number },
    all: number,
  ): readonly [first: number, end: number] {
    if (this.length <= all) return [0, this.length];
    const top = (view.screens - 1) * view.height;
    const bottom = (view.screens + 3) * view.height;
    const ends = (row: number) => (this.#top[row + 1] ?? 0) - this.#gap > top;
    const begins = (row: number) => (this.#top[row] ?? 0) > bottom;
    const rows = this.#top.length - 1;
    return [this.#firstOf(firstWhere(rows, ends)), this.#firstOf(firstWhere(rows, begins))];
  }

  /** The picture that `key` leads to from picture `from`; up and down go to the nearest centre. */
  neighbour(from: number, key: GridKey): number {
    const last = this.length - 1;
    const here = this.at(from);
    if (!here) return Math.min(Math.max(from, 0), Math.max(last, 0));
    switch (key) {
      case 'ArrowLeft':
        return Math.max(0, from - 1);
      case 'ArrowRight':
        return Math.min(last, from + 1);
      case 'Home':
        return 0;
      case 'End':
        return last;
      case 'ArrowUp':
        return this.#nearestInRow(here, this.#row[this.#firstOf(here.row) - 1]) ?? from;
      case 'ArrowDown':
        return this.#nearestInRow(here, this.#row[this.#firstOf(here.row + 1)]) ?? from;
    }
  }

  #nearestInRow(here: Place, row: number | undefined): number | undefined {
    if (row === undefined) return undefined;
    const middle = here.left + here.width / 2;
    let nearest: number | undefined;
    let distance = Infinity;
    for (let i = this.#firstOf(row); this.#row[i] === row; i++) {
      const away = Math.abs((this.#left[i] ?? 0) + (this.#width[i] ?? 0) / 2 - middle);
      if (away < distance) {
        nearest = i;
        distance = away;
      }
    }
    return nearest;
  }

  /** The first picture in this row or later. */
  #firstOf(row: number): number {
    return firstWhere(this.length, (i) => (this.#row[i] ?? 0) >= row);
  }
}

/** Binary search: the first of 0..count for which `is` holds, `count` if none; `is` must be monotonic. */
function firstWhere(count: number, is: (i: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (is(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export interface LayoutOptions {
  /** Width of the grid, in CSS pixels. */
  readonly width: number;
  /** Target row height; full rows differ slightly from it. */
  readonly rowHeight: number;
  /** Between pictures, in both directions. */
  readonly gap: number;
  /** Room across the whole width, before the row that begins with the picture `before`. */
  readonly divider?: { readonly before: number; readonly height: number } | undefined;
}

/** The initial row height for a screen width, both in CSS pixels. */
export function firstRowHeight(screenWidth: number): number {
  if (screenWidth < 720) return 120;
  return screenWidth < 2400 ? 210 : 300;
}

/** Limits of the aspect ratio: more extreme pictures are letterboxed, so that a banner or receipt does not dominate. */
const NARROWEST = 0.4;
const WIDEST = 3.5;

/**
 * Lays out pictures in rows that fill the width exactly and keep each picture's aspect ratio (`aspects`: width /
 * height). Each row ends where its height is closest to `rowHeight`; the last has that height and may end early.
 * Integer pixels throughout, so that all gaps are equal.
 */
export function justifiedRows(aspects: readonly number[], options: LayoutOptions): Layout {
  const { gap, divider } = options;
  const width = Math.max(1, Math.floor(options.width));
  const rowHeight = Math.max(1, options.rowHeight);
  const count = aspects.length;
  const places = { left: new Uint16Array(count), width: new Uint16Array(count), row: new Uint32Array(count) };
  const tops = [0];
  let start = 0;

  while (start < aspects.length) {
    // A row without pictures.
    if (start === divider?.before) tops.push((tops.at(-1) ?? 0) + divider.height + gap);
    const stop = divider && start < divider.before ? Math.min(divider.before, count) : count;
    const { end, full } = rowFrom(aspects, { start, stop }, width, rowHeight, gap);
    const shapes = aspects.slice(start, end).map(clampAspect);
    const sum = shapes.reduce((total, aspect) => total + aspect, 0);
    const room = width - gap * (shapes.length - 1);
    const height = Math.round(full ? room / sum : Math.min(rowHeight, room / sum));
    const used = full ? room : height * sum;
    let before = 0;
    for (const [i, aspect] of shapes.entries()) {
      const left = Math.round((before / sum) * used);
      before += aspect;
      const right = Math.round((before / sum) * used);
      places.left[start + i] = left + i * gap;
      places.width[start + i] = Math.max(1, right - left);
      places.row[start + i] = tops.length - 1;
    }
    tops.push((tops.at(-1) ?? 0) + height + gap);
    start = end;
  }
  return new Layout(places, Uint32Array.from(tops), gap);
}

/** The end of the row that starts at `start`, at most `stop`, and whether it fills the width. */
function rowFrom(
  aspects: readonly number[],
  { start, stop }: { readonly start: number; readonly stop: number },
  width: number,
  rowHeight: number,
  gap: number,
): { end: number; full: boolean } {
  let sum = 0;
  let before = Infinity;
  for (let i = start; i < stop; i++) {
    sum += clampAspect(aspects[i] ?? 1);
    const height = (width - gap * (i - start)) / sum;
    if (height <= rowHeight) {
      const withoutIsNearer = i > start && before / rowHeight < rowHeight / Math.max(height, 1);
      return { end: withoutIsNearer ? i : i + 1, full: true };
    }
    before = height;
  }
  // A last row that almost fills the width is filled.
  return { end: stop, full: before <= rowHeight * 1.15 };
}

function clampAspect(aspect: number): number {
  return Number.isFinite(aspect) && aspect > 0 ? Math.min(WIDEST, Math.max(NARROWEST, aspect)) : 1;
}

/** Keys that move through a grid. */
export type GridKey = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End';

const GRID_KEYS: readonly string[] = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'];

export function isGridKey(key: string): key is GridKey {
  return GRID_KEYS.includes(key);
}
