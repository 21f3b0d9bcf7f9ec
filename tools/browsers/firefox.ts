import { launch, type ElementHandle } from 'puppeteer-core';
import { findFirefox } from '../browser.js';
import type { RunningBrowser } from './browser-page';

/** Starts Firefox without a window, driven by WebDriver BiDi. @throws Error if there is none */
export async function startFirefox(): Promise<RunningBrowser> {
  const executablePath = findFirefox();
  if (executablePath === undefined) throw new Error('There is no Firefox on this machine');
  const browser = await launch({ browser: 'firefox', executablePath });
  const page = (await browser.pages())[0] ?? (await browser.newPage());
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  const find = async (element: string): Promise<ElementHandle> => {
    const found = await page.$(`::-p-xpath(${element})`);
    if (found === null) throw new Error(`There is no ${element}`);
    return found;
  };
  return {
    version: await browser.version(),
    problems,
    page: {
      open: async (url) => void (await page.goto(url)),
      evaluate: (expression) => page.evaluate(expression) as Promise<never>,
      click: async (element) => (await find(element)).click(),
      type: async (element, text) => (await find(element)).type(text),
      give: async (element, files) =>
        ((await find(element)) as ElementHandle<HTMLInputElement>).uploadFile(...files),
    },
    close: () => browser.close(),
  };
}
