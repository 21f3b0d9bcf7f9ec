import { readFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { CHECK_TOLERANCE, checkTowers, type CheckEmbeddings } from '../../src/clip/self-check';
import { nodeRuntime } from '../../src/clip/session-node';
import { openImageTower, openTextTower } from '../../src/clip/towers';
import { mulberry32 } from '../../src/core/random';
import { cosine, largestDifference } from '../../src/core/vectors';
import { builtInModel } from '../engine/fakes';

const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' }, arithmetic: 'int8' } as const;

describe('towers in int8 arithmetic', () => {
  it('give nearly what fp32 gives, in every storage precision', async () => {
    const expected = JSON.parse(
      await readFile('src/clip/self-check.expected.json', 'utf8'),
    ) as CheckEmbeddings;
    for await (const [name, rows] of checkTowers(runtime)) {
      const difference = largestDifference(rows, expected[name] ?? []);
      expect(difference, name).toBeLessThan(CHECK_TOLERANCE.int8);
      // Not fp32 under another name.
      expect(difference, name).toBeGreaterThan(1e-4);
    }
  });

  it('of a built-in model, as the page opens it, need no Cast, which is slow to compile', async () => {
    const { architecture, image, text } = await builtInModel('fp16-storage');
    if (text === undefined) throw new Error('no text tower');
    const created = vi.spyOn(runtime.ort.InferenceSession, 'create');
    const towers = [
      await openImageTower(runtime, architecture.vision, image),
      await openTextTower(runtime, architecture.text, text),
    ];
    const graphs = created.mock.calls.map(([graph]) => new TextDecoder('latin1').decode(graph));
    created.mockRestore();
    expect(graphs).toHaveLength(2);
    for (const graph of graphs) {
      expect(graph).toContain('QuantizeLinear');
      expect(graph).not.toContain('Cast');
    }
    for (const tower of towers) await tower.release();
  });

  it('give a picture and a text the same row to the bit, whatever stands beside them', async () => {
    const { architecture, image, text, tokenizer } = await builtInModel();
    const { vision } = architecture;
    const random = mulberry32(3);
    const size = 3 * vision.imageSize[0] * vision.imageSize[1];
    const noise = (scale: number) => Float32Array.from({ length: size }, () => (random() - 0.5) * scale);
    const own = noise(4);
    const quiet = noise(0.1);
    const loud = noise(400);
    const pictures = await openImageTower(runtime, vision, image);
    const rowOf = async (beside: Float32Array) => {
      const pair = new Float32Array(2 * size);
      pair.set(own);
      pair.set(beside, size);
      return (await pictures.encode(pair, 2)).subarray(0, vision.outputDim);
    };
    const row = await rowOf(quiet);
    expect(await rowOf(loud)).toEqual(row);
    expect(cosine(await pictures.encode(own, 1), row)).toBeGreaterThan(0.999999);
    await pictures.release();

    if (text === undefined) throw new Error('no text tower');
    const texts = await openTextTower(runtime, architecture.text, text);
    const textRow = async (beside: string) =>
      (await texts.encode(tokenizer.encode(['a photo of a cat', beside]), 2)).subarray(0, vision.outputDim);
    const alone = await textRow('');
    // Only what the longest needs is computed.
    for (let words = 1; words <= architecture.text.contextLength; words++)
      expect(await textRow('boat '.repeat(words)), `${words} words`).toEqual(alone);
    await texts.release();
  });
});
