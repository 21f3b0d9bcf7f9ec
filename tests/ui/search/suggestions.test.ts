import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../../src/search/query';
import { suggestionsFor } from '../../../src/ui/search/suggestions';

describe.each([true, false])('the suggestions of a library, where it holds the album: %s', (hasAlbum) => {
  const [thing, coloured, counted, kind, without] = suggestionsFor(hasAlbum);

  it('show what a search can do', () => {
    expect(thing).toMatch(/^a \w+$/);
    expect(coloured).toMatch(/^a red \w+$/);
    expect(counted).toMatch(/^two \w+$/);
    expect(kind).toMatch(/^something to /);
    expect(parseQuery(without).map(({ weight }) => Math.sign(weight))).toEqual([1, -1]);
  });

  it('are read as they stand', () => {
    for (const line of [thing, coloured, counted, kind])
      expect(parseQuery(line)).toEqual([{ text: line, weight: 1 }]);
  });
});

it('what is suggested for the album is there three times and more', () => {
  const listed = JSON.parse(readFileSync('static/album/captions.json', 'utf8')) as {
    caption: string;
    objects: { name: string; count: number }[];
  }[];
  const shown = (name: string) =>
    listed.filter(({ objects }) => objects.some((one) => one.name === name)).length;
  expect(shown('cat')).toBeGreaterThanOrEqual(3);
  expect(shown('red apple')).toBeGreaterThanOrEqual(3);
  expect(
    listed.filter(({ objects }) => objects.some(({ name, count }) => name === 'cat' && count === 2)).length,
  ).toBeGreaterThanOrEqual(3);
});
