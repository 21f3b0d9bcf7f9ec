import { expect, it } from 'vitest';
import { probeProbabilities } from '../../src/evaluation/probe-answers';

const probe = {
  classes: 3,
  dim: 2,
  weight: Float32Array.of(4, 0, 0, 4, 1, 1),
  bias: Float32Array.of(0, 1, -1),
};

it('gives the softmax of the logits, as torch does', () => {
  const rows = { count: 2, dim: 2, data: Float32Array.of(1, 0, 0.6, 0.8) };
  // torch.softmax(rows @ weight.T + bias, 1)
  const expected = [0.9362395, 0.0466126, 0.0171478, 0.1391792, 0.8419849, 0.0188359];
  for (const [at, value] of probeProbabilities(rows, probe).entries()) {
    expect(value).toBeCloseTo(expected[at]!, 5);
  }
});

it('keeps to numbers where logits are huge', () => {
  const loud = { ...probe, weight: probe.weight.map((value) => value * 1e4) };
  expect([...probeProbabilities({ count: 1, dim: 2, data: Float32Array.of(1, 0) }, loud)]).toEqual([1, 0, 0]);
});

it('refuses rows of another length', () => {
  const rows = { count: 1, dim: 3, data: Float32Array.of(1, 0, 0) };
  expect(() => probeProbabilities(rows, probe)).toThrow('A probe of 2 numbers was given rows of 3');
});
