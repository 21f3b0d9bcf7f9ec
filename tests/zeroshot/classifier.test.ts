import { describe, expect, test } from 'vitest';
import { classifierRow, rank, sigmoid, softmax } from '../../src/zeroshot/classifier';
import { golden, goldenBlocks } from './golden';
import { largestDifference } from '../../src/core/vectors';

function unit(values: readonly number[]): number[] {
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

describe('classifier row', () => {
  test('is the mean of the embeddings, at unit length', () => {
    const row = classifierRow(Float32Array.of(1, 0, 0, 0, 1, 0), 3);
    expect(largestDifference(row, [Math.SQRT1_2, Math.SQRT1_2, 0])).toBeLessThan(1e-7);
  });

  test('of one template is that embedding', () => {
    const embedding = Float32Array.from(golden.single_1.class_weights[0]!);
    expect(largestDifference(classifierRow(embedding, embedding.length), embedding)).toBeLessThan(1e-7);
  });

  test('of many dimensions and templates keeps its precision', () => {
    const dim = 1280;
    const templates = Array.from({ length: 80 }, (_, t) =>
      Float32Array.from({ length: dim }, (_, i) => Math.sin(i * 12.9898 + t * 78.233)),
    );
    const units = templates.map((row) => unit([...row]));
    const sum = Array.from({ length: dim }, (_, i) => units.reduce((total, row) => total + row[i]!, 0));
    const expected = unit(sum);
    const stacked = Float32Array.from(units.flat());
    expect(largestDifference(classifierRow(stacked, dim), expected)).toBeLessThan(1e-7);
  });

  test('of embeddings that cancel out is zero, not NaN', () => {
    expect([...classifierRow(Float32Array.of(1, 0, -1, 0), 2)]).toEqual([0, 0]);
  });
});

test('of a model with a logit bias each label is judged by itself (torch.sigmoid, SigLIP’s scale and bias)', () => {
  const given = sigmoid([0.14, 0.11, 0.02, -0.05], 117.33077, -12.932339);
  const torch = [0.9705156753504488, 0.49351178921469896, 2.5273633142344996e-5, 6.85095685990052e-9];
  expect(largestDifference(given, torch)).toBeLessThan(1e-12);
});

describe.each(goldenBlocks)('probabilities as OpenCLIP gives them, %s', (_name, block) => {
  test('at the checkpoint’s own logit scale', () => {
    block.cosine.forEach((cosines, picture) => {
      const expected = block.softmax_logit_scale[picture]!;
      expect(largestDifference(softmax(cosines, golden.logit_scale_exp), expected)).toBeLessThan(1e-6);
    });
  });

  test('at a logit scale of 100', () => {
    block.cosine.forEach((cosines, picture) => {
      expect(largestDifference(softmax(cosines, 100), block.softmax_100[picture]!)).toBeLessThan(1e-6);
    });
  });

  test('from the embeddings onwards', () => {
    golden.image_embed_norm.forEach((image, picture) => {
      const cosines = block.class_weights.map((row) => row.reduce((sum, w, i) => sum + w * image[i]!, 0));
      expect(largestDifference(cosines, block.cosine[picture]!)).toBeLessThan(1e-6);
    });
  });
});

describe('softmax', () => {
  test('does not overflow', () => {
    expect([...softmax([1, -1, 1], 1e6)]).toEqual([0.5, 0, 0.5]);
  });

  test('adds up to 1', () => {
    const cosines = Array.from({ length: 1000 }, (_, i) => Math.sin(i));
    expect(softmax(cosines, 100).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  });

  test('of nothing is nothing', () => {
    expect(softmax([], 100).length).toBe(0);
  });
});

test('labels are ranked by falling probability, equal ones in their order', () => {
  expect(rank(['a', 'b', 'c', 'd'], [0.1, 0.4, 0.1, 0.4])).toEqual([
    { label: 'b', probability: 0.4 },
    { label: 'd', probability: 0.4 },
    { label: 'a', probability: 0.1 },
    { label: 'c', probability: 0.1 },
  ]);
});
