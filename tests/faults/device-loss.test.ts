import { afterEach, expect, test } from 'vitest';
import { openApp, type App } from '../helpers/app';
import { killGpu } from '../helpers/chromium';

let app: App | undefined;
afterEach(() => app?.close());

test('losing the GPU in mid-run is told, the model starts again, and every photo gets its row', async () => {
  app = await openApp({ webgpu: true, query: '?backend=webgpu' });
  const { page } = app;
  await page.getByRole('status').getByText('ready on WebGPU').waitFor();
  await page.getByRole('button', { name: 'Try the sample album' }).click();
  const progress = page.getByRole('progressbar', { name: 'Indexing photos' });
  await expect.poll(async () => Number(await progress.getAttribute('aria-valuenow'))).toBeGreaterThan(4);
  const before = Number(await progress.getAttribute('aria-valuenow'));

  await killGpu(app.context);

  await expect.poll(() => page.getByRole('alert').allInnerTexts()).not.toEqual([]);
  const again = page.getByRole('button', { name: 'Start again' });
  if (await again.isVisible()) await again.click();
  await page
    .getByRole('status')
    .getByText(/ready on (WebGPU|WASM)/)
    .waitFor();
  await expect
    .poll(async () => Number(await progress.getAttribute('aria-valuemax')))
    .toBeLessThanOrEqual(160 - before);
  await page.getByRole('searchbox', { name: 'Search photos' }).fill('two cats');
  await page.getByRole('status').getByText('160 results for two cats').waitFor({ timeout: 280_000 });
});
