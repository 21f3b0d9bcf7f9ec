import { describe, expect, test } from 'vitest';
import type { Embeddings } from '../../src/core/unit-rows';
import { ModelIndexes } from '../../src/search/model-indexes';

/** Rows of two numbers each. */
function rows(model: string, ...numbers: number[]): Embeddings {
  return { model, count: numbers.length / 2, dim: 2, data: Float32Array.from(numbers) };
}

function filled(): ModelIndexes {
  const library = new ModelIndexes();
  library.open('a', 2);
  library.add([4, 1, 9], rows('a', 1, 0, 0, 1, 0.6, 0.8));
  return library;
}

function search(library: ModelIndexes, query: Embeddings, k: number, among?: Set<number>) {
  return library.indexFor(query).topK(query.data, k, among);
}

const ids = (matches: { id: number }[]) => matches.map(({ id }) => id);

describe('a library', () => {
  test('opens a model with its ids, ascending', () => {
    const library = new ModelIndexes();
    expect([...library.open('a', 2)]).toEqual([]);
    library.add([4, 1, 9], rows('a', 1, 0, 0, 1, 0.6, 0.8));
    expect([...library.open('a', 2)]).toEqual([1, 4, 9]);
  });

  test('finds the best, descending, and no more than k', () => {
    expect(search(filled(), rows('a', 1, 0), 2)).toEqual([
      { id: 4, score: 1 },
      { id: 9, score: expect.closeTo(0.6, 4) },
    ]);
    expect(ids(search(filled(), rows('a', 0, 1), 10))).toEqual([1, 9, 4]);
  });

  test('finds the best of a subset', () => {
    const among = new Set([1, 9]);
    expect(ids(search(filled(), rows('a', 1, 0), 2, among))).toEqual([9, 1]);
  });

  test('replaces the row of an id it has', () => {
    const library = filled();
    library.add([1], rows('a', 1, 0));
    expect(ids(search(library, rows('a', 1, 0), 3))).toEqual([1, 4, 9]);
  });

  test('keeps the rows of each model apart', () => {
    const library = filled();
    library.add([2], rows('b', 1, 0));
    expect([...library.open('a', 2)]).toEqual([1, 4, 9]);
    expect([...library.open('b', 2)]).toEqual([2]);
    expect(ids(search(library, rows('a', 1, 0), 1))).toEqual([4]);
    expect(ids(search(library, rows('b', 1, 0), 9))).toEqual([2]);
  });

  test('removes photos from every model', () => {
    const library = filled();
    library.add([4, 5], rows('b', 1, 0, 1, 0));
    library.remove([4, 77]);
    expect([...library.open('a', 2)]).toEqual([1, 9]);
    expect([...library.open('b', 2)]).toEqual([5]);
  });

  test('drops the rows of one model, and nothing else', () => {
    const library = filled();
    library.add([7], rows('b', 1, 0));
    library.drop('b');
    expect(() => search(library, rows('b', 1, 0), 1)).toThrow('nothing of the model b');
    expect([...library.open('a', 2)]).toEqual([1, 4, 9]);
    library.drop('a');
    expect(search(library, rows('a', 1, 0), 5)).toEqual([]);
    library.add([2], rows('a', 1, 0));
    expect(ids(search(library, rows('a', 1, 0), 5))).toEqual([2]);
    library.drop('nobody');
  });

  test('drops a model at every image size, but no model that only shares a name prefix', () => {
    const library = filled();
    for (const model of ['a@128x128', 'ab']) {
      library.open(model, 2);
      library.add([1], rows(model, 1, 0));
    }
    library.drop('a');
    expect([...library.open('a@128x128', 2)]).toEqual([]);
    expect([...library.open('ab', 2)]).toEqual([1]);
  });

  test('drops rows of another length when a model is opened', () => {
    const library = filled();
    expect([...library.open('a', 3)]).toEqual([]);
  });

  test('gives all cosines with ids ascending', () => {
    const { ids, cosines } = filled().cosines(rows('a', 1, 0, 0, 1));
    expect([...ids]).toEqual([1, 4, 9]);
    expect([...cosines]).toEqual([0, 1, 1, 0, expect.closeTo(0.6, 4), expect.closeTo(0.8, 4)]);
  });

  test('gives the rows nearest to the asked photos, in their order, by the cosines of all', () => {
    const { ids, queries, cosines, logSums } = filled().nearestQueries(
      rows('a', 1, 0, 0, 1),
      [9, 5, 1],
      1,
      3,
    );
    expect([...ids]).toEqual([9, 1]);
    expect([...queries]).toEqual([1, 1]);
    const all = filled().cosines(rows('a', 1, 0, 0, 1)).cosines;
    expect([...cosines]).toEqual([all[5], all[1]]);
    expect(logSums[1]).toBeCloseTo(Math.log(1 + Math.exp(3)), 12);
  });

  test('refuses ids and rows that differ in number', () => {
    expect(() => filled().add([1, 2], rows('a', 1, 0))).toThrow('2 ids came with 1 rows of 2');
    expect(() => filled().add([1], { ...rows('a', 1, 0), count: 1, dim: 3 })).toThrow(RangeError);
  });

  test('refuses rows of another length than the model has', () => {
    const longer: Embeddings = { model: 'a', count: 1, dim: 4, data: new Float32Array(4) };
    const message = 'The rows of the model a have 2 numbers, not 4';
    expect(() => filled().add([1], longer)).toThrow(message);
    expect(() => search(filled(), longer, 1)).toThrow(message);
    expect(() => filled().cosines(longer)).toThrow(message);
  });

  test('has no answer for a model it never opened', () => {
    const notLoaded = expect.objectContaining({ name: 'ModelNotLoaded' });
    expect(() => search(filled(), rows('c', 1, 0), 1)).toThrow(notLoaded);
    expect(() => filled().cosines(rows('c', 1, 0))).toThrow(notLoaded);
    expect(() => filled().nearestQueries(rows('c', 1, 0), [1], 1, 1)).toThrow(notLoaded);
  });
});
