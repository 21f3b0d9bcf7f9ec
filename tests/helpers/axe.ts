import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Axe {
  run(options: RunOptions): Promise<AxeResults>;
}

/** What axe finds on the page as it stands, light, and what it says of the colours when it is dark: rule and places. */
export async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  const light = await found(page, {});
  await turn(page, 'dark');
  const dark = await found(page, { runOnly: ['color-contrast'] });
  await turn(page, 'light');
  return [...light, ...dark.map((one) => `dark: ${one}`)];
}

/** Changes the colours; resolves once none is on its way from one to the other. */
async function turn(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
}

async function found(page: Page, options: RunOptions): Promise<string[]> {
  // What passes is not described place by place, which takes longer than the rules themselves.
  const results = await page.evaluate((chosen) => (window as unknown as { axe: Axe }).axe.run(chosen), {
    ...options,
    resultTypes: ['violations'],
  } satisfies RunOptions);
  return results.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
}
