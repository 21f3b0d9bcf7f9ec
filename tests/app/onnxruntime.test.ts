import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, createServer, type InlineConfig } from 'vite';
import { afterAll, describe, expect, test } from 'vitest';
import { root } from '../../tools/build.js';
import { serveDirectory } from '../../tools/serve.js';
import { expectNothingLeft } from '../helpers/app';
import { launchChromium } from '../helpers/chromium';
import type { Answer } from './onnxruntime-page/matmul.worker';

const scratch = await mkdtemp(path.join(tmpdir(), 'clipscope-'));
afterAll(() => rm(scratch, { recursive: true }));

/** A page with one worker that multiplies two matrices, under the project's own Vite settings. */
const config: InlineConfig = {
  configFile: path.join(root, 'vite.config.ts'),
  root: path.join(import.meta.dirname, 'onnxruntime-page'),
  cacheDir: path.join(scratch, 'cache'),
  logLevel: 'warn',
  optimizeDeps: { entries: ['*.ts'] },
};

const servings = {
  async 'the development server'() {
    const server = await createServer({
      ...config,
      server: { host: '127.0.0.1', port: 0, fs: { allow: [root] } },
    });
    await server.listen();
    return { url: server.resolvedUrls?.local[0] ?? '', close: () => server.close() };
  },

  async 'the build at a sub-path'() {
    await build({ ...config, build: { outDir: path.join(scratch, 'dist/some/where'), emptyOutDir: true } });
    const { url, close } = await serveDirectory(path.join(scratch, 'dist'));
    return { url: `${url}/some/where/`, close };
  },
};

describe.each(Object.entries(servings))('onnxruntime-web in a worker, from %s', (_, serve) => {
  test('runs all three builds with threads under the Content-Security-Policy', async () => {
    const { url, close } = await serve();
    const browser = await launchChromium(new URL(url).origin, { webgpu: true });
    try {
      for (const name of ['wasm', 'webgpu', 'jspi']) {
        const page = await browser.context.newPage();
        await page.goto(`${url}?build=${name}`);
        const answer = await page.evaluate(
          () => (globalThis as unknown as { answer: Promise<Answer> }).answer,
        );
        expect(answer, name).toEqual({ element: 256, threadsStarted: 1 });
        await page.close();
      }
      expectNothingLeft(browser);
    } finally {
      await browser.close();
      await close();
    }
  });
});
