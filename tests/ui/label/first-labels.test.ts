import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ALBUM_LABELS } from '../../../src/ui/label/first-labels';

const ALONE = (
  JSON.parse(readFileSync('static/album/captions.json', 'utf8')) as {
    caption: string;
    objects: { count: number }[];
  }[]
)
  .filter(({ objects }) => objects.length === 1 && objects[0]!.count === 1)
  .map(({ caption }) => caption);

it('there is a label for everything that the album shows alone, and for nothing else', () => {
  const names = (label: string) => new RegExp(`(?<!hot )\\b${label}\\b`);
  expect(ALONE.filter((caption) => !ALBUM_LABELS.some((label) => names(label).test(caption)))).toEqual([]);
  expect(ALBUM_LABELS.filter((label) => !ALONE.some((caption) => names(label).test(caption)))).toEqual([]);
});
