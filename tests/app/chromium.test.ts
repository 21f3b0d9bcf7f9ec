import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, startBrowser, type Chromium } from '../helpers/chromium';

/** An empty page with no policy of its own, so that only the recorder stands between it and the world. */
const server = createServer((_, response) => {
  response.setHeader('Content-Type', 'text/html').end('<!doctype html><link rel="icon" href="data:," />');
});
let origin: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

async function open(browser: Chromium): Promise<Page> {
  const page = await browser.context.newPage();
  await page.goto(origin);
  return page;
}

test.each([
  ['a browser of its own', false],
  ['a context of a running one', true],
])(
  'in %s the recorder hears a page, its workers and theirs, and nothing of the origin',
  async (_, isShared) => {
    const running = isShared ? await startBrowser() : undefined;
    const browser = await launchChromium(origin, { webgpu: false, ...(running && { browser: running }) });
    const page = await open(browser);
    await page.evaluate(async () => {
      const asks = (address: string): string => `fetch('${address}', { mode: 'no-cors' }).catch(() => 0)`;
      const works = (script: string): string => `new Promise((resolve) => {
      const worker = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(`${script}.then(() => postMessage(0))`)}])));
      worker.onmessage = resolve;
    })`;
      for (const script of [
        asks('/own'),
        asks('https://page.example/'),
        asks('https://fonts.googleapis.com/css'),
        asks('http://localhost:1/'),
        works(asks('https://worker.example/')),
        works(works(asks('https://nested.example/'))),
      ]) {
        // eslint-disable-next-line no-eval -- as a page that loads what it likes
        await (0, eval)(script);
      }
    });
    await browser.close();
    expect(running?.isConnected() ?? true).toBe(true);
    await running?.close();
    const hosts = browser.egress.requests.map(
      (request) => /[\w.]+\.(?:example|com)|localhost:\d+/.exec(request)?.[0],
    );
    expect([...new Set(hosts)].sort((a, b) => (a! < b! ? -1 : 1))).toEqual([
      'fonts.googleapis.com',
      'localhost:1',
      'nested.example',
      'page.example',
      'worker.example',
    ]);
  },
);

test('a browser that is killed leaves what it had stored to the next one', async () => {
  const persistentDir = await mkdtemp(path.join(tmpdir(), 'clipscope-'));
  const first = await launchChromium(origin, { webgpu: false, persistentDir });
  await (
    await open(first)
  ).evaluate(async () => {
    const directory = await navigator.storage.getDirectory();
    const file = await (await directory.getFileHandle('kept', { create: true })).createWritable();
    await file.write('still here');
    await file.close();
  });
  await first.kill();
  expect(first.context.browser()?.isConnected()).toBe(false);

  const second = await launchChromium(origin, { webgpu: false, persistentDir });
  const kept = await (
    await open(second)
  ).evaluate(async () => {
    const directory = await navigator.storage.getDirectory();
    return (await (await directory.getFileHandle('kept')).getFile()).text();
  });
  expect(kept).toBe('still here');
  await second.close();
  await rm(persistentDir, { recursive: true });
});

test.each([true, false])('with webgpu %s an adapter is found accordingly', async (webgpu) => {
  const browser = await launchChromium(origin, { webgpu });
  const found = await (
    await open(browser)
  ).evaluate(async () => (await navigator.gpu.requestAdapter()) !== null);
  expect(found).toBe(webgpu);
  await browser.close();
});
