/**
 * Image towers of every family at their published size, of random weights, on wasm and in turns with a plain ViT-B/16:
 * milliseconds a picture, GFLOPs of their steps, and GFLOP/s; the README's table. In Node. `npm run bench -- families`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { readArchitecture } from '../src/clip/architecture';
import { imageFamily } from '../src/clip/families/image-families';
import { nodeRuntime } from '../src/clip/session-node';
import { openImageTower, type ImageTower } from '../src/clip/towers';
import { imageTensors } from '../src/clip/weights/tensors';
import type { Arithmetic } from '../src/clip/weights/weights';
import { mulberry32 } from '../src/core/random';
import { replaceMarked } from '../tools/evaluation/cards';
import published from '../tools/zoo/published.json';
import { familyTable, type Families, type FamilySpeed } from './family-table';
import { randomWeights } from './random-weights';
import { summary, writeResult } from './result';

/** One of each family, about as large as a ViT-B/16 where there is one; that first. */
const NAMES = [
  ...[
    'ViT-B-16',
    'ViT-B-16-SigLIP',
    'ViT-B-16-SigLIP2-naflex',
    'coca_ViT-B-32',
    'EVA02-B-16',
    'PE-Core-B-16',
  ],
  ...['convnext_base_w', 'RN50', 'MobileCLIP-B', 'MobileCLIP2-S2', 'MobileCLIP2-S4', 'ViTamin-B'],
] as const;
const ROUNDS = 3;
const BATCH = 2;

const threads = os.availableParallelism();
const runtime = { ort: await nodeRuntime(threads), provider: { name: 'wasm' } } as const;
const architectures: Record<string, Families['architectures'][string]> = {};
for (const name of NAMES) {
  console.error(name);
  architectures[name] = { fp32: await speed(name, 'fp32'), int8: await speed(name, 'int8') };
}
const figures: Families = { threads, batch: BATCH, architectures };
await writeResult('families', `Node ${process.version}`, { ...figures });
await writeFile(
  'README.md',
  replaceMarked(await readFile('README.md', 'utf8'), 'families', familyTable(figures)),
);

/** In turns with the plain ViT, so that a busy moment strikes both. */
async function speed(name: (typeof NAMES)[number], arithmetic: Arithmetic): Promise<FamilySpeed> {
  const both = await Promise.all([NAMES[0], name].map((one) => open(one, arithmetic)));
  const times = both.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [at, { tower, pixels }] of both.entries()) {
      const start = performance.now();
      await tower.encode(pixels, BATCH);
      // The first starts threads and compiles.
      if (round > 0) times[at]!.push((performance.now() - start) / BATCH);
    }
  }
  for (const { tower } of both) await tower.release();
  const rates = both.map(({ gflops }, at) => times[at]!.map((each) => (1000 * gflops) / each));
  return {
    gflops: both[1]!.gflops,
    milliseconds: summary(times[1]!),
    'GFLOP/s': summary(rates[1]!),
    timesViT: summary(rates[1]!.map((rate, round) => rate / rates[0]![round]!)),
  };
}

interface Opened {
  readonly tower: ImageTower;
  readonly pixels: Float32Array<ArrayBuffer>;
  /** Of a picture: two for each multiplication of the tower's steps. */
  readonly gflops: number;
}

async function open(name: (typeof NAMES)[number], arithmetic: Arithmetic): Promise<Opened> {
  const { vision } = readArchitecture({ model_cfg: published.architectures[name].model_cfg });
  const tower = await openImageTower(
    { ...runtime, arithmetic },
    vision,
    await randomWeights(imageTensors(vision)),
  );
  const [height, width] = vision.imageSize;
  const random = mulberry32(1);
  const pixels = Float32Array.from({ length: BATCH * 3 * height * width }, () => 4 * random() - 2);
  const { work } = imageFamily(vision).steps(vision, 'split');
  return { tower, pixels, gflops: (2 * work.reduce((sum, one) => sum + one, 0)) / 1e9 };
}
