import { expect, it } from 'vitest';
import { SingleFiles } from '../../../src/ui/photos/single-files';
import { SINGLE_FILES } from '../../../src/ui/photos/photo';
import { images, photoStates, picture, testLibrary } from '../fakes';

/** Gives files by themselves, with handles or without, and returns their names. */
function giver() {
  const { photos, originals } = photoStates(testLibrary());
  const singles = new SingleFiles({ photos, images, originals });
  return {
    photos,
    originals,
    async give(file: File, handle?: FileSystemFileHandle): Promise<string> {
      const found = { file, path: file.name, ...(handle && { handle }) };
      const path = await singles.nameOf(found);
      const { id } = photos.add({ ...found, path }, SINGLE_FILES);
      originals.give(id, file);
      return path;
    },
  };
}

it('files alike in name, length and date stay two where they are two pictures, each known again', async () => {
  const { photos, give } = giver();
  const files = ['10', '20', '30'].map((angle) => picture('frame.bmp', angle));
  for (let time = 0; time < 2; time++) {
    const names = [];
    for (const file of files) names.push(await give(file));
    expect(names).toEqual(['frame.bmp', 'frame (2).bmp', 'frame (3).bmp']);
  }
  expect(photos.ids()).toEqual([0, 1, 2]);
});

it('one picture stays one, in a later visit too, where its content is all that is known', async () => {
  const { photos, originals, give } = giver();
  await give(picture('a.jpg', '10'));
  photos.developed(0, { key: await images.keyOf(picture('a.jpg', '10')), width: 4, height: 3 });
  originals.forget([0]);
  expect(await give(picture('a.jpg', '10'))).toBe('a.jpg');
  expect(await give(picture('a.jpg', '20'))).toBe('a (2).jpg');
});

it('a file that its handle tells is not read, and one that cannot be read is the one that is known', async () => {
  const { photos, give } = giver();
  const handle = {
    isSameEntry: async (other: unknown) => other === handle,
  } as unknown as FileSystemFileHandle;
  await give(picture('a.jpg', '10'), handle);
  const locked = Object.assign(picture('a.jpg', '20'), {
    text: () => Promise.reject(new DOMException('locked', 'NotReadableError')),
  });
  expect(await give(locked, handle)).toBe('a.jpg');
  expect(await give(locked)).toBe('a.jpg');
  expect(photos.ids()).toEqual([0]);
});
