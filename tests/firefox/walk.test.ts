import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest';
import { startFirefox } from '../../tools/browsers/firefox';
import type { RunningBrowser } from '../../tools/browsers/browser-page';
import { WALK, type Place } from '../../tools/browsers/walk';
import { walkPlace } from '../helpers/walk-place';

let browser: RunningBrowser | undefined;
let place: Place;
/** Whether a step has failed: those after it begin where it should have ended. */
let isLost = false;

beforeAll(async () => {
  place = await walkPlace();
  browser = await startFirefox();
});
afterAll(async () => {
  await browser?.close();
  await place.close();
});
beforeEach(({ skip }) => {
  if (isLost) skip();
  onTestFailed(() => {
    isLost = true;
  });
});

for (const { title, take } of WALK) {
  test(title, async () => {
    await take(browser!.page, place);
    expect(browser!.problems).toEqual([]);
  });
}
