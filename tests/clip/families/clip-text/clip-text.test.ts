import { describe, expect, it } from 'vitest';
import { readArchitecture, type TextArchitecture } from '../../../../src/clip/architecture';
import { textFamily } from '../../../../src/clip/families/text-families';
import { nodeRuntime } from '../../../../src/clip/session-node';
import { openTextTower } from '../../../../src/clip/towers';
import { cosine, largestDifference } from '../../../../src/core/vectors';
import { builtInModel } from '../../../engine/fakes';

/** A tower with a context of 6; `eos_id` is 2, and 9 the largest id of its vocabulary. */
function tower(settings: object): TextArchitecture {
  const text_cfg = { context_length: 6, vocab_size: 10, width: 4, heads: 1, layers: 1, ...settings };
  const vision_cfg = { image_size: 8, patch_size: 8, width: 4, layers: 1, head_width: 4 };
  return readArchitecture({ model_cfg: { embed_dim: 4, vision_cfg, text_cfg } }).text;
}

const IDS = Int32Array.from([8, 3, 9, 0, 0, 0, 8, 3, 4, 9, 0, 0]);

describe('the ids that an embedding depends on', () => {
  it.each([
    ['until the end of the longest text', {}, 4],
    ['the first alone', { pool_type: 'first' }, 1],
    ['until the id that ends a text', { pool_type: 'eos', eos_id: 3 }, 2],
    ['all, if the last is read', { pool_type: 'last' }, 6],
    ['all, if each token sees all others', { no_causal_mask: true }, 6],
    ['all, if a class token behind them is read', { embed_cls: true }, 6],
  ])('are %s', (_, settings, needed) => {
    const text = tower(settings);
    expect(textFamily(text).needed(text, IDS)).toBe(needed);
  });

  it('are up to the first of the largest ids, even if that is padding', () => {
    const text = tower({});
    expect(textFamily(text).needed(text, new Int32Array(6))).toBe(1);
    expect(textFamily(text).needed(text, Int32Array.from([8, 9, 9, 9, 9, 9]))).toBe(2);
  });
});

it('gives a text the same embedding alone and beside one that fills the context', async () => {
  const { architecture, text: weights, tokenizer } = await builtInModel();
  const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' } } as const;
  const { text } = architecture;
  if (weights === undefined) throw new Error('no text tower');
  const opened = await openTextTower(runtime, text, weights);
  const long = Array.from({ length: text.contextLength }, () => 'boat').join(' ');
  const ids = tokenizer.encode(['a cat', long]);
  const { needed } = textFamily(text);
  expect(needed(text, ids)).toBe(text.contextLength);
  expect(needed(text, tokenizer.encode(['a cat']))).toBeLessThan(6);
  const both = await opened.encode(ids, 2);
  const alone = await opened.encode(tokenizer.encode(['a cat']), 1);
  expect(largestDifference(alone, Array.from(both.subarray(0, text.outputDim)))).toBeLessThan(1e-6);
  // What stands behind the end of a text changes nothing; what stands before it does.
  expect(cosine(alone, both.subarray(text.outputDim))).toBeLessThan(0.9);
  await opened.release();
});
