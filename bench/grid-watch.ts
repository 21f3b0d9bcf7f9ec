import type { Page } from 'playwright-core';

/** What a page does that it was told to watch itself for, since it was opened. */
export interface Watched {
  /** Milliseconds of each task of 50 or more. */
  readonly tasks: readonly number[];
  /** Object URLs alive at one time, at most. */
  readonly mostUrls: number;
  /** From navigation to all pictures of the grid's first row drawn, in milliseconds. */
  readonly firstPictures: number;
}

/** What was seen while the page was scrolled in one direction. */
export interface Scrolled {
  /** Milliseconds from each frame to the next. */
  readonly gaps: readonly number[];
  readonly mostElements: number;
  readonly mostTiles: number;
}

/** Milliseconds without a long task after which a page is taken to be at rest. */
const REST = 3000;

/** Runs in the page, before it. */
const WATCH = `
  globalThis.watched = { tasks: [], urls: new Set(), mostUrls: 0, lastTask: 0 };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      watched.tasks.push(duration);
      watched.lastTask = startTime + duration;
    }
  }).observe({ type: 'longtask', buffered: true });

  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (object) => {
    const url = createObjectURL(object);
    watched.mostUrls = Math.max(watched.mostUrls, watched.urls.add(url).size);
    return url;
  };
  URL.revokeObjectURL = (url) => {
    watched.urls.delete(url);
    revokeObjectURL(url);
  };

  requestAnimationFrame(function look(now) {
    const tiles = [...document.querySelectorAll('[aria-label=Photos] > li')];
    const row = tiles.filter(({ style }) => style.top === tiles[0].style.top);
    const isSeen = (tile) => tile.querySelector('img').naturalWidth > 0;
    if (row.length > 0 && row.every(isSeen)) watched.firstPictures = now;
    else requestAnimationFrame(look);
  });`;

/** Has `page` watch itself from its next navigation on. */
export async function watchPage(page: Page): Promise<void> {
  await page.addInitScript({ content: WATCH });
}

/** Waits until the page has shown pictures and is at rest. */
export async function settled(page: Page): Promise<Watched> {
  // Why no waitForFunction: it evaluates in the page, whose policy forbids that.
  for (;;) {
    const { rest, ...watched } = await page.evaluate<Watched & { rest: number }>(
      `({ ...watched, urls: undefined, rest: performance.now() - Math.max(watched.lastTask, watched.firstPictures) })`,
    );
    if (rest > REST) return watched;
    await page.waitForTimeout(100);
  }
}

/** Scrolls a screen a frame, down (1) or up (-1), until there is no further, `most` frames at most. */
export async function scrollThrough(page: Page, direction: 1 | -1, most?: number): Promise<Scrolled> {
  return page.evaluate(
    async ([sign, limit = Infinity]) => {
      const gaps: number[] = [];
      const elements = document.getElementsByTagName('*');
      const tiles = document.getElementsByTagName('li');
      let [mostElements, mostTiles] = [0, 0];
      let before = await new Promise<number>(requestAnimationFrame);
      for (let from = -1; from !== scrollY && gaps.length < limit;) {
        from = scrollY;
        scrollBy({ top: sign * innerHeight, behavior: 'instant' });
        const now = await new Promise<number>(requestAnimationFrame);
        gaps.push(now - before);
        before = now;
        mostElements = Math.max(mostElements, elements.length);
        mostTiles = Math.max(mostTiles, tiles.length);
      }
      return { gaps, mostElements, mostTiles };
    },
    [direction, most] as const,
  );
}

/** Milliseconds from now until every picture on the screen is drawn. */
export async function picturesSeen(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const began = performance.now();
    for (let isWhole = false; !isWhole;) {
      await new Promise(requestAnimationFrame);
      isWhole = [...document.querySelectorAll<HTMLImageElement>('[data-id] img')].every((picture) => {
        const { top, bottom } = picture.getBoundingClientRect();
        return bottom < 0 || top > innerHeight || picture.naturalWidth > 0;
      });
    }
    return performance.now() - began;
  });
}
