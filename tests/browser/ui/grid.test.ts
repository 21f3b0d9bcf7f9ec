import { flushSync, mount, unmount } from 'svelte';
import { fromStore, writable } from 'svelte/store';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cdp, page, userEvent } from 'vitest/browser';
import '../../../src/ui/app/styles/base.css';
import Grid from '../../../src/ui/grid/Grid.svelte';
import type { Photo } from '../../../src/ui/photos/photo';

const PHOTOS = 5000;

/** The grid makes what lies within a few screens of what is seen. */
const MOST_SCREENS = 6;

interface Item {
  readonly photo: Photo;
  readonly cosine: undefined;
}

const frame = () => new Promise(requestAnimationFrame);

/** Ids of the photos whose thumbnails were asked for. */
let asked: Set<number>;
let list: HTMLElement;
let grid: object;
const shown = writable<readonly Item[]>([]);
const items = fromStore(shown);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(async () => {
  await unmount(grid);
  vi.useRealTimers();
});

/** Shows a grid of `photos` photos. */
async function show(
  photos: number,
  rowHeight: number,
  size = { width: 400, height: 300 },
  still = false,
): Promise<void> {
  asked = new Set();
  shown.set(
    Array.from({ length: photos }, (_, id) => {
      const photo = { id, folder: 0, path: `${id}.jpg`, name: `${id}.jpg`, bytes: 1, modified: 1, size };
      return { photo, cosine: undefined };
    }),
  );
  const ignore = () => undefined;
  grid = mount(Grid, {
    target: document.body,
    props: {
      name: 'Photos',
      get items() {
        return items.current;
      },
      rowHeight,
      scale: () => 0,
      still,
      selected: () => false,
      selecting: false,
      thumbnail: ({ id }: { readonly id: number }) => void asked.add(id),
      onopen: ignore,
      onselect: ignore,
      onselectall: ignore,
      onremove: ignore,
      onleave: ignore,
    },
  });
  list = document.querySelector<HTMLElement>('[aria-label=Photos]')!;
  await expect.poll(() => list.childElementCount).toBeGreaterThan(0);
}

/** Scrolls down a screen, or to the top. */
async function scroll(to: 'on' | 'top'): Promise<void> {
  if (to === 'on') scrollBy({ top: innerHeight, behavior: 'instant' });
  else scrollTo({ top: 0, behavior: 'instant' });
  await frame();
  await frame();
}

/** Numbers of the first and the last tile that is made, from 1. */
const ends = () =>
  [list.querySelector('li'), list.querySelector('li:last-child')].map((li) => li?.ariaPosInSet);

it('makes tiles near what is seen only, from one end to the other', async () => {
  await show(PHOTOS, 60);
  const aScreen = (PHOTOS * innerHeight) / list.clientHeight;
  let most = 0;
  for (let from = -1; from !== scrollY;) {
    from = scrollY;
    await scroll('on');
    most = Math.max(most, list.childElementCount);
  }
  expect(ends()[1]).toBe(String(PHOTOS));
  expect(most).toBeGreaterThan(aScreen);
  expect(most).toBeLessThan(MOST_SCREENS * aScreen);
  await scroll('top');
  expect(ends()[0]).toBe('1');
  expect(list.childElementCount).toBeLessThan(MOST_SCREENS * aScreen);
});

it('asks for the pictures of what is made once the page rests there, and for none that are passed', async () => {
  await show(PHOTOS, 60);
  const made = () => [...list.children].map((li) => Number(li.querySelector('button')!.dataset['id']));
  const first = made();
  expect([...asked]).toEqual(first);
  for (let screens = 0; screens < 9; screens++) await scroll('on');
  expect([...asked]).toEqual(first);
  vi.runAllTimers();
  await frame();
  const there = made();
  expect(there[0]).toBeGreaterThan(first.at(-1)!);
  expect([...asked]).toEqual([...first, ...there]);
});

it('moves the keyboard to the last photo and back, and shows it', async () => {
  await show(PHOTOS, 60);
  tile(0)!.focus();
  await userEvent.keyboard('{End}');
  await expect.poll(() => document.activeElement).toBe(tile(PHOTOS - 1));
  expect(isSeen(PHOTOS - 1)).toBe(true);
  await userEvent.keyboard('{Home}');
  await expect.poll(() => document.activeElement).toBe(tile(0));
  expect(isSeen(0)).toBe(true);
});

describe('a picture of another rank', () => {
  afterEach(() => cdp().send('Emulation.setEmulatedMedia', { features: [] }));

  it.each([
    ['no-preference', false, [0, 1]],
    ['no-preference', true, []],
    ['reduce', false, []],
  ] as const)('slides there if it is seen, motion %s, still %s', async (value, still, sliding) => {
    await cdp().send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-reduced-motion', value }] });
    // All of them are made.
    await show(230, 60, undefined, still);
    const left = () => [0, 1].map((id) => tile(id)!.getBoundingClientRect().left);
    const before = left();
    // The first two change places, and so do the last two, far below.
    shown.update((all) => [all[1]!, all[0]!, ...all.slice(2, -2), all.at(-1)!, all.at(-2)!]);
    flushSync();
    const moving = document
      .getAnimations()
      .filter((motion) => !(motion instanceof CSSTransition))
      .map(({ effect }) => (effect as KeyframeEffect).target!)
      .filter((target) => target.tagName === 'LI')
      .map((li) => Number(li.querySelector('button')!.dataset['id']));
    expect(moving.sort((a, b) => a - b)).toEqual(sliding);
    // It begins where it was.
    expect(left()).toEqual(sliding.length > 0 ? before : before.toReversed());
  });
});

describe('of more photos than a phone can lay out', () => {
  const MANY = 100_000;
  const LAST = MANY - 1;
  const PIXELS = 3;
  const [WIDTH, HEIGHT] = [390, 844];

  beforeEach(async () => {
    await page.viewport(WIDTH, HEIGHT);
    // 0: as it is.
    await cdp().send('Emulation.setDeviceMetricsOverride', {
      width: 0,
      height: 0,
      deviceScaleFactor: PIXELS,
      mobile: false,
    });
    await expect.poll(() => [devicePixelRatio, innerWidth]).toEqual([PIXELS, WIDTH]);
    // A photo a row.
    await show(MANY, 480, { width: 300, height: 400 });
  });
  afterEach(async () => {
    await cdp().send('Emulation.clearDeviceMetricsOverride');
    await page.viewport(414, 896);
  });

  /** Height of a row and the gap below it. */
  const aRow = () => {
    const [one, next] = list.children;
    return next!.getBoundingClientRect().top - one!.getBoundingClientRect().top;
  };

  it('is taller than the browser lays anything out', () => {
    const tall = document.createElement('div');
    tall.style.height = `${MANY * aRow()}px`;
    document.body.append(tall);
    expect(tall.clientHeight).toBeLessThan(0.7 * MANY * aRow());
    tall.remove();
  });

  it('shows the last whole at the very bottom, and the first at the top', async () => {
    for (let there = 0; there < 2; there++) {
      await jump(document.documentElement.scrollHeight);
      expect(ends()[1]).toBe(String(MANY));
      expect(place(LAST).bottom).toBeCloseTo(innerHeight, 0);
      // Nothing is left that the browser cut off.
      expect(list.getBoundingClientRect().bottom).toBeCloseTo(innerHeight, 0);
      await jump(0);
      expect(ends()[0]).toBe('1');
      expect(place(0).top).toBe(0);
    }
  });

  it('goes to the last with the End key and to the first with Home', async () => {
    tile(0)!.focus();
    await userEvent.keyboard('{End}');
    await expect.poll(() => document.activeElement).toBe(tile(LAST));
    expect(isSeen(LAST)).toBe(true);
    await userEvent.keyboard('{ArrowUp}');
    await expect.poll(() => document.activeElement).toBe(tile(LAST - 1));
    expect(isSeen(LAST - 1)).toBe(true);
    await userEvent.keyboard('{Home}');
    await expect.poll(() => document.activeElement).toBe(tile(0));
    expect(scrollY).toBe(0);
  });

  it('moves by the pixels that the wheel turns, wherever it is', async () => {
    for (const share of [0, 0.001, 0.1, 0.5, 0.9, 0.999]) {
      await jump(share * document.documentElement.scrollHeight);
      const id = seen();
      const before = place(id).top;
      for (const notch of [100, 100, 100, -100, 100]) {
        const at = place(id).top;
        await wheel(notch);
        // A device pixel is the least there is.
        expect(Math.abs(at - notch - place(id).top)).toBeLessThan(1);
      }
      expect(Math.abs(before - 300 - place(id).top)).toBeLessThan(2);
    }
  });

  it('puts the scrollbar right where scrolling ends, and shows what it showed', async () => {
    await jump(document.documentElement.scrollHeight / 2);
    const first = seen();
    const from = scrollY;
    for (let screens = 0; screens < 40; screens++) await scroll('on');
    const id = seen();
    // By what the eye saw, not by what the scrollbar stands for.
    expect(Math.abs(id - first - (40 * HEIGHT) / aRow())).toBeLessThan(2);
    await expect.poll(() => scrollY - from).toBeLessThan((40 * HEIGHT) / 5);
    await frame();
    expect(seen()).toBe(id);
  });

  it('asks for the pictures of what is made far down once the page rests there', async () => {
    await jump(document.documentElement.scrollHeight / 2);
    vi.runAllTimers();
    await frame();
    expect(asked).toContain(seen());
  });

  /** Scrolls to `top` in one go, as the scrollbar does. */
  async function jump(top: number): Promise<void> {
    scrollTo({ top, behavior: 'instant' });
    await frame();
    await frame();
  }

  /** Turns the wheel over the grid, until the page has moved and rests. */
  async function wheel(by: number): Promise<void> {
    const ended = new Promise((resolve) => addEventListener('scrollend', resolve, { once: true }));
    await cdp().send('Input.dispatchMouseEvent', {
      type: 'mouseWheel',
      x: 100,
      y: 100,
      deltaX: 0,
      deltaY: by,
    });
    await ended;
    await frame();
    await frame();
  }
});

const tile = (id: number) => list.querySelector<HTMLElement>(`[data-id="${id}"]`);
const place = (id: number) => tile(id)!.getBoundingClientRect();
const isSeen = (id: number) => place(id).top >= 0 && place(id).bottom <= innerHeight;

/** The photo in the middle of the screen. */
function seen(): number {
  const isThere = (id: number) => place(id).top <= innerHeight / 2 && place(id).bottom >= innerHeight / 2 - 4;
  return [...list.children]
    .map((li) => Number(li.querySelector('button')!.dataset['id']))
    .find((id) => isThere(id))!;
}
