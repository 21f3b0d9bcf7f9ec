import { beforeEach, describe, expect, it } from 'vitest';
import type { Photo } from '../../../src/ui/photos/photo';
import { questionOf } from '../../../src/ui/search/question';
import { dividerOf } from '../../../src/ui/search/result-words';
import { Results } from '../../../src/ui/search/results.svelte';
import type { Reach } from '../../../src/ui/search/usual-threshold.svelte';

const DAY = 86_400_000;

function photo(id: number, day: number, folder = 1): Photo {
  const size = { width: 4, height: 3 };
  return { id, folder, path: `${id}.jpg`, name: `${id}.jpg`, bytes: 1, modified: 0, taken: day * DAY, size };
}

const photos = [photo(0, 5), photo(1, 9), photo(3, 1, 2), photo(4, 5, 2)];
let asked = 0;
let cuts = 0;
let results: Results;

function open(list: readonly Photo[], reach?: Reach): Results {
  asked = 0;
  const get = (id: number) => list.find((one) => one.id === id);
  return new Results({
    photos: { list, get },
    keptLabels: { namesOf: ({ key }) => (key === undefined ? [] : [key]) },
    usualThreshold: { reach },
    onLack: () => asked++,
    onFilter: () => asked++,
    onCut: () => cuts++,
  });
}

beforeEach(() => {
  results = open(photos);
});

/** Takes an answer of these photos, the best first. */
function answer(...ids: number[]): void {
  const matches = ids.map((id) => ({ id, score: 1 - id / 10 }));
  results.take({ question: questionOf('x', [])!, matches, indexed: ids.length, isAll: true });
}

const shown = () => results.shown.map(({ photo: { id } }) => id);

it('shows all photos as they came, or by date', () => {
  expect(shown()).toEqual([0, 1, 3, 4]);
  results.orderBy('newest');
  expect(shown()).toEqual([1, 0, 4, 3]);
  results.orderBy('oldest');
  expect(shown()).toEqual([3, 0, 4, 1]);
});

it('puts names in order as a person would, whatever their capitals and zeros', () => {
  const named = ['IMG_10.jpg', 'img_9.jpg', 'b.jpg', 'IMG_009.jpg', 'a.jpg'];
  results = open(named.map((name, id) => ({ ...photo(id, 1), name })));
  results.orderBy('name');
  expect(results.shown.map((entry) => entry.photo.name)).toEqual([
    'a.jpg',
    'b.jpg',
    'img_9.jpg',
    'IMG_009.jpg',
    'IMG_10.jpg',
  ]);
});

it('shows an answer by match, or by date, without photos that are gone', () => {
  answer(4, 2, 1, 3);
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
  const many = Array.from({ length: 202 }, (_, id) => photo(id, id));
  results = open(many);
  answer(...many.map(({ id }) => id));
  expect(shown()).toEqual([...Array(200).keys()]);
  results.orderBy('newest');
  expect(shown()).toEqual([...Array(200).keys()].map((i) => 201 - i));
  expect(results.ids).toHaveLength(202);
  expect(asked).toBe(0);
  results.showMore();
  expect(results.shown).toHaveLength(202);
  expect(asked).toBe(1);
});

it('leaves out of an older answer what a newer filter does', () => {
  answer(4, 3, 0);
  results.filterBy({ folder: 2 });
  expect(results.ids).toEqual([4, 3]);
  results.forgetFolder(1);
  expect(results.isFiltered).toBe(true);
  results.forgetFolder(2);
  expect(results.isFiltered).toBe(false);
});

it('leaves out what a filter does, and asks again', () => {
  expect(results.among).toBeUndefined();
  results.filterBy({ folder: 2 });
  expect(asked).toBe(1);
  expect(results.isFiltered).toBe(true);
  expect(results.passing).toBe(2);
  expect(shown()).toEqual([3, 4]);
  expect(results.among).toEqual(Uint8Array.of(0, 0, 0, 1, 1));
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

describe('results whose cosines were measured', () => {
  /** Photos 0, 1, 3 and 4 have 1, 0.9, 0.7 and 0.6. */
  const reach = { usual: 0.7, unrelated: 0.55, good: 0.95 };

  it('are cut only where the threshold leaves some out', () => {
    results = open(photos, reach);
    answer(0, 1, 3, 4);
    // So few are shown whatever is usual.
    expect([results.threshold, results.isCut]).toEqual([0.6, false]);
    results.cutAt(0.65);
    expect([shown(), results.isCut]).toEqual([[0, 1, 3], true]);
    results.cutAt(-Infinity);
    expect(results.isCut).toBe(false);
  });

  it('says from which one on they are less likely, as long as the best come first', () => {
    results = open(photos, reach);
    answer(0, 1, 3, 4);
    expect(shown()).toEqual([0, 1, 3, 4]);
    expect(dividerOf(results)).toEqual({ before: 3, text: 'Less likely from here' });
    results = open(photos, { ...reach, unrelated: 0.8 });
    answer(0, 1, 3, 4);
    expect(dividerOf(results)).toEqual({ before: 2, text: 'Less likely from here' });
    results.orderBy('newest');
    expect(dividerOf(results)).toBeUndefined();
  });

  it('says that nothing looks like it where the best is as good as by chance', () => {
    results = open(photos, { ...reach, unrelated: 0.7 });
    answer(3, 4);
    expect(dividerOf(results)).toEqual({
      before: 0,
      text: 'Nothing here looks like “x” to this model. The closest are:',
    });
    answer(1, 4);
    expect(results.isNothing).toBe(false);
  });

  it('shows a bar as long as the score is good, however good the best is', () => {
    results = open(photos, reach);
    answer(3, 4);
    expect(results.scale(0.55)).toBe(0);
    expect(results.scale(0.75)).toBeCloseTo(0.5);
    expect(results.scale(0.95)).toBe(1);
    results = open(photos, { ...reach, unrelated: 0.75 });
    answer(3, 4);
    expect(results.scale(0.75)).toBe(0);
  });

  it('judges no query of several terms', () => {
    results = open(photos, { ...reach, unrelated: 1 });
    const matches = [{ id: 0, score: 0.1 }];
    results.take({ question: questionOf('x -y', [])!, matches, indexed: 1, isAll: true });
    expect(dividerOf(results)).toBeUndefined();
    expect(results.scale(0.1)).toBe(1);
  });
});

it('tells of another threshold', () => {
  cuts = 0;
  answer(0, 1);
  results.cutAt(0.95);
  results.cutAt(undefined);
  expect(cuts).toBe(2);
});
