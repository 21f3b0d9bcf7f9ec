import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { readArchitecture } from '../../src/clip/architecture';
import { resizedTowerWeights, withImageSize } from '../../src/clip/position-embedding';
import { resizePositions } from '../../src/clip/weights/positions';
import { dtypeFor, readTensor32, type Precision } from '../../src/clip/weights/weights';
import { float32ToFloat16 } from '../../src/formats/float16';
import { largestDifference } from '../../src/core/vectors';

interface Golden {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly prefix: number;
  readonly width: number;
  readonly values: readonly number[];
  readonly expected: readonly number[];
}

const golden = JSON.parse(readFileSync('tests/fixtures/positions.json', 'utf8')) as Golden[];
const POSITIONS = 'visual.positional_embedding';

test.each(golden)('positions of $from at $to ($prefix class tokens) are those of PyTorch', (one) => {
  const resized = resizePositions(Float32Array.from(one.values), one.from, one.to, one.width, one.prefix);
  expect(largestDifference(resized, one.expected)).toBeLessThan(1e-6);
});

/** A tower of 4 x 4 patches, 8 wide, of which only the position embedding is there. */
function tower(pool: 'tok' | 'map', precision: Precision, data: 'bytes' | 'blob') {
  const vision =
    pool === 'tok'
      ? { image_size: 32, layers: 1, width: 8, head_width: 8, patch_size: 8 }
      : {
          image_size: 32,
          timm_model_name: 'vit_base_patch16_siglip_224',
          timm_pool: 'map',
          timm_proj: 'none',
          timm_model_kwargs: { patch_size: 8, embed_dim: 8, num_heads: 1 },
        };
  const architecture = readArchitecture({
    model_cfg: { embed_dim: 8, vision_cfg: vision, text_cfg: { width: 8, heads: 1 } },
  });
  const shape = [pool === 'tok' ? 17 : 16, 8];
  const values = Float32Array.from({ length: shape[0]! * 8 }, (_, at) => ((at * 37) % 64) / 8);
  const dtype = dtypeFor(POSITIONS, shape, precision);
  const bytes = new Uint8Array((dtype === 'F16' ? float32ToFloat16(values) : values).buffer);
  const padded = new Uint8Array(bytes.length + 3);
  padded.set(bytes, 3);
  const tensor = { name: POSITIONS, dtype, shape, file: 'shard', offset: 3, byteLength: bytes.length };
  const other = { ...tensor, name: 'visual.proj' };
  const weights = {
    tensors: [other, tensor],
    files: [{ path: 'shard', data: data === 'blob' ? new Blob([padded]) : padded }],
  };
  return { architecture, values, weights, other };
}

describe('resizedTowerWeights', () => {
  it.each([
    ['tok', 'fp32', 'bytes'],
    ['tok', 'fp16-storage', 'blob'],
    ['map', 'q4', 'bytes'],
  ] as const)(
    'replaces the positions of a %s tower kept as %s in %s, and nothing else',
    async (pool, precision, place) => {
      const { architecture, values, weights, other } = tower(pool, precision, place);
      const wide = withImageSize(architecture, [24, 50]);
      expect(wide.vision.imageSize).toEqual([24, 50]);
      expect(wide.preprocess.size).toEqual([24, 50]);
      const resized = await resizedTowerWeights(weights, architecture, wide);
      const [first, positions] = resized.tensors;
      expect(first).toBe(other);
      const prefix = pool === 'tok' ? 1 : 0;
      expect(positions).toMatchObject({ name: POSITIONS, shape: [prefix + 18, 8] });
      expect(await readTensor32(resized, positions!)).toEqual(
        resizePositions(values, [4, 4], [3, 6], 8, prefix),
      );
    },
  );

  it('leaves a grid of as many patches alone where OpenCLIP does', async () => {
    const openClip = tower('tok', 'fp32', 'bytes');
    const flat = withImageSize(openClip.architecture, [16, 64]);
    expect(await resizedTowerWeights(openClip.weights, openClip.architecture, flat)).toBe(openClip.weights);
    const timm = tower('map', 'fp32', 'bytes');
    const resized = await resizedTowerWeights(
      timm.weights,
      timm.architecture,
      withImageSize(timm.architecture, [16, 64]),
    );
    expect(resized.files).toHaveLength(2);
  });

  it('refuses a picture smaller than a patch', () => {
    const { architecture } = tower('tok', 'fp32', 'bytes');
    expect(() => withImageSize(architecture, [32, 7])).toThrow(
      expect.objectContaining({ name: 'ModelUnknown' }),
    );
  });
});
