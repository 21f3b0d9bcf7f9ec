import { beforeEach, expect, it } from 'vitest';
import { checkedText, Review } from '../../../src/ui/label/review';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import { KeptLabels } from '../../../src/ui/photos/kept-labels.svelte';
import type { Photo } from '../../../src/ui/photos/photo';
import { keyOf, settled, testLibrary } from '../fakes';

const photo = (id: number, isRead = true): Photo => ({
  id,
  folder: 0,
  path: `${id}.jpg`,
  name: `${id}.jpg`,
  bytes: 1,
  modified: 2,
  size: undefined,
  ...(isRead && { key: keyOf(`${id}`) }),
});

/** The first three are surely dogs, the fourth may be one, the fifth was not read, the sixth has no answer. */
const list = [photo(0), photo(1), photo(2), photo(3), photo(4, false), photo(5)];
const photos = { list, current: (id: number) => list[id], get: (id: number) => list[id] };
const answer = [
  { label: 'dog', probability: 0.7 },
  { label: 'cat', probability: 0.3 },
];
const labels = {
  shown: list.map(({ id }) => id),
  answer: (id: number) => (id === 5 ? undefined : answer),
  isUnsure: (id: number) => id === 3,
};

let keptLabels: KeptLabels;
let review: Review;
let notices: Notices;

beforeEach(() => {
  notices = new Notices();
  keptLabels = new KeptLabels({ library: testLibrary(), photos, notices });
  review = new Review({ keptLabels, photos, labels });
});

it('accepts the first label or another, rejects the first, and tells how many were right', async () => {
  expect([review.accept(0), review.accept(1, 1), review.reject(2)]).toEqual([true, true, true]);
  await settled();
  expect(notices.said).toBe('2.jpg is no “dog”');
  expect(list.slice(0, 3).map((one) => keptLabels.of(one))).toEqual([
    { accepted: ['dog'], rejected: [], suggested: [] },
    { accepted: ['cat'], rejected: [], suggested: [] },
    { accepted: [], rejected: ['dog'], suggested: [] },
  ]);
  expect(review.checked).toEqual({ checked: 3, right: 1 });
  expect(checkedText(review.checked, 6)).toBe('3 of 6 checked; the first label is right for 1 (33%)');
  expect(checkedText(review.checked, 6, true)).toBe('3 of 6 checked');
  expect(review.answers).toEqual([
    ['dog', 'dog'],
    ['cat', 'dog'],
  ]);
  await keptLabels.undo();
  expect(review.checked).toEqual({ checked: 2, right: 1 });
});

it('does nothing where there is no such answer', async () => {
  expect([review.accept(5), review.reject(5), review.accept(0, 2)]).toEqual([false, false, false]);
  await settled();
  expect(checkedText(review.checked, 6)).toBe('0 of 6 checked');
});

it('keeps the first labels of all that are sure, in one step, and nothing of what the user has said', async () => {
  review.reject(2);
  // A corrected photo needs no other label.
  review.accept(5);
  await keptLabels.give(1, 'horse');
  expect(review.sure).toEqual([0]);
  await keptLabels.undo();
  expect(review.sure).toEqual([0, 1]);
  await review.keepSure();
  expect(list.map((one) => keptLabels.namesOf(one))).toEqual([['dog'], ['dog'], [], [], [], []]);
  expect(keptLabels.of(list[0]!)?.suggested).toEqual(['dog']);
  expect([review.sure, review.checked.checked]).toEqual([[], 1]);
  expect(notices.said).toBe('The labels of 2 photos are kept');
  await keptLabels.undo();
  expect(keptLabels.namesOf(list[0]!)).toEqual([]);
});
