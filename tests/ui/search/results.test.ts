import { beforeEach, expect, it } from 'vitest';
import type { Photo } from '../../../src/ui/photos/photo';
import { Results } from '../../../src/ui/search/results.svelte';
import type { Answer } from '../../../src/ui/search/search.svelte';

const DAY = 86_400_000;

function photo(id: number, day: number, folder = 1): Photo {
  const size = { width: 4, height: 3 };
  return { id, folder, path: `${id}.jpg`, name: `${id}.jpg`, bytes: 1, modified: 0, taken: day * DAY, size };
}

const photos = [photo(0, 5), photo(1, 9), photo(3, 1, 2), photo(4, 5, 2)];
let answer: Answer | undefined;
let asked = 0;
let limit = 200;
let results: Results;

beforeEach(() => {
  answer = undefined;
  asked = 0;
  limit = 200;
  const get = (id: number) => photos.find((one) => one.id === id);
  results = new Results({
    photos: { list: photos, get },
    search: () => ({ answer, limit, update: () => asked++ }),
  });
});

const shown = () => results.shown.map(({ photo: { id } }) => id);

it('shows all photos as they came, or by date', () => {
  expect(shown()).toEqual([0, 1, 3, 4]);
  results.orderBy('newest');
  expect(shown()).toEqual([1, 0, 4, 3]);
  results.orderBy('oldest');
  expect(shown()).toEqual([3, 0, 4, 1]);
});

it('shows an answer by match, or by date, without photos that are gone', () => {
  const matches = [4, 2, 1, 3].map((id) => ({ id, score: 1 - id / 10 }));
  answer = { question: { text: 'x', examples: [] }, matches, indexed: 4, isAll: true };
  expect(results.shown.map(({ photo: { id }, cosine }) => [id, cosine])).toEqual([
    [4, 0.6],
    [1, 0.9],
    [3, 0.7],
  ]);
  results.orderBy('newest');
  expect(shown()).toEqual([1, 4, 3]);
  expect(results.ids).toEqual([1, 4, 3]);
});

it('orders all that is found before it shows the first of it', () => {
  const matches = [4, 3, 0, 1].map((id) => ({ id, score: 1 - id / 10 }));
  answer = { question: { text: 'x', examples: [] }, matches, indexed: 4, isAll: true };
  limit = 2;
  expect(shown()).toEqual([4, 3]);
  results.orderBy('newest');
  expect(shown()).toEqual([1, 0]);
  expect(results.ids).toEqual([1, 0, 4, 3]);
});

it('leaves out of an older answer what a newer filter does', () => {
  const matches = [4, 3, 0].map((id) => ({ id, score: 1 - id / 10 }));
  answer = { question: { text: 'x', examples: [] }, matches, indexed: 4, isAll: true };
  results.filterBy({ folder: 2 });
  expect(results.ids).toEqual([4, 3]);
  results.forgetFolder(1);
  expect(results.isFiltered).toBe(true);
  results.forgetFolder(2);
  expect(results.isFiltered).toBe(false);
});

it('leaves out what a filter does, and asks again', () => {
  expect(results.among()).toBeUndefined();
  results.filterBy({ folder: 2 });
  expect(asked).toBe(1);
  expect(results.isFiltered).toBe(true);
  expect(results.passing).toBe(2);
  expect(shown()).toEqual([3, 4]);
  expect(results.among()).toEqual(Uint8Array.of(0, 0, 0, 1, 1));
  results.filterBy({});
  expect(shown()).toEqual([0, 1, 3, 4]);
});

it('gives the same entry for the same photo in its place', () => {
  const [first] = results.shown;
  results.orderBy('newest');
  expect(results.shown[1]).toBe(first);
  results.filterBy({ folder: 1 });
  results.orderBy('match');
  expect(results.shown[0]).toBe(first);
});
