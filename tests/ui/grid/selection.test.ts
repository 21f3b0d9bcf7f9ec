import { expect, it } from 'vitest';
import { Selection } from '../../../src/ui/grid/selection.svelte';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import { photoStates, picture, testLibrary } from '../fakes';

it('says how many photos are selected, of those that are there', () => {
  const { photos, give } = photoStates(testLibrary());
  const notices = new Notices();
  const selection = new Selection({ photos, notices });
  const [a, b, c] = ['a.jpg', 'b.jpg', 'c.jpg'].map((name) => give(picture(name)));
  selection.clear();
  expect(notices.said).toBe('');
  selection.toggle(a!);
  expect(notices.said).toBe('1 photo selected');
  selection.add([a!, b!, c!]);
  expect(notices.said).toBe('3 photos selected');
  photos.remove([c!]);
  selection.toggle(b!);
  expect(notices.said).toBe('1 photo selected');
  selection.clear();
  expect(notices.said).toBe('No photo selected');
  expect(selection.ids).toEqual([]);
});
