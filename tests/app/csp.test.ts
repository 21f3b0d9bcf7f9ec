import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page, Worker } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { serveDirectory } from '../../tools/serve.js';
import type { ServiceWorkerRequest } from '../../workers/service-worker-api';
import { addSome, openApp, SMALL, type App } from '../helpers/app';
import { forgetPhotos } from '../helpers/forget-photos';
import { assetOf, copyOfBuild, kept, serveBare } from '../helpers/site';

let app: App | undefined;
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await app?.close();
  app = undefined;
  for (const end of ends.splice(0).reverse()) await end();
});

/** A host that anyone may read from, and what it was asked. */
async function openHub(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('Access-Control-Allow-Origin', '*').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** The page of a build of its own; `models` is the script of its models worker. */
async function openPage(serve: typeof serveBare): Promise<{ app: App; models: string }> {
  const { root, dist, remove } = await copyOfBuild();
  ends.push(remove);
  const { url, close } = await serve(root);
  ends.push(close);
  app = await openApp({ webgpu: false, keeps: true, url, query: SMALL });
  return { app, models: await assetOf(dist, /^models\.worker-/) };
}

/** A thread of the page: whether it may ask for `url`. */
async function mayReach(thread: Page | Worker, url: string): Promise<boolean> {
  const ask = (target: string) =>
    fetch(target).then(
      () => true,
      () => false,
    );
  // The two kinds of `evaluate` have types that cannot be called as one.
  return 'workers' in thread ? thread.evaluate(ask, url) : thread.evaluate(ask, url);
}

/** The page and every kind of worker that has to do with pictures, each started. */
async function threadsWithPictures(page: Page): Promise<(Page | Worker)[]> {
  await addSome(page, 4);
  const kinds = ['clip', 'image', 'library'].map((kind) => {
    const worker = page.workers().find((one) => one.url().includes(`/${kind}.worker-`));
    if (worker === undefined) throw new Error(`There is no ${kind} worker`);
    return worker;
  });
  return [page, ...kinds];
}

async function startWorker(page: Page, script: string): Promise<Worker> {
  const [worker] = await Promise.all([
    page.waitForEvent('worker', (one) => one.url().includes(script)),
    page.evaluate((address) => {
      new Worker(address, { type: 'module' });
    }, script),
  ]);
  return worker;
}

function askServiceWorker(page: Page, request: ServiceWorkerRequest): Promise<unknown> {
  return page.evaluate(
    (what) =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => resolve(data);
        navigator.serviceWorker.controller?.postMessage(what, [port2]);
      }),
    request,
  );
}

test('sent by the server: only the models worker reaches the hub and the hosts named at the start', async () => {
  const [hub, stranger] = [await openHub(), await openHub()];
  const { app, models } = await openPage((root) => serveDirectory(root, { hosts: [hub.url] }));
  const { page } = app;
  for (const thread of await threadsWithPictures(page)) {
    expect(await mayReach(thread, hub.url)).toBe(false);
    expect(await mayReach(thread, 'https://huggingface.co/')).toBe(false);
  }
  expect(hub.asked).toEqual([]);
  expect(app.egress.requests.filter((request) => request.startsWith('CONNECT'))).toEqual([]);

  const worker = await startWorker(page, models);
  expect(await mayReach(worker, hub.url)).toBe(true);
  expect(await mayReach(worker, stranger.url)).toBe(false);
  // The proxy refuses the request, but the policy has let it go.
  await mayReach(worker, 'https://huggingface.co/');
  await mayReach(worker, 'https://cdn-lfs.hf.co/');
  expect(app.egress.requests).toEqual(
    expect.arrayContaining(['CONNECT huggingface.co:443', 'CONNECT cdn-lfs.hf.co:443']),
  );

  // The service worker keeps what the server has said.
  await kept(page);
  await page.reload();
  expect(await mayReach(await startWorker(page, models), hub.url)).toBe(true);
  await forgetPhotos(page);
  for (const thread of await threadsWithPictures(page)) expect(await mayReach(thread, hub.url)).toBe(false);
  expect(stranger.asked).toEqual([]);
});

test('sent by the service worker: a host is reached once the person has allowed it, by the models worker alone', async () => {
  const [hub, stranger] = [await openHub(), await openHub()];
  const { app, models } = await openPage(serveBare);
  const { page } = app;
  await expect.poll(() => page.evaluate(() => crossOriginIsolated)).toBe(true);
  const before = await startWorker(page, models);
  expect(await mayReach(before, hub.url)).toBe(false);

  for (const origin of [`${hub.url}/models`, 'https://a.example; connect-src *', 'ftp://a.example', '*']) {
    expect(await askServiceWorker(page, { kind: 'allowHosts', origins: [origin] }), origin).toBe(false);
  }
  expect(await askServiceWorker(page, { kind: 'allowHosts', origins: [hub.url] })).toBe(true);
  expect(await mayReach(before, hub.url)).toBe(false);
  expect(await mayReach(await startWorker(page, models), hub.url)).toBe(true);

  await page.reload();
  const after = await startWorker(page, models);
  expect(await mayReach(after, hub.url)).toBe(true);
  expect(await mayReach(after, stranger.url)).toBe(false);
  const asked = hub.asked.length;
  for (const thread of await threadsWithPictures(page)) expect(await mayReach(thread, hub.url)).toBe(false);
  expect(hub.asked.length).toBe(asked);
  expect(stranger.asked).toEqual([]);
});
