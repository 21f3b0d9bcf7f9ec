import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
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

test('the build has the licences of all that it depends on, in full and on the credits page', async () => {
  const [notices = '', credits = ''] = await Promise.all(
    ['third-party-notices.txt', 'credits.html'].map(async (name) => {
      const answer = await fetch(`${inject('appUrl')}/${name}`);
      return answer.text();
    }),
  );
  for (const [name, version] of Object.entries(manifest.dependencies)) {
    expect(notices).toContain(`\n${name} ${version} (`);
    expect(credits).toContain(`>${name}</a> ${version}<`);
  }
});
