import { expect, it } from 'vitest';
import { hubBytes } from '../../../../src/ui/compare/benchmarks/hub-bytes';

const files = [
  { path: 'classnames.txt', byteLength: 90 },
  { path: 'test/0.tar', byteLength: 10_240 },
  { path: 'test/1.tar', byteLength: 20_480 },
  { path: 'train/0.tar', byteLength: 102_400 },
];

it.each([
  ['test', 30_720],
  ['train', 102_400],
  ['val', undefined],
])('of %s are %s', (split, bytes) => {
  expect(hubBytes({ files }, split)).toBe(bytes);
});
