import { readFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { openApp, type App } from '../helpers/app';

let app: App | undefined;
afterEach(() => app?.close());

test('shows the scaling laws, names every point by pointer and keys, and saves what is drawn', async () => {
  app = await openApp({ webgpu: false, query: '?backend=wasm&tab=compare' });
  const { page, problems } = app;
  await page.getByRole('button', { name: 'Scaling' }).click();
  const plot = page.getByRole('group', { name: 'ImageNet: 32 models' });
  await plot.waitFor();
  const points = plot.getByRole('img');
  expect(await points.count()).toBe(32);

  // By keys: Tab reaches the first, arrows the others, from the least compute on.
  await page.getByRole('button', { name: 'Against time on this device' }).focus();
  await page.keyboard.press('Tab');
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  expect(await focused()).toMatch(/^ViT-B-32, LAION-400M, 2\.4 billion samples: 4\d\.\d% wrong/);
  await page.keyboard.press('End');
  expect(await focused()).toMatch(/^ViT-H-14, LAION-2B, 35 billion samples: 22\.0% wrong/);
  await page.keyboard.press('ArrowLeft');
  const tip = page.locator('.tip');
  expect(await tip.innerText()).toMatch(/^ViT-g-14, LAION-2B/);

  // By pointer, near is enough.
  const { x, y } = (await points.last().boundingBox())!;
  await page.mouse.move(x - 6, y - 6);
  expect(await tip.innerText()).toMatch(/^ViT-H-14/);

  const downloaded = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as SVG' }).click();
  const svg = await readFile(await (await downloaded).path(), 'utf8');
  expect(svg).toContain('10 times the compute, 23% fewer errors');
  expect(svg).not.toContain('var(');
  const picture = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as PNG' }).click();
  const png = await readFile(await (await picture).path());
  const { width } = (await plot.boundingBox())!;
  expect(png.readUInt32BE(16)).toBe(Math.round(2 * width));

  await page.getByRole('button', { name: 'Drawings' }).click();
  await page.getByRole('button', { name: 'clipscope-s' }).click();
  await page.getByRole('group', { name: /^Drawings: \d+ models$/ }).waitFor();
  await page.getByRole('button', { name: 'Built in' }).click();
  await page.getByText('Everything is hidden.').waitFor();
  expect(problems).toEqual([]);
});
