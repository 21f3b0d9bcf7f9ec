import { describe, expect, it } from 'vitest';
import { holdOut } from '../../src/evaluation/held-out';

const targets = Int32Array.from('aaaaaaabbbccd', (letter) => letter.charCodeAt(0) - 97);

describe('holdOut', () => {
  it('takes half of each class, of an odd number the smaller half', () => {
    const { train, test } = holdOut(targets, 50, 1);
    const count = (indices: Int32Array) =>
      [0, 1, 2, 3].map((one) => [...indices].filter((at) => targets[at] === one).length);
    expect(count(test)).toEqual([3, 1, 1, 0]);
    expect(count(train)).toEqual([4, 2, 1, 1]);
    expect([...train, ...test].sort((a, b) => a - b)).toEqual([...targets.keys()]);
  });

  it('takes no more than asked', () => {
    expect(holdOut(targets, 2, 1).test).toHaveLength(4);
  });

  it('draws by its seed alone', () => {
    expect(holdOut(targets, 50, 7)).toEqual(holdOut(targets, 50, 7));
    const drawn = [1, 2, 3, 4, 5, 6].map((seed) => holdOut(targets, 50, seed).test.join());
    expect(new Set(drawn).size).toBeGreaterThan(1);
  });
});
