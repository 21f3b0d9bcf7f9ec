/**
 * Zero-shot labels over a library of 10,000 photos with 1,000 labels: after one of them was changed, how long until the
 * photos in view have new answers, until all have, and how long the page is busy in one go.
 *
 *     npm run bench -- labels [--photos N] [--labels N] [--rounds N] [--against COMMIT]
 *
 * `--against` builds an older commit too and measures it in turns. Only a run of all of them writes the result.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { IMAGENET_NAMES } from '../src/datasets/known/known-sets';
import { launchChromium } from '../tests/helpers/chromium';
import { buildAside, shortName } from '../tools/build-aside';
import { serveDirectory } from '../tools/serve.js';
import { makeLargeLibrary } from './large-library';
import { longestTasks } from './main-thread';
import { summary, writeResult } from './result';

const PHOTOS = 10_000;
const LABELS = 1000;

/** Photos of each content. */
const COPIES = 50;

/** Labels changed in a visit, after one that does not count. */
const CHANGES = 3;

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    photos: { type: 'string' },
    labels: { type: 'string' },
    rounds: { type: 'string' },
    against: { type: 'string' },
  },
});
const photos = Number(values.photos ?? PHOTOS);
const labels = IMAGENET_NAMES.slice(0, Number(values.labels ?? LABELS)).map((name) =>
  name.replaceAll(',', ' '),
);
const rounds = Number(values.rounds ?? 3);

/** In milliseconds. */
interface Change {
  readonly first: number;
  readonly all: number;
}

/** What one visit took. */
interface Visit {
  readonly changes: readonly Change[];
  readonly longestTask: number;
  readonly own: number;
}

/** Runs in the page: changes the label that fits the first photo best, and waits for what comes of it. */
const CHANGE = `async ([best, put]) => {
  const field = document.querySelector('textarea');
  const lines = field.value.split('\\n');
  lines[lines.indexOf(best)] = put;
  const card = document.querySelector('.cards article');
  const seen = () => card.querySelector('ul')?.innerText;
  const before = seen();
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const from = performance.now();
  field.value = lines.join('\\n');
  field.dispatchEvent(new Event('input', { bubbles: true }));
  while (seen() === before) await frame();
  const first = performance.now() - from;
  while (document.querySelector('.panel').getAttribute('aria-busy') === 'true') await frame();
  return { first, all: performance.now() - from };
}`;

const builds = [
  { name: 'this build', ...buildAside(undefined) },
  ...(values.against === undefined
    ? []
    : [{ name: `at ${shortName(values.against)}`, ...buildAside(values.against) }]),
];
const profile = await mkdtemp(path.join(tmpdir(), 'clipscope-labels-'));
let version = '';
let port = 0;
try {
  // The library belongs to an origin: all builds are served at the same one, in turns.
  await served(builds[0]!.dist, (url) => {
    port = Number(new URL(url).port);
    return makeLargeLibrary(url, profile, { count: photos, contents: Math.ceil(photos / COPIES) });
  });
  // A service worker would give the next build's visit the page of the one before.
  await rm(path.join(profile, 'Default', 'Service Worker'), { recursive: true, force: true });
  const visits = new Map<string, Visit[]>(builds.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, dist } of builds) {
      const visit = await served(dist, visitOf);
      console.error(`${name}: ${JSON.stringify(visit)}`);
      visits.get(name)!.push(visit);
    }
  }
  const figures = {
    'photos in the library': photos,
    'labels, of which one is changed': labels.length,
    ...Object.fromEntries(
      [...visits].map(([name, all]) => [
        name,
        {
          'until the first photo shows its new labels (ms)': summary(
            all.flatMap(({ changes }) => changes.map(({ first }) => first)),
          ),
          'until all photos are labelled (ms)': summary(
            all.flatMap(({ changes }) => changes.map((change) => change.all)),
          ),
          'longest task of the page meanwhile (ms)': summary(all.map(({ longestTask }) => longestTask)),
          'the most that it did itself in one go (ms)': summary(all.map(({ own }) => own)),
        },
      ]),
    ),
  };
  if (photos === PHOTOS && labels.length === LABELS) await writeResult('labels', version, figures);
  else console.log(JSON.stringify(figures, null, 2));
} finally {
  for (const { remove } of builds) remove();
  await rm(profile, { recursive: true, force: true });
}

async function served<T>(dist: string, use: (url: string) => Promise<T>): Promise<T> {
  const server = await serveDirectory(dist, { port });
  try {
    return await use(server.url);
  } finally {
    await server.close();
  }
}

async function visitOf(url: string): Promise<Visit> {
  const app = await launchChromium(url, {
    webgpu: false,
    persistentDir: profile,
    context: { viewport: { width: 1280, height: 800 }, serviceWorkers: 'block' },
  });
  try {
    const page = app.context.pages()[0] ?? (await app.context.newPage());
    page.setDefaultTimeout(300_000);
    await page.goto(`${url}/?backend=wasm&tab=label`);
    await page.getByRole('status').getByText('photos labelled').waitFor();
    await page.getByRole('textbox', { name: 'Labels' }).fill(labels.join('\n'));
    await page.locator('.panel[aria-busy=true]').waitFor();
    await page.locator('.panel[aria-busy=false]').waitFor();
    await change(page);
    const browser = page.context().browser();
    if (browser === null) throw new Error('The context has no browser');
    version = browser.version();
    const changes: Change[] = [];
    const tasks = await longestTasks(page, browser, async () => {
      while (changes.length < CHANGES) changes.push(await change(page));
    });
    return { changes, longestTask: tasks.wall, own: tasks.own };
  } finally {
    await app.close();
  }
}

async function change(page: Page): Promise<Change> {
  const best = await page.locator('.cards article .label').first().innerText();
  return page.evaluate(
    `(${CHANGE})(${JSON.stringify([best, `${best} ${Math.random().toString(36).slice(2, 6)}`])})`,
  );
}
