import { expect, it } from 'vitest';
import { requireRoom } from '../../src/storage/room';

/** A browser that says this of its storage. */
const saying = (estimate: StorageEstimate) => ({ estimate: async () => estimate });

it.each([
  [{ usage: 60, quota: 100 }, 40],
  [{ usage: 60, quota: 100 }, 0],
  [{}, 1e12],
  [{ usage: 60 }, 1e12],
])('where the browser says %o there is room for %i bytes', async (estimate, bytes) => {
  await expect(requireRoom(saying(estimate), bytes, 'The model')).resolves.toBeUndefined();
});

it.each([
  [{ usage: 60_000, quota: 100_000 }, 41_000, '40,000'],
  [{ usage: 120_000, quota: 100_000 }, 41_000, '0'],
])('where it says %o there is none for %i', async (estimate, bytes, free) => {
  await expect(requireRoom(saying(estimate), bytes, 'The model')).rejects.toMatchObject({
    name: 'StorageFull',
    message: `The model needs 41,000 more bytes, and ${free} are free for this page.`,
  });
});
