import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import Grid from '../../../src/ui/grid/Grid.svelte';

const PHOTOS = 5000;

/** The grid makes what lies within a few screens of what is seen. */
const MOST_SCREENS = 6;

const frame = () => new Promise(requestAnimationFrame);

/** Ids of the photos whose thumbnails were asked for. */
let asked: Set<number>;
let list: HTMLElement;
let grid: object;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  asked = new Set();
  const size = { width: 400, height: 300 };
  const items = Array.from({ length: PHOTOS }, (_, id) => {
    const photo = { id, folder: 0, path: `${id}.jpg`, name: `${id}.jpg`, bytes: 1, modified: 1, size };
    return { photo, cosine: undefined };
  });
  const ignore = () => undefined;
  grid = mount(Grid, {
    target: document.body,
    props: {
      name: 'Photos',
      items,
      rowHeight: 60,
      scale: () => 0,
      still: false,
      selected: () => false,
      thumbnail: ({ id }: { readonly id: number }) => void asked.add(id),
      onopen: ignore,
      onselect: ignore,
      onselectall: ignore,
      onremove: ignore,
      onleave: ignore,
    },
  });
  await frame();
  list = document.querySelector<HTMLElement>('[aria-label=Photos]')!;
});
afterEach(async () => {
  await unmount(grid);
  vi.useRealTimers();
});

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
