import { describe, expect, it } from 'vitest';
import { batchOf } from '../../../src/ui/indexing/picture-batch';
import { loadedModel } from '../fakes';

describe('batchOf', () => {
  it('lays pictures end to end', () => {
    const model = { preprocess: { ...loadedModel().preprocess, size: [1, 2] as const } };
    const batch = batchOf(model, [
      { pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) },
      { pixels: Uint8Array.of(7, 8, 9, 10, 11, 12) },
    ]);
    expect(batch).toMatchObject({ count: 2, height: 1, width: 2 });
    expect([...batch.data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });
});
