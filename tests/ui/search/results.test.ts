import { beforeEach, expect, it } from 'vitest';
import type { Photo } from '../../../src/ui/photos/photo';
import { View } from '../../../src/ui/search/results.svelte';
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
let view: View;

beforeEach(() => {
  answer = undefined;
  asked = 0;
  limit = 200;
  const get = (id: number) => photos.find((one) => one.id === id);
  view = new View({
    photos: { list: photos, get },
    search: () => ({ answer, limit, update: () => asked++ }),
  });
});

const shown = () => view.shown.map(({ photo: { id } }) => id);

it('shows all photos as they came, or by date', () => {
  expect(shown()).toEqual([0, 1, 3, 4]);
  view.orderBy('newest');
  expect(shown()).toEqual([1, 0, 4, 3]);
  view.orderBy('oldest');
  expect(shown()).toEqual([3, 0, 4, 1]);
});

it('shows an answer by match, or by date, without photos that are gone', () => {
  const matches = [4, 2, 1, 3].map((id) => ({ id, score: 1 - id / 10 }));
  answer = { question: { text: 'x', examples: [] }, matches, indexed: 4, isAll: true };
  expect(view.shown.map(({ photo: { id }, cosine }) => [id, cosine])).toEqual([
    [4, 0.6],
    [1, 0.9],
    [3, 0.7],
  ]);
  view.orderBy('newest');
  expect(shown()).toEqual([1, 4, 3]);
  expect(view.ids).toEqual([1, 4, 3]);
});

it('orders all that is found before it shows the first of it', () => {
  const matches = [4, 3, 0, 1].map((id) => ({ id, score: 1 - id / 10 }));
  answer = { question: { text: 'x', examples: [] }, matches, indexed: 4, isAll: true };
  limit = 2;
  expect(shown()).toEqual([4, 3]);
  view.orderBy('newest');
  expect(shown()).toEqual([1, 0]);
  expect(view.ids).toEqual([1, 0, 4, 3]);
});

it('leaves out of an older answer what a newer filter does', () => {
  const matches = [4, 3, 0].map((id) => ({ id, score: 1 - id / 10 }));
  answer = { question: { text: 'x', examples: [] }, matches, indexed: 4, isAll: true };
  view.filterBy({ folder: 2 });
  expect(view.ids).toEqual([4, 3]);
  view.forgetFolder(1);
  expect(view.isFiltered).toBe(true);
  view.forgetFolder(2);
  expect(view.isFiltered).toBe(false);
});

it('leaves out what a filter does, and asks again', () => {
  expect(view.among()).toBeUndefined();
  view.filterBy({ folder: 2 });
  expect(asked).toBe(1);
  expect(view.isFiltered).toBe(true);
  expect(view.passing).toBe(2);
  expect(shown()).toEqual([3, 4]);
  expect(view.among()).toEqual(Uint8Array.of(0, 0, 0, 1, 1));
  view.filterBy({});
  expect(shown()).toEqual([0, 1, 3, 4]);
});

it('gives the same entry for the same photo in its place', () => {
  const [first] = view.shown;
  view.orderBy('newest');
  expect(view.shown[1]).toBe(first);
  view.filterBy({ folder: 1 });
  view.orderBy('match');
  expect(view.shown[0]).toBe(first);
});
