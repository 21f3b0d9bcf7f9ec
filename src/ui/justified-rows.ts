/** Where a picture lies, in CSS pixels from the grid's upper left corner. */
export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly row: number;
}

export interface Layout {
  /** One for each picture, in order. */
  readonly places: readonly Place[];
  readonly height: number;
}

export interface LayoutOptions {
  /** Of the grid, in CSS pixels. */
  readonly width: number;
  /** The height rows should have; full rows differ a little from it. */
  readonly rowHeight: number;
  /** Between pictures, both ways. */
  readonly gap: number;
}

/** The row height to begin with on a screen so wide, both in CSS pixels. */
export function firstRowHeight(screenWidth: number): number {
  if (screenWidth < 720) return 120;
  return screenWidth < 2400 ? 210 : 300;
}

/** Shapes beyond these are laid out as these and shown whole inside: a banner or a receipt must not rule the page. */
const NARROWEST = 0.4;
const WIDEST = 3.5;

/**
 * Lays pictures out in rows of equal height that fill the width exactly and keep each picture's shape (`aspects`:
 * width / height). Each row ends where its height comes nearest to `rowHeight`; the last keeps that height and may end
 * early. Whole pixels throughout, so that the gaps are all the same.
 */
export function justifiedRows(aspects: readonly number[], options: LayoutOptions): Layout {
  const { gap } = options;
  const width = Math.max(1, Math.floor(options.width));
  const rowHeight = Math.max(1, options.rowHeight);
  const places: Place[] = [];
  let top = 0;
  let row = 0;
  let start = 0;

  while (start < aspects.length) {
    const { end, full } = rowFrom(aspects, start, width, rowHeight, gap);
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
      places.push({ left: left + i * gap, top, width: Math.max(1, right - left), height, row });
    }
    top += height + gap;
    row++;
    start = end;
  }
  return { places, height: Math.max(0, top - gap) };
}

/** The end of the row that begins at `start`, and whether it fills the width. */
function rowFrom(
  aspects: readonly number[],
  start: number,
  width: number,
  rowHeight: number,
  gap: number,
): { end: number; full: boolean } {
  let sum = 0;
  let before = Infinity;
  for (let i = start; i < aspects.length; i++) {
    sum += clampAspect(aspects[i] ?? 1);
    const height = (width - gap * (i - start)) / sum;
    if (height <= rowHeight) {
      const withoutIsNearer = i > start && before / rowHeight < rowHeight / Math.max(height, 1);
      return { end: withoutIsNearer ? i : i + 1, full: true };
    }
    before = height;
  }
  // A last row that almost fills the width is filled.
  return { end: aspects.length, full: before <= rowHeight * 1.15 };
}

function clampAspect(aspect: number): number {
  return Number.isFinite(aspect) && aspect > 0 ? Math.min(WIDEST, Math.max(NARROWEST, aspect)) : 1;
}

/**
 * The pictures within a screen of what is seen: `[first, end)`. Up to `all` pictures that is all of them.
 * @param view of the page: how far it is scrolled down to, in whole screens, and a screen's height
 */
export function nearView(
  places: readonly Place[],
  view: { readonly screens: number; readonly height: number },
  all: number,
): readonly [first: number, end: number] {
  if (places.length <= all) return [0, places.length];
  const top = (view.screens - 1) * view.height;
  const bottom = (view.screens + 3) * view.height;
  const first = places.findIndex((place) => place.top + place.height > top);
  const end = places.findIndex((place) => place.top > bottom);
  return [Math.max(0, first), end < 0 ? places.length : end];
}

/** Keys that move through a grid. */
export type GridKey = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End';

const GRID_KEYS: readonly string[] = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'];

export function isGridKey(key: string): key is GridKey {
  return GRID_KEYS.includes(key);
}

/** The picture that `key` leads to from picture `from`; up and down go to the one whose middle is nearest. */
export function neighbour(places: readonly Place[], from: number, key: GridKey): number {
  const last = places.length - 1;
  const here = places[from];
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
      return nearestInRow(places, here, here.row - 1) ?? from;
    case 'ArrowDown':
      return nearestInRow(places, here, here.row + 1) ?? from;
  }
}

function nearestInRow(places: readonly Place[], here: Place, row: number): number | undefined {
  const middle = here.left + here.width / 2;
  let nearest: number | undefined;
  let distance = Infinity;
  for (const [i, place] of places.entries()) {
    const away = Math.abs(place.left + place.width / 2 - middle);
    if (place.row === row && away < distance) {
      nearest = i;
      distance = away;
    }
  }
  return nearest;
}
