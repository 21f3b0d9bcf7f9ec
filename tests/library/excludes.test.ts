import { expect, test } from 'vitest';
import { excluder } from '../../src/library/excludes';
import golden from '../fixtures/excludes.json' with { type: 'json' };

test.each(golden.cases.map(({ patterns, excluded }) => [patterns, excluded] as const))(
  '%j leaves out what git does',
  (patterns, excluded) => {
    const excludes = excluder(patterns);
    expect(golden.paths.filter(excludes)).toEqual(excluded);
    // The same ones judge path after path.
    expect(golden.paths.toReversed().filter(excludes)).toEqual(excluded.toReversed());
  },
);

test.each([
  ['./raw', 'raw/a.jpg', true],
  ['./raw', '2020/raw/a.jpg', false],
  ['caf\u00e9', 'cafe\u0301/a.jpg', true],
  ['cafe\u0301', 'CAF\u00c9/a.jpg', true],
  ['a\\', 'a.jpg', false],
  ['[z-a].jpg', 'b.jpg', false],
  ['*.png', '../a.png', true],
])('%s and %s: %s', (pattern, path, excluded) => {
  expect(excluder([pattern])(path)).toBe(excluded);
});
