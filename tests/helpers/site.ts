import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { ensureBuilt } from '../../tools/build.js';

/** A copy of the build that a test may change. */
export interface Site {
  /** What a server is to serve: the copy lies `below` it. */
  readonly root: string;
  readonly dist: string;
  /** Replaces in a file of the build; fails where there is nothing to replace. */
  edit(file: string, from: string | RegExp, to: string): Promise<void>;
  remove(): Promise<void>;
}

/** @param below folders between the server's root and the page, such as "some/path" */
export async function copyOfBuild(below = ''): Promise<Site> {
  const root = await mkdtemp(path.join(tmpdir(), 'clipscope-site-'));
  const dist = path.join(root, below);
  await cp(await ensureBuilt(), dist, { recursive: true });
  return {
    root,
    dist,
    async edit(file, from, to) {
      const text = await readFile(path.join(dist, file), 'utf8');
      const changed = text.replace(from, to);
      if (changed === text) throw new Error(`${file} has nothing like ${String(from)}`);
      await writeFile(path.join(dist, file), changed);
    },
    remove: () => rm(root, { recursive: true }),
  };
}

/** The one hashed file of the build that `pattern` matches, from the page. */
export async function assetOf(dist: string, pattern: RegExp): Promise<string> {
  const [name, ...others] = (await readdir(path.join(dist, 'assets'))).filter((file) => pattern.test(file));
  if (name === undefined || others.length > 0) {
    throw new Error(`The build has not one file like ${String(pattern)}`);
  }
  return `assets/${name}`;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/** Serves `root` as a host of static files does that lets nobody set a header. */
export async function serveBare(root: string): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = path.join(root, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    readFile(file).then(
      (bytes) => {
        response.setHeader('Content-Type', MEDIA_TYPES[path.extname(file)] ?? 'application/octet-stream');
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Resolves once everything is kept and a service worker controls the page. */
export async function kept(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated');
}
