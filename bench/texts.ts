/**
 * Text towers at their published size, of random weights, on wasm: short labels in turns with texts that fill the context,
 * which take as long as every text did when all ids were computed. In Node. `npm run bench -- texts`.
 */
import os from 'node:os';
import { readArchitecture, type TextArchitecture } from '../src/clip/architecture';
import { nodeRuntime } from '../src/clip/session-node';
import { openTextTower } from '../src/clip/towers';
import { textTensors } from '../src/clip/weights/tensors';
import type { Arithmetic } from '../src/clip/weights/weights';
import published from '../tools/zoo/published.json';
import { randomWeights } from './random-weights';
import { summary, writeResult } from './result';

const NAMES = ['ViT-B-32', 'ViT-L-14', 'ViT-H-14'] as const;
const ROUNDS = 5;
/** As many as the page asks for in one call. */
const TEXTS = 16;
/** "a photo of a cat" and its two ends. */
const SHORT = 7;

const threads = os.availableParallelism();
const runtime = { ort: await nodeRuntime(threads), provider: { name: 'wasm' } } as const;
const figures: Record<string, unknown> = {};
for (const name of NAMES) {
  console.error(name);
  figures[name] = { fp32: await speed(name, 'fp32'), int8: await speed(name, 'int8') };
}
await writeResult('texts', `Node ${process.version}`, { threads, texts: TEXTS, tokens: SHORT, ...figures });

async function speed(name: (typeof NAMES)[number], arithmetic: Arithmetic): Promise<object> {
  const { text } = readArchitecture({ model_cfg: published.architectures[name].model_cfg });
  const tower = await openTextTower({ ...runtime, arithmetic }, text, await randomWeights(textTensors(text)));
  const kinds = { short: SHORT, full: text.contextLength };
  const counts = { 'one text': 1, [`${TEXTS} texts`]: TEXTS };
  const result: Record<string, unknown> = {};
  for (const [label, count] of Object.entries(counts)) {
    const took: Record<keyof typeof kinds, number[]> = { short: [], full: [] };
    for (let round = -1; round < ROUNDS; round++) {
      for (const kind of ['short', 'full'] as const) {
        const ids = texts(count, kinds[kind], text);
        const began = performance.now();
        await tower.encode(ids, count);
        // The first starts threads and compiles.
        if (round >= 0) took[kind].push((performance.now() - began) / count);
      }
    }
    result[label] = {
      'milliseconds a text, short': summary(took.short),
      'milliseconds a text, full': summary(took.full),
      'times as fast': summary(took.full.map((full, round) => full / took.short[round]!)),
    };
  }
  await tower.release();
  return result;
}

/** `count` texts of `tokens` ids, the last of which ends a text: the largest id there is. */
function texts(count: number, tokens: number, { contextLength, vocabSize }: TextArchitecture): Int32Array {
  const ids = new Int32Array(count * contextLength);
  for (let at = 0; at < count; at++) {
    ids.fill(at + 1, at * contextLength, at * contextLength + tokens - 1);
    ids[at * contextLength + tokens - 1] = vocabSize - 1;
  }
  return ids;
}
