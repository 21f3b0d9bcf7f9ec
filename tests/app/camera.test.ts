import { afterEach, expect, test } from 'vitest';
import { openApp, SMALL, type App } from '../helpers/app';
import { violations } from '../helpers/axe';

/** A camera that shows a moving test picture, allowed without a question. */
const FAKE = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** Remembers the tracks that the page was given, to see whether they were stopped. */
const WATCH = `
  window.tracks = [];
  const media = navigator.mediaDevices;
  const ask = media.getUserMedia.bind(media);
  media.getUserMedia = async (wish) => {
    const stream = await ask(wish);
    window.tracks.push(...stream.getTracks());
    return stream;
  };
`;

let app: App | undefined;

afterEach(() => app?.close());

async function open(flags: readonly string[], width = 1280): Promise<App> {
  app = await openApp({
    webgpu: false,
    query: `${SMALL}&tab=label`,
    flags,
    context: { viewport: { width, height: 844 } },
  });
  await app.page.addInitScript(WATCH);
  await app.page.reload();
  return app;
}

/** Of each track that the page was ever given: its kind, and whether it is on. */
const tracks = ({ page }: App) =>
  page.evaluate('window.tracks.map(({ kind, readyState }) => `${kind} ${readyState}`)');

test('what a camera sees is labelled live, kept only when asked, and it is off when stopped, hidden from or left', async () => {
  const { page, problems, egress } = await open(FAKE);
  const camera = page.getByRole('button', { name: 'Camera', exact: true });
  const seen = page.getByRole('list', { name: 'Labels for what the camera sees' }).getByRole('listitem');
  await camera.click();
  await seen.first().waitFor();
  await page.getByText(/^[\d.]+ frames(?:\/s| a minute)$/).waitFor();
  expect(await tracks(app!)).toEqual(['video live']);
  expect(await page.getByRole('combobox', { name: 'Device' }).locator('option').count()).toBeGreaterThan(0);
  expect(await violations(page)).toEqual([]);

  // Labels that are written now count from the next frame on.
  await page.getByRole('textbox', { name: 'Labels', exact: true }).fill('a clock\nsomething green');
  await expect
    .poll(async () => (await seen.allInnerTexts()).join().replace(/\s*\d+\.\d%/g, ''))
    .toMatch(/^(?:a clock,something green|something green,a clock)$/);

  await page.getByRole('button', { name: 'Keep this frame' }).click();
  await page.getByRole('article', { name: /^Camera \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/ }).waitFor();
  await page.getByRole('status').getByText('1 photo labelled with 2 labels').waitFor();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await camera.waitFor();
  expect(await tracks(app!)).toEqual(['video ended']);

  await camera.click();
  await seen.first().waitFor();
  await page.keyboard.press('Escape');
  await camera.waitFor();

  await camera.click();
  await seen.first().waitFor();
  await page.getByRole('tab', { name: 'Search' }).click();
  await page.getByRole('tab', { name: 'Label' }).click();
  await camera.waitFor();
  expect(await tracks(app!)).toEqual(['video ended', 'video ended', 'video ended']);

  await camera.click();
  await seen.first().waitFor();
  await page.evaluate(`
    Object.defineProperty(document, 'hidden', { value: true });
    document.dispatchEvent(new Event('visibilitychange'));
  `);
  await page.getByRole('status').getByText('The camera is off, since the page was hidden').waitFor();
  expect((await tracks(app!)) as string[]).not.toContain('video live');
  expect(problems).toEqual([]);
  expect(egress.requests).toEqual([]);
});

test('a query that is typed while the camera runs is answered, where its page takes the place of the camera', async () => {
  const { page } = await open(FAKE, 390);
  await page.getByLabel('Add photos').first().setInputFiles('static/album/album-001.webp');
  await page.getByRole('status').getByText('1 photo labelled').waitFor();
  await page.getByRole('button', { name: 'Camera', exact: true }).click();
  await page.getByRole('list', { name: 'Labels for what the camera sees' }).waitFor();
  await page.getByRole('searchbox', { name: 'Search photos' }).fill('a dog');
  await page.getByRole('status').getByText('1 result for a dog').waitFor();
  expect(await tracks(app!)).toEqual(['video ended']);
});

test('a camera that the user does not allow is told of, and nothing else changes', async () => {
  const { page } = await open(['--use-fake-device-for-media-stream']);
  await page.context().grantPermissions([]);
  await page.getByRole('button', { name: 'Camera', exact: true }).click();
  const alert = page.getByRole('alert');
  await alert.getByText('The browser did not let this page use the camera.').waitFor();
  await alert.getByText('Allow the camera for this page in the browser’s site settings').waitFor();
  await page.getByRole('button', { name: 'Camera', exact: true }).waitFor();
  expect(await tracks(app!)).toEqual([]);
});

test('a device without a camera says so', async () => {
  const { page } = await open(['--use-fake-device-for-media-stream=device-count=0', FAKE[1]!]);
  await page.getByRole('button', { name: 'Camera', exact: true }).click();
  await page.getByRole('alert').getByText('There is no such camera on this device.').waitFor();
});
