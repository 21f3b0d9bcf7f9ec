import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Photo } from '../../../src/ui/photos/photo';
import { Thumbnails } from '../../../src/ui/photos/thumbnails.svelte';
import { failure, picture, settled } from '../fakes';

let kept: Map<string, Blob>;
let given: Map<number, File>;
/** The keys of each call. */
let asked: (readonly string[])[];
let thumbnails: Thumbnails;
/** Updates of the grid that wait. */
let unhurried: (() => void)[];
let frames: (() => void)[];

beforeEach(() => {
  kept = new Map();
  given = new Map();
  [asked, unhurried, frames] = [[], [], []];
  thumbnails = new Thumbnails({
    schedule: (work) => frames.push(work),
    unhurried: (work) => unhurried.push(work),
    library: {
      async thumbnails(keys) {
        asked.push(keys);
        if (keys.includes('dead')) throw failure('WorkerDied');
        return new Map(keys.flatMap((key) => (kept.has(key) ? [[key, kept.get(key)!]] : [])));
      },
    },
    originals: { given: (id) => given.get(id) },
  });
});

afterEach(() => vi.restoreAllMocks());

function photo(id: number, key?: string): Photo {
  const parts = { id, folder: 0, path: 'a.jpg', name: 'a.jpg', bytes: 1, modified: 1, size: undefined };
  return { ...parts, ...(key && { key }) };
}

it('fetches what is kept when it is first looked at, once', async () => {
  kept.set('k', new Blob(['small']));
  expect(thumbnails.of(photo(1, 'k'))).toBeUndefined();
  expect(thumbnails.of(photo(1, 'k'))).toBeUndefined();
  await settled();
  expect(thumbnails.of(photo(1, 'k'))).toMatch(/^blob:/);
  expect(asked).toEqual([['k']]);
});

it('fetches all that is looked at together in one call, each content once', async () => {
  kept.set('k', new Blob(['small']));
  for (const each of [photo(1, 'k'), photo(2, 'other'), photo(3, 'k'), photo(4)]) thumbnails.of(each);
  await settled();
  expect(asked).toEqual([['k', 'other']]);
  expect([1, 2, 3].map((id) => typeof thumbnails.of(photo(id, 'k')))).toEqual([
    'string',
    'undefined',
    'string',
  ]);
});

it('shows with the next frame what is looked at, and in its own time what is read', async () => {
  kept.set('k', new Blob(['small']));
  thumbnails.put(1, new Blob(['small']));
  expect([frames.length, unhurried.length]).toEqual([0, 1]);
  for (const each of [photo(2, 'k'), photo(3, 'k')]) thumbnails.of(each);
  await settled();
  expect([frames.length, unhurried.length]).toEqual([1, 1]);
});

it('asks for no update where nothing was found: it would be asked for again with each', async () => {
  for (const each of [photo(1), photo(2, 'other')]) thumbnails.of(each);
  await settled();
  expect([frames.length, unhurried.length]).toEqual([0, 0]);
});

it('asks a library that died again when the photo is looked at again', async () => {
  thumbnails.of(photo(1, 'dead'));
  await settled();
  thumbnails.of(photo(1, 'dead'));
  await settled();
  expect(asked).toEqual([['dead'], ['dead']]);
});

it('shows a small file as it is until it was read, and a large one not at all', async () => {
  given.set(1, picture('a.jpg'));
  given.set(2, picture('b.jpg', 'x'.repeat(200_000)));
  thumbnails.of(photo(1));
  thumbnails.of(photo(2));
  await settled();
  expect(thumbnails.of(photo(1))).toMatch(/^blob:/);
  expect(thumbnails.of(photo(2))).toBeUndefined();
  thumbnails.put(2, new Blob(['small']));
  expect(thumbnails.of(photo(2))).toMatch(/^blob:/);
});

it('lets the longest unused go', () => {
  const [made, revoked] = [vi.spyOn(URL, 'createObjectURL'), vi.spyOn(URL, 'revokeObjectURL')];
  for (let id = 0; id < 3000; id++) thumbnails.put(id, new Blob(['small']));
  expect(made).not.toHaveBeenCalled();
  const first = thumbnails.of(photo(0));
  expect(first).toMatch(/^blob:/);
  expect(thumbnails.of(photo(0))).toBe(first);
  thumbnails.put(3000, new Blob(['small']));
  expect(revoked.mock.calls).toEqual([[first]]);
  // What nobody has looked at has nothing to let go.
  thumbnails.drop([1]);
  expect([made, revoked].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
});
