import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { largestDifference } from '../../src/core/vectors';
import { root } from '../build.js';
import { serveDirectory } from '../serve.js';
import type { RunningBrowser } from './browser-page';
import type { Embedded } from './embeddings-page/page';

/** Pictures of every kind that browsers read, and of the sample album. */
const FOLDERS = {
  kinds: 'tests/fixtures/picture-kinds/preprocess/images',
  preprocess: 'tests/fixtures/preprocess/images',
  odd: 'tests/fixtures/pictures',
  album: 'static/album',
};

const PICTURE = /\.(?:avif|gif|jpg|png|svg|webp)$/;
const MODEL = 'clipscope-s';

/** Pictures asked for at a time: a driver waits for an answer for minutes, not for ever. */
const BATCH = 20;

/** What one browser makes of the pictures, by folder and name, and of some texts. */
export interface BrowserEmbeddings {
  readonly pictures: ReadonlyMap<string, Embedded | undefined>;
  readonly texts: readonly number[];
}

/** The page that embeds, built and served with the pictures. */
export async function serveEmbeddings(): Promise<{
  embed(browser: RunningBrowser, texts: readonly string[]): Promise<BrowserEmbeddings>;
  close(): Promise<void>;
}> {
  const dist = await mkdtemp(path.join(tmpdir(), 'clipscope-embeddings-'));
  const page = 'tools/browsers/embeddings-page/index.html';
  await build({
    configFile: path.join(root, 'vite.config.ts'),
    root,
    logLevel: 'warn',
    build: { outDir: dist, emptyOutDir: true, rolldownOptions: { input: path.join(root, page) } },
  });
  const names: string[] = [];
  for (const [name, folder] of Object.entries(FOLDERS)) {
    await cp(path.join(root, folder), path.join(dist, 'pictures', name), { recursive: true });
    const files = (await readdir(path.join(root, folder))).sort().filter((file) => PICTURE.test(file));
    names.push(...files.map((file) => `${name}/${file}`));
  }
  const server = await serveDirectory(dist);
  return {
    async embed(browser, texts) {
      await browser.page.open(`${server.url}/${page}`);
      const pictures = new Map<string, Embedded | undefined>();
      let ofTexts: readonly number[] = [];
      for (let start = 0; start < names.length; start += BATCH) {
        const some = names.slice(start, start + BATCH);
        const asked = [MODEL, some.map((name) => `/pictures/${name}`), texts];
        const answer = await browser.page.evaluate<Awaited<ReturnType<Window['embed']>>>(
          `window.embed(...${JSON.stringify(asked)})`,
        );
        for (const [at, name] of some.entries()) pictures.set(name, answer.pictures[at] ?? undefined);
        ofTexts = answer.texts;
      }
      return { pictures, texts: ofTexts };
    },
    async close() {
      await server.close();
      await rm(dist, { recursive: true });
    },
  };
}

/** How far two browsers are apart: the largest difference of a number of an embedding, and of a byte of a pixel. */
export interface Difference {
  readonly embedding: number;
  readonly pixel: number;
}

/** How far apart two readings of a picture are; undefined where neither browser reads it, infinite where one does. */
export function differenceOf(one: Embedded | undefined, other: Embedded | undefined): Difference | undefined {
  if (!one && !other) return undefined;
  if (!one || !other) return { embedding: Infinity, pixel: Infinity };
  return {
    embedding: largestDifference(one.embedding, other.embedding),
    pixel: largestDifference(one.pixels, other.pixels),
  };
}
