import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectNothingLeft, openApp, type App } from '../helpers/app';

let app: App;
beforeAll(async () => {
  app = await openApp({ webgpu: false });
});
afterAll(() => app.close());

test('the built page opens, isolated, and asks nothing of anyone else', async () => {
  expect(await app.page.title()).toContain('Clipscope');
  expect(await app.page.evaluate(() => crossOriginIsolated)).toBe(true);
  await app.page.waitForLoadState('networkidle');
  expectNothingLeft(app);
  expect(app.problems).toEqual([]);
});
