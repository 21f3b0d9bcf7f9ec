import { describe, expect, it } from 'vitest';
import { inTurns, type Photos } from '../../bench/peer-rounds';
import type { Side, Turn } from '../../bench/peer-sides';

const EXACT = new Map([
  ['one', [1, 0]],
  ['two', [0, 1]],
]);
const PHOTOS: Photos[] = [{ size: [4, 3], files: ['a.jpg', 'b.jpg'], exact: EXACT }];

/** A side that embeds so many photos a second in each round, and notes when it is asked. */
function side(name: string, speeds: readonly number[], order: string[], rows: Turn['rows'] = EXACT): Side {
  const left = [...speeds];
  return {
    name,
    warmUp: () => Promise.resolve(),
    turn() {
      order.push(name);
      const whole = left.shift()!;
      return Promise.resolve({ whole, tower: 20, prepare: 10, batch: 4, rows });
    },
    close: () => Promise.resolve(),
  };
}

describe('sides in turns', () => {
  it('begin each round with another, and are compared round by round', async () => {
    const order: string[] = [];
    const sides = [side('ours', [4, 6, 9], order), side('peer', [2, 3, 3], order)];
    const speed = await inTurns(sides, PHOTOS, 3, ['peer'], () => undefined);
    expect(order).toEqual(['ours', 'peer', 'peer', 'ours', 'ours', 'peer']);
    const { ours, peer } = speed['4 x 3']!;
    expect(ours!.photosPerSecond).toEqual({ median: 6, spread: 5, values: [4, 6, 9] });
    expect(ours!.times).toEqual({ peer: { median: 2, spread: 1, values: [2, 2, 3] } });
    expect(ours!.bySlower.values).toEqual([0.4, 0.6, 0.9]);
    expect(ours!.byBoth.median).toBeCloseTo(0.9);
    expect(peer!.times).toEqual({});
  });

  it('are as near to the exact embeddings as the farthest of theirs', async () => {
    const rows = new Map([
      ['one', [1, 0]],
      ['two', [3, 4]],
    ]);
    const speed = await inTurns([side('ours', [1], [], rows)], PHOTOS, 1, [], () => undefined);
    expect(speed['4 x 3']!['ours']!.cosine).toEqual({ worst: 0.8, median: 0.9 });
  });

  it('must have an embedding of every photo', async () => {
    const rows = new Map([['one', [1, 0]]]);
    await expect(inTurns([side('ours', [1], [], rows)], PHOTOS, 1, [], () => undefined)).rejects.toThrow(
      'The photo two has no embedding',
    );
  });
});
