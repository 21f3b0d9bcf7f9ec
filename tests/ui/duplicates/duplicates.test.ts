import { beforeEach, expect, it } from 'vitest';
import type { LibraryApi } from '../../../workers/api';
import { Duplicates } from '../../../src/ui/duplicates/duplicates.svelte';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import type { Photos } from '../../../src/ui/photos/photos.svelte';
import { deferred, failure, testLibrary, type TestLibrary, photoStates, picture, settled } from '../fakes';

type Found = Awaited<ReturnType<LibraryApi['duplicates']>>;

let photos: Photos;
let notices: Notices;
let library: TestLibrary;
let duplicates: Duplicates;

const FOUND: Found = [
  {
    members: [
      { id: 1, as: 'best', cosine: 1 },
      { id: 0, as: 'copy', cosine: 1 },
      { id: 2, as: 'near', cosine: 0.97 },
    ],
    freeable: 8,
  },
  {
    members: [
      { id: 3, as: 'best', cosine: 1 },
      { id: 4, as: 'near', cosine: 0.98 },
    ],
    freeable: 4,
  },
];

beforeEach(() => {
  notices = new Notices();
  library = testLibrary();
  const states = photoStates(library);
  ({ photos } = states);
  for (let i = 0; i < 5; i++) states.give(picture(`${i}.jpg`, 'four'));
  duplicates = new Duplicates({ library: { ...library, duplicates: async () => FOUND }, photos, notices });
});

const groups = () => duplicates.groups?.map(({ looks }) => looks.map(({ photo }) => photo.id));

it('finds groups, the best of each first', async () => {
  expect(groups()).toBeUndefined();
  await duplicates.find();
  expect(groups()).toEqual([
    [1, 0, 2],
    [3, 4],
  ]);
  expect(duplicates.others).toEqual([0, 2, 4]);
  expect(duplicates.work).toBeUndefined();
  expect(notices.said).toBe('2 groups of photos that show the same');
});

it('is not put back by progress that comes after the answer', async () => {
  let late: (done: number, total: number) => void = () => undefined;
  const told = new Duplicates({
    library: {
      ...library,
      duplicates: async (_likeness, onProgress) => {
        late = onProgress;
        return FOUND;
      },
    },
    photos,
    notices,
  });
  await told.find();
  late(9, 9);
  expect(told.work).toBeUndefined();
});

it('drops what goes meanwhile, and groups of one', async () => {
  await duplicates.find();
  photos.remove([0, 4]);
  expect(groups()).toEqual([[1, 2]]);
  expect(duplicates.groups?.[0]?.freeable).toBe(4);
  photos.undo();
  expect(duplicates.groups?.map(({ freeable }) => freeable)).toEqual([8, 4]);
  photos.remove([1]);
  expect(groups()).toEqual([[3, 4]]);
});

it('tells how far it is, and takes the newest question', async () => {
  const answers = [deferred<Found>(), deferred<Found>()];
  const asked: number[] = [];
  const slow = new Duplicates({
    library: {
      ...library,
      duplicates: (likeness, onProgress) => {
        onProgress(asked.length + 1, 9);
        return answers[asked.push(likeness) - 1]!.promise;
      },
    },
    photos,
    notices,
  });
  void slow.find();
  expect(slow.work).toEqual({ done: 1, total: 9 });
  void slow.find(1);
  answers[0]!.reject(failure('Cancelled'));
  answers[1]!.resolve([]);
  await settled();
  expect(asked).toEqual([0.96, 1]);
  expect(slow.groups).toEqual([]);
  expect(notices.problems).toEqual([]);
});

it('stops, and forgets what it found', async () => {
  await duplicates.find();
  duplicates.end();
  expect(duplicates.groups).toBeUndefined();
});

it('reports a failure', async () => {
  const failing = new Duplicates({
    library: { ...library, duplicates: () => Promise.reject(failure('ModelNotLoaded')) },
    photos,
    notices,
  });
  await failing.find();
  expect(notices.problems).toHaveLength(1);
  expect(failing.work).toBeUndefined();
});
