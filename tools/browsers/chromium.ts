import { chromium } from 'playwright-core';
import { findChromium, QUIET_FLAGS } from '../browser.js';
import type { RunningBrowser } from './browser-page';

/** Starts Chromium without a window and without WebGPU. @throws Error if there is none */
export async function startChromium(): Promise<RunningBrowser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium on this machine');
  const browser = await chromium.launch({ executablePath, args: [...QUIET_FLAGS] });
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  const find = (element: string) => page.locator(`xpath=${element}`);
  return {
    version: `chromium/${browser.version()}`,
    problems,
    page: {
      open: async (url) => void (await page.goto(url)),
      evaluate: (expression) => page.evaluate(expression),
      click: (element) => find(element).click(),
      type: (element, text) => find(element).pressSequentially(text),
      give: (element, files) => find(element).setInputFiles([...files]),
    },
    close: () => browser.close(),
  };
}
