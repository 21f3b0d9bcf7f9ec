/** Writes the self-check's expected embeddings, computed on wasm in Node: `tsx tools/make-self-check.ts`. */
import { writeFileSync } from 'node:fs';
import { nodeRuntime } from '../src/clip/session-node';
import { runCheckTowers } from '../src/clip/self-check';

const embeddings = await runCheckTowers({ ort: await nodeRuntime(1), provider: { name: 'wasm' } });
const rounded = Object.fromEntries(
  Object.entries(embeddings).map(([name, values]) => [name, values.map((value) => Number(value.toFixed(6)))]),
);
writeFileSync(
  new URL('../src/clip/self-check.expected.json', import.meta.url),
  `${JSON.stringify(rounded)}\n`,
);
