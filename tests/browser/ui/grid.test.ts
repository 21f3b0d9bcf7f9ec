import { mount, unmount } from 'svelte';
import { expect, it } from 'vitest';
import Grid from '../../../src/ui/parts/Grid.svelte';

const PHOTOS = 5000;

/** The grid makes what lies within a few screens of what is seen. */
const MOST_SCREENS = 6;

it('makes tiles near what is seen only, from one end to the other', async () => {
  const size = { width: 400, height: 300 };
  const items = Array.from({ length: PHOTOS }, (_, id) => {
    const photo = { id, folder: 0, path: `${id}.jpg`, name: `${id}.jpg`, bytes: 1, modified: 1, size };
    return { photo, cosine: undefined };
  });
  const ignore = () => undefined;
  const grid = mount(Grid, {
    target: document.body,
    props: {
      ...{
        name: 'Photos',
        items,
        rowHeight: 60,
        scale: () => 0,
        still: false,
        thumbnail: ignore,
        selected: () => false,
      },
      ...{ onopen: ignore, onselect: ignore, onselectall: ignore, onremove: ignore, onleave: ignore },
    },
  });
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  const list = document.querySelector<HTMLElement>('[aria-label=Photos]')!;
  const place = () => list.querySelector('li:last-child')?.ariaPosInSet;
  const aScreen = (PHOTOS * innerHeight) / list.clientHeight;
  let most = 0;
  for (let from = -1; from !== scrollY;) {
    from = scrollY;
    scrollBy({ top: innerHeight, behavior: 'instant' });
    await frame();
    await frame();
    most = Math.max(most, list.childElementCount);
  }
  expect(place()).toBe(String(PHOTOS));
  expect(most).toBeGreaterThan(aScreen);
  expect(most).toBeLessThan(MOST_SCREENS * aScreen);
  scrollTo({ top: 0, behavior: 'instant' });
  await frame();
  await frame();
  expect(list.querySelector('li')?.ariaPosInSet).toBe('1');
  expect(list.childElementCount).toBeLessThan(MOST_SCREENS * aScreen);
  await unmount(grid);
});
