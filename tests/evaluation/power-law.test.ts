import { describe, expect, it } from 'vitest';
import { binnedFit, bootstrap, leastSquaresFit, predict } from '../../src/evaluation/power-law';
import paper from '../../src/ui/compare/scaling/paper-points.json' with { type: 'json' };

type Set = keyof (typeof paper.models)[number]['accuracy'];

/** The paper's points of a data set: those of OpenAI's models, or those of LAION's. */
function pointsOf(set: Set, isOpenAi: boolean) {
  const models = paper.models.filter(({ data }) => (data === 'CLIP-WIT') === isOpenAi);
  return {
    compute: models.map(({ gmacs }) => gmacs),
    error: models.map(({ accuracy }) => 1 - accuracy[set]),
  };
}

/** As printed beside the paper's figures. */
const PAPER: [set: Set, alpha: number, beta: number, openAi: readonly [alpha: number, beta: number]][] = [
  ['imagenet1k', -0.1114, 5.858, [-0.1638, 23.18]],
  ['imagenet_robustness', -0.1255, 11.61, [-0.2378, 211.7]],
  ['mscoco_captions', -0.0794, 2.75, [-0.0508, 1.589]],
  ['flickr30k', -0.1892, 15.51, [-0.1028, 2.208]],
  ['country211', -0.0416, 2.402, [-0.0793, 6.171]],
  ['vtab+', -0.0436, 1.562, [-0.0908, 5.557]],
];

/** To so many digits. */
const to = (digits: number, value: number | undefined) => Number(value?.toPrecision(digits));

describe("the paper's points", () => {
  it.each(PAPER)('give its own fits for %s', (set, alpha, beta, openAi) => {
    const fit = binnedFit(pointsOf(set, false));
    expect(fit?.alpha).toBeCloseTo(alpha, 4);
    expect(to(4, fit?.beta)).toBe(beta);
    const other = leastSquaresFit(pointsOf(set, true));
    expect(other?.alpha).toBeCloseTo(openAi[0], 4);
    expect(to(4, other?.beta)).toBe(openAi[1]);
  });

  it('give intervals around a fit, the same by the same seed', () => {
    const points = pointsOf('imagenet1k', false);
    const fit = leastSquaresFit(points)!;
    const found = bootstrap(points, leastSquaresFit, { draws: 200 })!;
    expect(found.alpha.low).toBeLessThan(fit.alpha);
    expect(found.alpha.high).toBeGreaterThan(fit.alpha);
    expect(found.beta.low).toBeLessThan(fit.beta);
    expect(bootstrap(points, leastSquaresFit, { draws: 200 })).toEqual(found);
    expect(bootstrap(points, leastSquaresFit, { draws: 200, seed: 2 })).not.toEqual(found);
  });
});

describe('a fit', () => {
  const law = { alpha: -0.2, beta: 4 };
  const compute = [1e3, 1e4, 1e6];
  const points = { compute, error: compute.map((value) => predict(law, value)) };

  it('finds the law that the points follow', () => {
    expect(leastSquaresFit(points)!.alpha).toBeCloseTo(law.alpha, 12);
    expect(leastSquaresFit(points)!.beta).toBeCloseTo(law.beta, 10);
  });

  it('needs points of different compute', () => {
    const same = { compute: [10, 10], error: [0.5, 0.4] };
    expect(leastSquaresFit(same)).toBeUndefined();
    expect(binnedFit(same)).toBeUndefined();
    expect(bootstrap(same, leastSquaresFit)).toBeUndefined();
    expect(leastSquaresFit({ compute: [], error: [] })).toBeUndefined();
  });

  it('refuses what has no logarithm', () => {
    expect(() => leastSquaresFit({ compute: [1, 2], error: [0, 0.5] })).toThrow(RangeError);
    expect(() => binnedFit({ compute: [1, 2], error: [0.5] })).toThrow('2 models, 1 errors');
  });
});

it.each([1e9, 2.7e9, 3.3e9, 12345678901])(
  'is no line where all compute is %s, whatever rounds',
  (compute) => {
    const points = { compute: [compute, compute, compute], error: [0.5, 0.31, 0.2] };
    expect(leastSquaresFit(points)).toBeUndefined();
    expect(binnedFit(points)).toBeUndefined();
  },
);
