import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../../src/clip/architecture';
import { imageFamily } from '../../../src/clip/families/image-families';
import { partsOf } from '../../../src/clip/graph/tower-parts';
import { nodeRuntime } from '../../../src/clip/session-node';
import { openImageTower } from '../../../src/clip/towers';
import { imageFixture } from '../../helpers/tower-fixture';
import { MODEL_CONFIGS } from '../../../tools/make-checkpoint';

describe('the parts of an image tower', () => {
  it.each([
    ['ViT-B-32', [3, 3, 3, 3]],
    ['ViT-B-16', [2, 2, 2, 2, 2, 2]],
    ['ViT-L-14', [3, 3, 3, 3, 3, 3, 3, 3]],
    ['ViT-H-14', [4, 4, 4, 4, 4, 4, 4, 4]],
    ['ViT-B-16-SigLIP', [2, 2, 2, 2, 2, 2]],
  ])('of %s', (name, layers) => {
    const { vision } = readArchitecture(MODEL_CONFIGS[name]);
    const { work } = imageFamily(vision).steps(vision, 'split');
    expect(partsOf(work).map(({ from, to }) => to - from)).toEqual(layers);
  });

  it('follow each other to the last layer; a small tower has one', () => {
    expect(partsOf(new Array<number>(14).fill(4e8))).toEqual([
      { from: 0, to: 3 },
      { from: 3, to: 6 },
      { from: 6, to: 9 },
      { from: 9, to: 12 },
      { from: 12, to: 14 },
    ]);
    expect(partsOf(new Array<number>(12).fill(3e7))).toEqual([{ from: 0, to: 12 }]);
    // Steps of unequal work: a large one closes its part.
    expect(partsOf([1e8, 2e9, 1e8, 1e8])).toEqual([
      { from: 0, to: 2 },
      { from: 2, to: 4 },
    ]);
  });

  // One of each pool, with and without a norm before the blocks, of two layers and more.
  it.each([
    ['vit-gelu', 'fp32'],
    ['vit-gelu', 'int8'],
    ['avg-pool-norm-first', 'fp16-storage'],
    ['siglip-cut-edge', 'q8'],
    ['odd-widths', 'q4'],
    ['eva02-stretched', 'int8'],
    ['eva02-e', 'fp32'],
    ['pe-core-b', 'q8'],
    ['siglip2-naflex', 'int8'],
    // Steps of other shapes than the one before.
    ['convnext-base-w', 'fp32'],
    ['convnext-base-w', 'int8'],
    ['convnext-large-d', 'q8'],
    ['rn101', 'fp32'],
    ['mobileclip-b', 'int8'],
    ['mobileclip2-s3', 'int8'],
    ['fastvit-folded', 'fp32'],
    ['vitamin-l', 'int8'],
    ['vitamin-xl-non-square', 'q4'],
  ] as const)('give what the tower gives, to the bit: %s, %s', async (name, how) => {
    const precision = how === 'int8' ? 'fp32' : how;
    const { vision, weights, pixels, count } = await imageFixture(name, precision);
    const arithmetic = how === 'int8' ? 'int8' : 'fp32';
    const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' }, arithmetic } as const;
    const { work } = imageFamily(vision).steps(vision, 'split');
    const each = work.map((_, at) => ({ from: at, to: at + 1 }));
    expect(each.length).toBeGreaterThan(1);

    const whole = await openImageTower(runtime, vision, weights);
    const parted = await openImageTower(runtime, vision, weights, undefined, each);
    let pauses = 0;
    const rows = await parted.encode(pixels, count, async () => void pauses++);
    expect(rows).toEqual(await whole.encode(pixels, count));
    expect(pauses).toBe(each.length - 1);
    await Promise.all([whole.release(), parted.release()]);
  });
});
