/**
 * Clipscope on this machine's GPU, from JPEG files to embeddings, in turns with transformers.js in half precision, and what
 * share of the GPU's own matrix products its tower reaches. Without a GPU it writes why nothing was measured.
 *
 *     npm run bench -- gpu [--trial]
 *
 * `--trial` runs all of it on whatever adapter there is, with a small model and few photos, and writes nothing.
 */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { chromium, type BrowserContext } from 'playwright-core';
import { readArchitecture, type VisionArchitecture } from '../src/clip/architecture';
import { CHECKPOINT_FILES } from '../src/clip/checkpoint-files';
import { imageFamily } from '../src/clip/families/image-families';
import { findChromium, QUIET_FLAGS, webgpuFlags } from '../tools/browser.js';
import { ensureBuilt } from '../tools/build.js';
import { makeCheckpoint } from '../tools/make-checkpoint';
import { serveDirectory } from '../tools/serve.js';
import { exactRows } from './exact-rows';
import type { GpuBench } from './gpu-page/gpu.worker';
import { installPeers, writePeerModel } from './peer-model';
import { inTurns } from './peer-rounds';
import { clipscopeSide, peerSide } from './peer-sides';
import { makePhotos, type Size } from './photos';
import { summary, writeResult } from './result';
import { openWorkerPage, serveWorkerPage, type Ask } from './worker-page';
import { openWorkplace } from './workplace';

const PHOTOS = 64;
const SIZES: readonly Size[] = [
  [500, 375],
  [1600, 1200],
  [4032, 3024],
];
const PEER_BATCHES = [1, 8, 16, 32];
const ROUNDS = 3;

/** Sides of the matrices, and products in a run. */
const [SIDE, PRODUCTS] = [2048, 16];

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: { trial: { type: 'boolean', default: false } },
});
const { folder, atEnd, during } = await openWorkplace('gpu');
await during(main);

async function main(): Promise<void> {
  const pages = await serveWorkerPage('gpu-page');
  atEnd(() => pages.close());
  const context = await chromium.launchPersistentContext(path.join(folder, 'profile'), {
    executablePath: findChromium() ?? '',
    args: [...QUIET_FLAGS, ...webgpuFlags(true)],
  });
  atEnd(() => context.close());
  const version = context.browser()?.version() ?? '';
  const ask = await openWorkerPage<GpuBench>(await context.newPage(), pages.url);
  const adapter = await ask('adapter');
  const why = whyNot(adapter);
  if (why !== undefined && !values.trial) {
    await writeResult('gpu', version, { 'not measured': why, adapter: adapter?.description ?? null });
    return;
  }
  const bits = adapter?.halves ? 16 : 32;
  const rate = await products(ask, bits);
  const figures = {
    adapter,
    'thousand million operations a second': rate,
    ...(await measure(context, bits, rate.median)),
  };
  if (values.trial) console.log(JSON.stringify(figures, null, 2));
  else await writeResult('gpu', version, figures);
}

function whyNot(adapter: Awaited<ReturnType<GpuBench['adapter']>>): string | undefined {
  if (adapter === undefined) return 'this browser offers no WebGPU adapter';
  return adapter.software ? 'the only WebGPU adapter here is software, whose speed says nothing' : undefined;
}

/** Thousand million operations a second of the GPU's matrix products. */
async function products(ask: Ask<GpuBench>, bits: 16 | 32) {
  const [side, times] = values.trial ? [128, 1] : [SIDE, PRODUCTS];
  return summary(await ask('products', side, bits, times));
}

/** Both sides with photos of each size, in turns. @param rate of the GPU's matrix products */
async function measure(context: BrowserContext, bits: 16 | 32, rate: number) {
  const model = values.trial ? 'clipscope-s' : 'ViT-B-32';
  const checkpoint = values.trial ? `static/models/${model}` : path.join(folder, model);
  if (!values.trial) {
    await makeCheckpoint(model, checkpoint, { tokenizer: 'static/models/clipscope-l/tokenizer.json' });
  }
  const shown = path.join(folder, 'public');
  installPeers();
  await writePeerModel(checkpoint, path.join(shown, 'peer'), bits);
  const peers = await serveWorkerPage('peers', shown);
  atEnd(() => peers.close());
  const app = await serveDirectory(await ensureBuilt({ log: say }));
  atEnd(() => app.close());

  const photos = await makeAll(checkpoint);
  const peerName = `transformers.js, fp${bits}`;
  const given = { model, checkpoint: values.trial ? undefined : checkpoint };
  const sides = [
    await peerSide(peerName, context, peers.url, values.trial ? [1] : PEER_BATCHES, { onGpu: true, bits }),
    await clipscopeSide('Clipscope', context, app.url, given, '', 'webgpu'),
  ];
  const speed = await inTurns(sides, photos, values.trial ? 1 : ROUNDS, [peerName], say);
  const config = await readFile(path.join(checkpoint, CHECKPOINT_FILES.config), 'utf8');
  const architecture = readArchitecture(JSON.parse(config));
  const operations = operationsOf(architecture.vision);
  const shares = Object.fromEntries(
    Object.entries(speed).map(([size, bySide]) => [
      size,
      Object.fromEntries(
        Object.entries(bySide).map(([side, { tower }]) => [side, (tower.median * operations) / (1e9 * rate)]),
      ),
    ]),
  );
  return { model, bits, speed, "the tower's share of the GPU's matrix products": shares };
}

/** Operations of a picture's matrix products in the tower's blocks, two for each weight or pair of tokens. */
function operationsOf(vision: VisionArchitecture): number {
  const { work } = imageFamily(vision).steps(vision, 'fused');
  return 2 * work.reduce((sum, one) => sum + one, 0);
}

async function makeAll(checkpoint: string) {
  const photos = [];
  for (const size of values.trial ? SIZES.slice(0, 1) : SIZES) {
    const place = path.join(folder, size.join('x'));
    await mkdir(place);
    photos.push({ size, files: await makePhotos(place, values.trial ? 4 : PHOTOS, () => size) });
  }
  const exact = await exactRows(
    checkpoint,
    photos.map(({ files }) => files),
  );
  return photos.map((one, at) => ({ ...one, exact: exact[at]! }));
}

function say(line: string): void {
  console.error(line);
}
