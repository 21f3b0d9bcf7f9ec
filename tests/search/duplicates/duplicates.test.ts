import { describe, expect, test, vi } from 'vitest';
import { BUILT_IN_MODELS } from '../../../src/clip/built-in';
import { dot } from '../../../src/core/vectors';
import { findDuplicates, type DuplicateGroup, type Rows } from '../../../src/search/duplicates/duplicates';
import { compareQuality, type Photo } from '../../../src/search/duplicates/quality';
import { mulberry32 } from '../../../src/core/random';
import { EmbeddingIndex } from '../../../src/search/embedding-index';
import { albumFixture } from '../../helpers/album';
import { blend, clusteredRows, unitRows } from './rows';

/** Rows are near up to an angle of 10 degrees. */
const threshold = cosine(10);

/** As the page asks for near-duplicates. */
const NEAR = { threshold: 0.96 };

function cosine(degrees: number): number {
  return Math.cos((degrees * Math.PI) / 180);
}

/** A photo of its own content and of 100 bytes; the lower its id, the better. */
function photo(id: number, changes: Partial<Photo> = {}): Photo {
  return { id, key: `key ${id}`, width: 100, height: 100, bytes: 100, path: `${id}`, ...changes };
}

/** Rows of two numbers, by photo id: unit rows at these angles, in degrees. */
function atAngles(degrees: Readonly<Record<number, number>>): EmbeddingIndex {
  const index = new EmbeddingIndex(2);
  for (const [id, angle] of Object.entries(degrees)) {
    index.set(Number(id), Float32Array.of(cosine(angle), cosine(90 - angle)));
  }
  return index;
}

function rowsOf(list: readonly Float32Array<ArrayBuffer>[]): EmbeddingIndex {
  const index = new EmbeddingIndex(list[0]?.length ?? 1);
  for (const [id, row] of list.entries()) index.set(id, row);
  return index;
}

/** Each group as its members' ids with their part in it, and the cosine of those that are near. */
function summary(groups: readonly DuplicateGroup[]): string[] {
  return groups.map(({ members }) =>
    members
      .map((one) => `${one.id} ${one.as}${one.as === 'near' ? ` ${one.cosine.toFixed(3)}` : ''}`)
      .join(', '),
  );
}

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const random = mulberry32(seed);
  return list
    .map((value) => ({ value, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

/** What is expected of each case: photos, angles of their rows, groups. */
const GOLDEN: [string, Photo[], Record<number, number>, string[]][] = [
  ['nothing of nothing', [], {}, []],
  ['nothing of one photo', [photo(1)], { 1: 0 }, []],
  ['nothing of photos unlike', [photo(1), photo(2)], { 1: 0, 2: 11 }, []],
  ['photos that are near', [photo(1), photo(2)], { 1: 0, 2: 9 }, ['1 best, 2 near 0.988']],
  [
    'copies without an embedding',
    [photo(1, { key: 'a' }), photo(2, { key: 'b' }), photo(3, { key: 'a' })],
    {},
    ['1 best, 3 copy'],
  ],
  [
    'copies by their key, whatever their rows say',
    [photo(1, { key: 'a' }), photo(2, { key: 'a' })],
    { 1: 0, 2: 90 },
    ['1 best, 2 copy'],
  ],
  [
    'what is near to a copy that has the embedding',
    [photo(1, { key: 'a' }), photo(2, { key: 'a' }), photo(3)],
    { 2: 0, 3: 6 },
    ['1 best, 2 copy, 3 near 0.995'],
  ],
  [
    'copies of what is near as near, all by falling quality',
    [
      photo(1, { key: 'a' }),
      photo(2, { key: 'b' }),
      photo(3, { key: 'a' }),
      photo(4, { key: 'b' }),
      photo(5, { width: 50 }),
    ],
    { 1: 0, 2: 5, 5: 8 },
    ['1 best, 2 near 0.996, 3 copy, 4 near 0.996, 5 near 0.990'],
  ],
  [
    'the photo of most pixels as the best',
    [photo(1), photo(2, { height: 101 }), photo(3)],
    { 1: 0, 2: 5, 3: 10 },
    ['2 best, 1 near 0.996, 3 near 0.996'],
  ],
  ['no chain', [photo(1), photo(2), photo(3)], { 1: 0, 2: 9, 3: 18 }, ['1 best, 2 near 0.988']],
  [
    'the nearest leader, not the best',
    [photo(1), photo(2), photo(3)],
    { 1: 0, 2: 12, 3: 7 },
    ['2 best, 3 near 0.996'],
  ],
  [
    'the better of two leaders equally near',
    [photo(1), photo(2), photo(3)],
    { 1: 39, 2: 51, 3: 45 },
    ['1 best, 3 near 0.995'],
  ],
  [
    'groups by what they would free, then by id',
    [
      photo(1, { key: 'a' }),
      photo(2, { key: 'a' }),
      photo(3, { key: 'b' }),
      photo(4, { key: 'b' }),
      photo(5, { key: 'c' }),
      photo(6, { key: 'c' }),
      photo(7, { key: 'c' }),
    ],
    {},
    ['5 best, 6 copy, 7 copy', '1 best, 2 copy', '3 best, 4 copy'],
  ],
];

describe('duplicates are', () => {
  test.each(GOLDEN)('%s', async (_, photos, angles, expected) => {
    for (const seed of [1, 2, 3]) {
      const groups = await findDuplicates(shuffled(photos, seed), atAngles(angles), { threshold });
      expect(summary(groups)).toEqual(expected);
    }
  });

  test('reported with cosines and freeable bytes', async () => {
    const photos = [
      photo(1, { key: 'a', bytes: 70 }),
      photo(2, { key: 'a', bytes: 70 }),
      photo(3, { bytes: 30 }),
    ];
    expect(await findDuplicates(photos, atAngles({ 1: 0, 3: 0 }), { threshold })).toEqual([
      {
        members: [
          { id: 1, as: 'best', cosine: 1 },
          { id: 2, as: 'copy', cosine: 1 },
          { id: 3, as: 'near', cosine: expect.closeTo(1, 4) },
        ],
        freeable: 100,
      },
    ]);
  });

  test.each([0, -0.5, 1.01, NaN])('not found at a threshold of %d', async (wrong) => {
    await expect(findDuplicates([], atAngles({}), { threshold: wrong })).rejects.toThrow(
      new RangeError(`${wrong} is no threshold above 0 to 1`),
    );
  });
});

describe('among 5,000 photos in a narrow cone', () => {
  const list = clusteredRows(5000, 128, 1);
  const rows = rowsOf(list);
  const random = mulberry32(2);
  const photos = list.map((_, id) =>
    photo(id, { width: 100 + Math.floor(3 * random()), bytes: Math.floor(1e6 * random()) }),
  );

  test('99 of 100 join the leader that an exhaustive comparison would give them', async () => {
    const leaders: Photo[] = [];
    const expected = new Map<number, number>();
    for (const one of photos.toSorted(compareQuality)) {
      const cosines = leaders.map((leader) => dot(list[leader.id]!, list[one.id]!));
      const nearest = cosines.reduce((best, value) => Math.max(best, value), -1);
      if (nearest >= NEAR.threshold) expected.set(one.id, leaders[cosines.indexOf(nearest)]!.id);
      else leaders.push(one);
    }
    const groups = await findDuplicates(photos, rows, NEAR);
    const found = new Map(
      groups.flatMap(({ members }) => members.slice(1).map(({ id }) => [id, members[0]!.id])),
    );
    expect(expected.size).toBeGreaterThan(1000);
    const agreeing = [...expected].filter(([id, leader]) => found.get(id) === leader);
    expect(agreeing.length / expected.size).toBeGreaterThanOrEqual(0.99);
    expect(groups.flatMap(({ members }) => members).every((member) => member.cosine >= NEAR.threshold)).toBe(
      true,
    );
  });

  test('their order does not matter', async () => {
    const once = await findDuplicates(photos, rows, NEAR);
    expect(await findDuplicates(shuffled(photos, 3), rows, NEAR)).toEqual(once);
  });

  test('progress rises from 0 to all', async () => {
    const onProgress = vi.fn<(done: number, total: number) => void>();
    await findDuplicates(photos, rows, { ...NEAR, onProgress });
    const told = onProgress.mock.calls.map(([done]) => done);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect([told[0], told.at(-1)]).toEqual([0, 5000]);
    expect(new Set(onProgress.mock.calls.map(([, total]) => total))).toEqual(new Set([5000]));
  });

  test('the thread can stop the search between slices', async () => {
    const stop = new AbortController();
    const onProgress = vi.fn((done: number) => {
      if (done > 0) setTimeout(() => stop.abort());
    });
    const search = findDuplicates(photos, rows, { ...NEAR, signal: stop.signal, onProgress });
    await expect(search).rejects.toMatchObject({ name: 'Cancelled' });
    expect(onProgress.mock.lastCall?.[0]).toBeLessThan(5000);
  });

  test('a search stopped before its start compares nothing', async () => {
    const search = findDuplicates(photos, rows, { ...NEAR, signal: AbortSignal.abort() });
    await expect(search).rejects.toMatchObject({ name: 'Cancelled' });
  });
});

test('a row removed while the search yields counts as missing', async () => {
  const rows = atAngles({ 1: 0, 2: 0, 3: 0 });
  const groups = await findDuplicates([photo(1), photo(2), photo(3)], rows, {
    threshold,
    onProgress: () => rows.remove(1),
  });
  expect(summary(groups)).toEqual(['2 best, 3 near 1.000']);
});

test('20,000 nearly equal pictures are compared only with their leader', async () => {
  const draw = unitRows(128, 5);
  const first = draw();
  const index = rowsOf(Array.from({ length: 20_000 }, () => blend(first, draw(), 0.995)));
  const get = vi.fn<Rows['get']>((id) => index.get(id));
  const groups = await findDuplicates(
    Array.from({ length: 20_000 }, (_, id) => photo(id)),
    { dim: 128, get },
    NEAR,
  );
  expect(groups.map(({ members }) => members.length)).toEqual([20_000]);
  // Each row, its leader's, and a few to see how alike they are.
  expect(get.mock.calls.length).toBeLessThan(2.5 * 20_000);
});

test.each(BUILT_IN_MODELS.map(({ name }) => name))(
  '%s takes no picture of the album for another',
  async (name) => {
    const rows = albumFixture(name).images.map(({ embedding }) => Float32Array.from(embedding));
    expect(
      await findDuplicates(
        rows.map((_, id) => photo(id)),
        rowsOf(rows),
        NEAR,
      ),
    ).toEqual([]);
  },
);

describe('the pictures themselves', () => {
  /** Pictures look alike within a dozen of ids. */
  const isAlike = (a: Photo, b: Photo) => Promise.resolve(Math.floor(a.id / 12) === Math.floor(b.id / 12));
  const ids = [0, 1, 12, 13, 24];
  const rows = atAngles(Object.fromEntries(ids.map((id, at) => [id, at / 10])));

  test('are looked at before they are grouped, however near their embeddings', async () => {
    const photos = ids.map((id) => photo(id));
    expect(await findDuplicates(photos, rows, { threshold })).toHaveLength(1);
    expect(summary(await findDuplicates(photos, rows, { threshold, isAlike }))).toEqual([
      '0 best, 1 near 1.000',
      '12 best, 13 near 1.000',
    ]);
  });

  test('are not looked at where they are copies, or far', async () => {
    const asked: string[] = [];
    const photos = [photo(0), photo(1, { key: 'key 0' }), photo(2)];
    const options = {
      threshold,
      isAlike: async (a: Photo, b: Photo) => {
        asked.push(`${a.id} ${b.id}`);
        return true;
      },
    };
    const groups = await findDuplicates(photos, atAngles({ 0: 0, 2: 40 }), options);
    expect(summary(groups)).toEqual(['0 best, 1 copy']);
    expect(asked).toEqual([]);
  });
});
