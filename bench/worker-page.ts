import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { createServer, type Plugin } from 'vite';
import { root } from '../tools/build.js';
import { isolationHeaders } from '../tools/headers.js';

type Methods = Readonly<Record<string, (...values: never[]) => unknown>>;

/** Calls a worker's method with these numbers. */
export type Ask<Bench extends Methods> = <Name extends keyof Bench & string>(
  name: Name,
  ...values: readonly number[]
) => Promise<Awaited<ReturnType<Bench[Name]>>>;

/** The page of every folder: the script `page.ts`, and a field for files. */
const sharedPage: Plugin = {
  name: 'clipscope:worker-page',
  configureServer(server) {
    server.middlewares.use((request, response, next) => {
      if (request.url !== '/') {
        next();
        return;
      }
      readFile(new URL('worker-page.html', import.meta.url), 'utf8')
        .then((html) => server.transformIndexHtml('/', html))
        .then((html) =>
          response.writeHead(200, { 'Content-Type': 'text/html', ...isolationHeaders }).end(html),
        )
        .catch(next);
    });
  },
};

/**
 * Serves `folder` of this one: a page whose `page.ts` starts a worker from the sources and leaves it in `bench`.
 * @param publicDir of files that are served beside it
 * @param files a folder whose files the worker may fetch, at "/@fs" and their paths
 */
export async function serveWorkerPage(
  folder: string,
  publicDir: string | false = false,
  files?: string,
): Promise<{ url: string; close(): Promise<void> }> {
  const cacheDir = await mkdtemp(path.join(tmpdir(), 'clipscope-worker-page-'));
  const server = await createServer({
    configFile: false,
    root: path.join(import.meta.dirname, folder),
    cacheDir,
    publicDir,
    appType: 'custom',
    plugins: [sharedPage],
    logLevel: 'warn',
    server: {
      host: '127.0.0.1',
      port: 0,
      hmr: false,
      fs: { allow: [root, ...(files === undefined ? [] : [files])] },
      headers: isolationHeaders,
    },
    optimizeDeps: { entries: ['page.ts'], include: ['comlink'] },
  });
  await server.listen();
  return {
    url: server.resolvedUrls?.local[0] ?? '',
    async close() {
      await server.close();
      await rm(cacheDir, { recursive: true });
    },
  };
}

/** Opens such a page; what comes back calls its worker. */
export async function openWorkerPage<Bench extends Methods>(page: Page, url: string): Promise<Ask<Bench>> {
  await page.goto(url);
  await page.waitForFunction('globalThis.bench');
  // A text, since what tsx makes of a function does not run in the page.
  return (name, ...values) => page.evaluate(`bench.${name}(${values.join()})`);
}
