import { expect, it } from 'vitest';
import { Contents } from '../../../src/ui/photos/contents';
import { failure, images, keyOf, picture } from '../fakes';

const locked = picture('locked.jpg', '1');
const given = new Map([
  [1, picture('a.jpg', '10')],
  [2, locked],
]);
const contents = new Contents({
  images: {
    keyOf: async (file) => {
      if (file === locked) throw failure('FileUnreadable');
      return images.keyOf(file);
    },
  },
  originals: { given: (id) => given.get(id) },
});

it('is the key of a file, and unknown where that cannot be read', async () => {
  expect(await contents.of(picture('b.jpg', '20'))).toBe(keyOf('20'));
  expect(await contents.of(locked)).toBeUndefined();
});

it('of a photo is what was read, else what its given file holds', async () => {
  expect(await contents.ofPhoto({ id: 1, key: keyOf('30') })).toBe(keyOf('30'));
  expect(await contents.ofPhoto({ id: 1 })).toBe(keyOf('10'));
  expect(await contents.ofPhoto({ id: 2 })).toBeUndefined();
  expect(await contents.ofPhoto({ id: 3 })).toBeUndefined();
});
