import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src/clip/session-node';
import { readCheckpoint } from '../../src/clip/checkpoint';
import { openImageTower, openTextTower, type Runtime, type TowerWeights } from '../../src/clip/towers';
import {
  memoryFiles,
  readTensor32,
  storeTensors,
  type Arithmetic,
  type Precision,
  type StoredTensor,
} from '../../src/clip/weights/weights';
import { bufferSource } from '../../src/formats/byte-source';
import { readFloats, readJson, readText } from '../../tools/conformance/fixtures';
import { nodeFixtures } from '../../tools/conformance/node-fixtures';
import { largestDifference } from '../../src/core/vectors';
import { nothingComputed, type CaseResult } from '../../tools/conformance/result';
import { runTowers } from '../../tools/conformance/towers';

const fixtures = nodeFixtures(path.resolve('tests/fixtures'), undefined);

async function runAll(
  precision: Precision,
  arithmetic: Arithmetic = 'fp32',
  folder?: string,
): Promise<CaseResult[]> {
  const cases = folder === undefined ? fixtures : nodeFixtures(path.resolve(folder), undefined);
  const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' }, arithmetic } as const;
  const results: CaseResult[] = [];
  for await (const result of runTowers(cases, runtime, precision, nothingComputed())) results.push(result);
  return results;
}

describe('towers written from OpenCLIP checkpoints, on wasm', () => {
  it('give the embeddings of OpenCLIP', async () => {
    const results = await runAll('fp32');
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(results.length).toBeGreaterThanOrEqual(25);
    expect(results.map(({ name }) => name)).toContain('vit-gelu/resized');
  });

  it('give the embeddings of OpenCLIP for the other kinds of towers in its zoo', async () => {
    const results = await runAll('fp32', 'fp32', 'tests/fixtures/zoo');
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
    const names = new Set(results.map(({ name }) => name));
    for (const folder of readdirSync('tests/fixtures/zoo/towers')) expect(names).toContain(folder);
  });

  it('give the embeddings of transformers for checkpoints that it saved', async () => {
    const results = await runAll('fp32', 'fp32', 'tests/fixtures/hf-form');
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(results.map(({ name }) => name)).toEqual(readdirSync('tests/fixtures/hf-form/towers').sort());
  });

  it('lose nothing to fp16 storage where the checkpoint is fp16', async () => {
    const results = await runAll('fp16-storage');
    expect(results.filter(({ status }) => status === 'failed')).toEqual([]);
    const stored = results.find(({ name }) => name === 'vit-quickgelu-fp16');
    expect(stored?.difference).toBeLessThan(2e-5);
  });

  it.each(['q8', 'q4'] as const)('compute with just the values that %s keeps', async (precision) => {
    const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' } } as const;
    // Widths of 50 and 33: rows that end within a block.
    for (const name of ['odd-widths', 'custom-text', 'siglip-cut-edge']) {
      const kept = await encodeAs(name, precision, runtime, (weights) => Promise.resolve(weights));
      const widened = await encodeAs(name, precision, runtime, widenAll);
      expect(largestDifference(kept, widened)).toBeLessThan(2e-6);
      const original = await encodeAs(name, 'fp32', runtime, (weights) => Promise.resolve(weights));
      expect(largestDifference(kept, Array.from(original))).toBeGreaterThan(1e-4);
    }
  });

  it('give in fp16 arithmetic what fp32 gives, to the rounding', async () => {
    const results = await runAll('fp16-storage', 'fp16');
    expect(results.filter(({ status }) => status === 'failed')).toEqual([]);
    const plain = await runAll('fp16-storage');
    const differs = (list: CaseResult[]) => list.map(({ difference }) => difference);
    expect(differs(results)).not.toEqual(differs(plain));
  });
});

/** The embeddings of a fixture's pictures and texts, one after the other, with both towers' weights changed first. */
async function encodeAs(
  name: string,
  precision: Precision,
  runtime: Runtime,
  change: (weights: TowerWeights) => Promise<TowerWeights>,
): Promise<Float32Array> {
  const folder = `towers/${name}`;
  const source = bufferSource(await fixtures.bytes(`${folder}/open_clip_model.safetensors`));
  const config = await readText(fixtures, `${folder}/open_clip_config.json`);
  const { architecture, tensors } = await readCheckpoint(config, source);
  const weights = async (tower: 'image' | 'text') => {
    const { append, files } = memoryFiles(tower);
    return change({ tensors: await storeTensors(source, tensors[tower], precision, append), files });
  };
  const pixels = await readFloats(fixtures, `${folder}/pixels.f32.bin`);
  const { token_ids: ids } = await readJson<{ token_ids: number[][] }>(fixtures, `${folder}/expected.json`);
  const image = await openImageTower(runtime, architecture.vision, await weights('image'));
  const [height, width] = architecture.vision.imageSize;
  const pictures = await image.encode(pixels, pixels.length / (3 * height * width));
  const text = await openTextTower(runtime, architecture.text, await weights('text'));
  const texts = await text.encode(Int32Array.from(ids.flat()), ids.length);
  await Promise.all([image.release(), text.release()]);
  return Float32Array.from([...pictures, ...texts]);
}

/** The same weights as fp32 numbers. */
async function widenAll(weights: TowerWeights): Promise<TowerWeights> {
  const { append, files } = memoryFiles('wide');
  const tensors: StoredTensor[] = [];
  for (const tensor of weights.tensors) {
    const values = await readTensor32(weights, tensor);
    const { name, shape } = tensor;
    const place = await append(new Uint8Array(values.buffer));
    tensors.push({ name, shape, dtype: 'F32', ...place, byteLength: values.byteLength });
  }
  return { tensors, files };
}
