/**
 * Clipscope against transformers.js on wasm, in one run of one browser, in turns: from JPEG files to the embeddings of
 * one image tower with the same weights; with all at their default and with everything exact; and how near either comes
 * to the exact embeddings.
 *
 *     npm run bench -- peer [--against COMMIT] [--with QUERY]... [--rounds N] [--quick]
 *
 * `--against` builds an older commit too and gives it the same files, `--with` adds Clipscope with more of the address's
 * query (`arithmetic=fp32`). `--quick` is for trying: a round of few photos, which writes no result. A whole run writes
 * `bench/results/peer.json` and the README's tables.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { findChromium, QUIET_FLAGS, webgpuFlags } from '../tools/browser.js';
import { buildAside, shortName } from '../tools/build-aside';
import { ensureBuilt } from '../tools/build.js';
import { replaceMarked } from '../tools/evaluation/cards';
import { makeCheckpoint } from '../tools/make-checkpoint';
import { serveDirectory } from '../tools/serve.js';
import { exactRows } from './exact-rows';
import { measureLimits } from './limits';
import { installPeers, writePeerModel } from './peer-model';
import { inTurns } from './peer-rounds';
import { clipscopeSide, peerSide, type Side } from './peer-sides';
import peers from './peers/package.json';
import { makePhotos, type Size } from './photos';
import { writeResult } from './result';
import { speedTable, wholeSpeedTable, type ModelSpeed } from './speed-table';
import { serveWorkerPage } from './worker-page';
import { openWorkplace } from './workplace';

const PEER = `transformers.js ${peers.dependencies['@huggingface/transformers']}, fp32`;
const PEER_BATCHES = [1, 4, 8];
const EXACT = 'arithmetic=fp32&decode=exact';

/** Of random weights, which take as long as others; the peer runs it too. */
const TOWER = 'ViT-B-32';
const BUILT_IN = 'clipscope-l';

/** Photos of each size for the larger model, and for the small one, which is done with them sooner. */
const PHOTOS: readonly (readonly [size: Size, few: number, many: number])[] = [
  [[500, 375], 16, 64],
  [[1600, 1200], 16, 64],
  [[4032, 3024], 12, 32],
];
const QUICK = 8;

/** Photos of each size of which the decoders are timed. */
const DECODED = 4;

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    against: { type: 'string' },
    with: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '3' },
    quick: { type: 'boolean', default: false },
  },
});
const rounds = values.quick ? 1 : Number(values.rounds);

const { folder, atEnd, during } = await openWorkplace('peer');
await during(main);

async function main(): Promise<void> {
  say('Installing the peer, making models and photos.');
  installPeers();
  const [checkpoint, shown] = [path.join(folder, TOWER), path.join(folder, 'public')];
  await makeCheckpoint(TOWER, checkpoint, { tokenizer: `static/models/${BUILT_IN}/tokenizer.json` });
  await writePeerModel(checkpoint, path.join(shown, 'peer'));
  const photos = await makeAll();
  const builds = await makeBuilds();
  const peerPage = await serveWorkerPage('peers', shown);
  atEnd(() => peerPage.close());
  const context = await chromium.launchPersistentContext(path.join(folder, 'profile'), {
    executablePath: findChromium() ?? '',
    args: [...QUIET_FLAGS, ...webgpuFlags(false)],
  });
  atEnd(() => context.close());

  async function measure(model: string, from: string, count: 'few' | 'many'): Promise<ModelSpeed> {
    say(`${model}: the exact embeddings`);
    const lists = photos.map(({ files, few }) => (count === 'few' ? files.slice(0, few) : files));
    const exact = await exactRows(from, lists);
    const taken = photos.map(({ size }, at) => ({ size, files: lists[at]!, exact: exact[at]! }));
    const sides: Side[] = [];
    if (model === TOWER) sides.push(await peerSide(PEER, context, peerPage.url, PEER_BATCHES));
    const checkpointGiven = model === TOWER ? from : undefined;
    for (const { name, url, query } of builds)
      sides.push(await clipscopeSide(name, context, url, { model, checkpoint: checkpointGiven }, query));
    const bases = [PEER, builds.at(-1)!.name];
    const speed = await inTurns(sides, taken, rounds, bases, say);
    for (const side of sides) await side.close();
    return speed;
  }

  const models = {
    [TOWER]: await measure(TOWER, checkpoint, 'few'),
    [BUILT_IN]: await measure(BUILT_IN, `static/models/${BUILT_IN}`, 'many'),
  };
  const limits = await measureLimits(
    context,
    photos.map(({ size, files }) => ({ size, files: files.slice(0, DECODED) })),
  );
  const figures = { rounds, models, limits };
  console.log(wholeSpeedTable(figures));
  if (values.quick || values.against === undefined) return;
  await writeResult('peer', context.browser()?.version() ?? '', figures);
  const readme = replaceMarked(await readFile('README.md', 'utf8'), 'speed', speedTable(figures));
  await writeFile('README.md', replaceMarked(readme, 'speed-whole', wholeSpeedTable(figures)));
}

/** The photos of each size, as many as any model is given. */
async function makeAll() {
  const photos = [];
  for (const [size, few, many] of PHOTOS) {
    const place = path.join(folder, size.join('x'));
    await mkdir(place);
    const [less, more] = values.quick ? [QUICK, QUICK] : [few, many];
    photos.push({ size, few: less, files: await makePhotos(place, more, () => size) });
  }
  return photos;
}

/**
 * Clipscope's pages: as it comes, with everything exact, with each query asked for, and an older one if asked for.
 *
 * Why each has an address of its own: one of two tabs with the same library may not write.
 */
async function makeBuilds(): Promise<{ name: string; url: string; query: string }[]> {
  const dist = await ensureBuilt({ log: say });
  const pages = [
    ['Clipscope', dist, ''],
    ['Clipscope, everything exact', dist, EXACT],
    ...values.with.map((query) => [`Clipscope, ${query}`, dist, query]),
  ] as [string, string, string][];
  if (values.against !== undefined) {
    say(`Building ${values.against}.`);
    const older = buildAside(values.against);
    atEnd(() => older.remove());
    pages.push([`Clipscope at ${shortName(values.against)}`, older.dist, '']);
  }
  const builds = [];
  for (const [name, place, query] of pages) {
    const server = await serveDirectory(place);
    atEnd(() => server.close());
    builds.push({ name, url: server.url, query: query && `&${query}` });
  }
  return builds;
}

function say(line: string): void {
  console.error(line);
}
