import { expect, it } from 'vitest';
import { tellOfDamage } from '../../../src/ui/indexing/damage';
import { Notices } from '../../../src/ui/kit/notices.svelte';

it('tells how many embeddings were damaged and what happens to their photos, until a model has none', async () => {
  const notices = new Notices();
  const tell = (damaged: () => Promise<number>) => tellOfDamage({ library: { damaged }, notices }, 'tiny');
  await tell(async () => 1);
  expect(notices.problems).toMatchObject([
    { happened: '1 embedding kept on this device was damaged and left out.' },
  ]);
  await tell(async () => 1200);
  expect(notices.problems).toMatchObject([
    {
      happened: '1,200 embeddings kept on this device were damaged and left out.',
      todo: expect.stringContaining('indexed again by itself'),
    },
  ]);
  await tell(async () => 0);
  expect(notices.problems).toEqual([]);
  await tell(() => Promise.reject(new Error('dead')));
  expect(notices.problems).toEqual([]);
});
