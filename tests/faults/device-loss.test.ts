import { afterEach, expect, test } from 'vitest';
import { addSome, openApp, type App } from '../helpers/app';
import { killGpu } from '../helpers/chromium';

/** The software GPU takes a second for some of them. */
const PHOTOS = 12;

let app: App | undefined;
afterEach(() => app?.close());

test('losing the GPU in mid-run is told, the model starts again, and every photo gets its row', async () => {
  app = await openApp({ webgpu: true, query: '?backend=webgpu&model=clipscope-s' });
  const { page } = app;
  await page.getByRole('status').getByText('ready on WebGPU').waitFor();
  const added = addSome(page, PHOTOS);
  const progress = page.getByRole('progressbar', { name: 'Indexing photos' });
  await expect.poll(async () => Number(await progress.getAttribute('aria-valuenow'))).toBeGreaterThan(2);
  const before = Number(await progress.getAttribute('aria-valuenow'));

  await killGpu(app.context);

  await page.getByRole('alert').getByText('It is started again by itself').waitFor();
  await page
    .getByRole('status')
    .getByText(/ready on (WebGPU|WASM)/)
    .waitFor();
  await expect
    .poll(async () => Number(await progress.getAttribute('aria-valuemax')))
    .toBeLessThanOrEqual(PHOTOS - before);
  await added;
  await page.getByRole('searchbox', { name: 'Search photos' }).fill('two cats');
  await page.getByRole('status').getByText(`${PHOTOS} results for two cats`).waitFor();
});
