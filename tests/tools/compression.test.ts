import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compressBuild, compressedBytes } from '../../tools/compression.js';

let dist: string;
beforeEach(async () => {
  dist = await mkdtemp(path.join(tmpdir(), 'clipscope-'));
  await mkdir(path.join(dist, 'models'));
});
afterEach(() => rm(dist, { recursive: true }));

/** Calls the plugin's hooks as a build does. */
async function build(): Promise<void> {
  const plugin = compressBuild() as unknown as Record<
    'writeBundle' | 'closeBundle',
    (made?: object) => unknown
  >;
  plugin.writeBundle({ dir: dist });
  await plugin.closeBundle();
}

test('the build compresses what is large and shrinks, beside it', async () => {
  const large = Buffer.alloc(1_500_000, 'clip');
  for (const name of ['engine.wasm', 'models/a.safetensors', 'photo.webp']) {
    await writeFile(path.join(dist, name), large);
  }
  await writeFile(path.join(dist, 'index.html'), 'small');
  await writeFile(path.join(dist, 'models/b.safetensors'), Buffer.alloc(17_000_000));
  await build();
  expect((await readdir(dist, { recursive: true })).filter((name) => name.endsWith('.br')).sort()).toEqual([
    'engine.wasm.br',
    path.join('models', 'a.safetensors.br'),
  ]);
  expect(brotliDecompressSync(await readFile(path.join(dist, 'engine.wasm.br')))).toEqual(large);
});

test('what the build has compressed is not compressed again', async () => {
  const file = path.join(dist, 'engine.wasm');
  await writeFile(file, 'wasm');
  expect(brotliDecompressSync(await compressedBytes(file, 'br')).toString()).toBe('wasm');
  await writeFile(`${file}.br`, 'of the build');
  expect((await compressedBytes(file, 'br')).toString()).toBe('of the build');
});
