import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScrollMap, tallestList, type View } from '../../../src/ui/grid/scroll-map';

const SCREEN = 800;
const STEP = 3 * SCREEN;

/** Lists up to twenty times as tall as they can be made, and as tall as a phone's. */
const TALLEST = 1_000_000;
const tallLayouts = fc.integer({ min: TALLEST + 1, max: 20 * TALLEST });
const steps = fc.array(
  fc.integer({ min: -3 * STEP, max: 3 * STEP }).map((thirds) => thirds / 3),
  { maxLength: 200 },
);
// Why integers: of the floats between 0 and 1 almost all are next to 0.
const place = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);

/** A page that is nothing but the list, as a browser scrolls it. */
class Page {
  readonly layoutHeight: number;
  readonly map: ScrollMap;
  view: View = { scroll: 0, shift: 0 };

  constructor(layoutHeight: number) {
    this.layoutHeight = layoutHeight;
    this.map = new ScrollMap(layoutHeight, TALLEST);
  }

  get layout(): number {
    return this.view.scroll + this.view.shift;
  }

  get mostScroll(): number {
    return this.map.height - SCREEN;
  }

  get mostLayout(): number {
    return this.layoutHeight - SCREEN;
  }

  scrollTo(scroll: number, ended = false): void {
    const reached = Math.min(this.mostScroll, Math.max(0, scroll));
    this.view = this.map.follow(this.view, reached, { step: STEP, ended });
  }

  rest(): void {
    this.scrollTo(this.view.scroll, true);
  }
}

describe('a list that is as tall as its layout', () => {
  const map = new ScrollMap(TALLEST, TALLEST);

  it('is scrolled as any page', () => {
    expect(map.height).toBe(TALLEST);
    fc.assert(
      fc.property(fc.integer({ min: -SCREEN, max: TALLEST }), fc.boolean(), (to, ended) => {
        expect([map.toLayout(to), map.toScroll(to)]).toEqual([to, to]);
        const view = map.follow({ scroll: 0, shift: 0 }, to, { step: STEP, ended });
        expect(view).toEqual({ scroll: to, shift: 0 });
      }),
    );
  });

  it('is not shifted any more once a taller layout has shrunk to it', () => {
    const view = { scroll: 300_000, shift: 200_000 };
    expect(map.follow(view, view.scroll, { step: STEP, ended: false })).toEqual({
      scroll: 500_000,
      shift: 0,
    });
  });
});

describe('a layout that is taller than the list can be made', () => {
  it('is stood for by the scrollbar from end to end, in order', () => {
    fc.assert(
      fc.property(tallLayouts, place, place, (layoutHeight, a, b) => {
        const map = new ScrollMap(layoutHeight, TALLEST);
        expect(map.height).toBe(TALLEST);
        expect([map.toLayout(0), map.toLayout(TALLEST)]).toEqual([0, layoutHeight]);
        const [first, second] = [Math.min(a, b) * TALLEST, Math.max(a, b) * TALLEST];
        // No less than as far as a page that is not shifted.
        expect(map.toLayout(second) - map.toLayout(first)).toBeGreaterThanOrEqual(second - first - 1e-6);
        expect(map.toScroll(map.toLayout(first))).toBeCloseTo(first, 6);
        const layout = a * layoutHeight;
        expect(map.toLayout(map.toScroll(layout))).toBeCloseTo(layout, 6);
      }),
    );
  });

  it('moves by the pixels scrolled, wherever the page was and whenever it rests', () => {
    fc.assert(
      fc.property(tallLayouts, place, steps, fc.infiniteStream(fc.boolean()), (height, from, by, rests) => {
        const page = new Page(height);
        page.scrollTo(from * page.mostScroll);
        for (const step of by) {
          const before = page.layout;
          page.scrollTo(page.view.scroll + step);
          const wanted = Math.min(page.mostLayout, Math.max(0, before + step));
          expect(page.layout).toBeCloseTo(wanted, 6);
          if (rests.next().value) page.rest();
          expect(page.layout).toBeCloseTo(wanted, 6);
        }
      }),
    );
  });

  it('has the scrollbar where it belongs whenever the page rests', () => {
    fc.assert(
      fc.property(tallLayouts, place, steps, (height, from, by) => {
        const page = new Page(height);
        page.scrollTo(from * page.mostScroll);
        for (const step of by) page.scrollTo(page.view.scroll + step);
        page.rest();
        // The shift is whole pixels.
        expect(Math.abs(page.view.scroll - page.map.toScroll(page.layout))).toBeLessThanOrEqual(0.5 + 1e-6);
        const { view } = page;
        page.rest();
        expect(page.view).toEqual(view);
      }),
    );
  });

  it.each([false, true])('is walked through a screen at a time, and no more: rests %s', (rests) => {
    const page = new Page(8 * TALLEST);
    const walk = (by: number) => {
      let count = 0;
      for (let from = -1; from !== page.layout; count++) {
        from = page.layout;
        page.scrollTo(page.view.scroll + by);
        if (rests) page.rest();
      }
      return count - 1;
    };
    const screens = Math.ceil(page.mostLayout / SCREEN);
    expect(walk(SCREEN)).toBe(screens);
    expect(page.view).toEqual({ scroll: page.mostScroll, shift: 7 * TALLEST });
    expect(walk(-SCREEN)).toBe(screens);
    expect(page.view).toEqual({ scroll: 0, shift: 0 });
  });

  it('is all within reach of the scrollbar', () => {
    const page = new Page(8 * TALLEST);
    page.scrollTo(page.mostScroll);
    expect(page.layout).toBe(page.mostLayout);
    page.scrollTo(page.mostScroll / 2);
    expect(page.layout / page.mostLayout).toBeCloseTo(0.5, 2);
    page.scrollTo(0);
    expect(page.layout).toBe(0);
  });

  it('shows a chosen place at the top of the screen', () => {
    fc.assert(
      fc.property(tallLayouts, place, (height, at) => {
        const layout = Math.floor(at * height);
        const { scroll, shift } = new ScrollMap(height, TALLEST).at(layout);
        expect(scroll + shift).toBe(layout);
        expect(Number.isInteger(shift)).toBe(true);
      }),
    );
  });

  it('stays where it is while it grows or shrinks, and is not scrolled by script before the page rests', () => {
    fc.assert(
      fc.property(tallLayouts, tallLayouts, place, (height, then, from) => {
        const page = new Page(height);
        page.scrollTo((0.25 + from / 2) * page.mostScroll);
        const { layout, view } = page;
        fc.pre(layout < 0.95 * then);
        const map = new ScrollMap(then, TALLEST);
        const grown = map.follow(view, view.scroll, { step: STEP, ended: false });
        expect(grown).toEqual(view);
        const rested = map.follow(grown, grown.scroll, { step: STEP, ended: true });
        expect(rested.scroll + rested.shift).toBeCloseTo(layout, 6);
      }),
    );
  });

  it('is shown from its end when it has become shorter than where the page was', () => {
    const before = new Page(20 * TALLEST);
    before.scrollTo(before.mostScroll / 2);
    const page = new Page(5 * TALLEST);
    page.view = page.map.follow(before.view, before.view.scroll, { step: STEP, ended: false });
    // The browser scrolls no further than to the end.
    page.scrollTo(page.view.scroll);
    expect(page.layout).toBe(page.mostLayout);
  });
});

describe('the tallest list', () => {
  // Firefox: 17,187,496 CSS pixels; Chromium: 2³¹ / 64 device pixels.
  it.each([0.5, 1, 1.25, 2, 2.625, 3, 4, 5])('can be laid out at %d device pixels a CSS pixel', (ratio) => {
    expect(tallestList(ratio)).toBeLessThan(17_187_496);
    expect(tallestList(ratio) * ratio).toBeLessThan(2 ** 31 / 64);
    // The map's end is many screens.
    expect(tallestList(ratio)).toBeGreaterThan(1000 * STEP);
  });
});
