import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { descending, topK } from '../../src/evaluation/torch-order';

interface Case {
  readonly scores: readonly number[];
  readonly k: number;
  readonly topk: readonly number[];
  readonly sort: readonly number[];
}

/** Made by `tools/oracles/torch_order.py`. */
const cases = JSON.parse(readFileSync('tests/fixtures/evaluation/orders.json', 'utf8')) as Case[];

describe('scores of which many are equal stand as in PyTorch', () => {
  it('the first k', () => {
    for (const { scores, k, topk } of cases)
      expect([...topK(scores, k)], JSON.stringify(scores)).toEqual(topk);
  });

  it('all of them', () => {
    for (const { scores, sort } of cases)
      expect([...descending(scores)], JSON.stringify(scores)).toEqual(sort);
  });

  it('more than there are is refused', () => {
    expect(() => topK([1, 2], 3)).toThrow(new RangeError('There are no 3 best of 2'));
  });
});
