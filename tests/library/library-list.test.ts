import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it } from 'vitest';
import { FIRST_LIBRARY } from '../../src/library/records';
import { listLibraries, putLibrary, removeLibrary } from '../../src/library/library-list';

const work = { id: 'w', name: 'Work' };
const family = { id: 'f', name: 'Family' };

afterEach(async () => {
  for (const { id } of await listLibraries()) await removeLibrary(id);
});

describe('the list of libraries', () => {
  it('knows the first library from the start, and the others by name', async () => {
    expect(await listLibraries()).toEqual([FIRST_LIBRARY]);
    await putLibrary(work);
    await putLibrary(family);
    expect(await listLibraries()).toEqual([FIRST_LIBRARY, family, work]);
    await removeLibrary('f');
    expect(await listLibraries()).toEqual([FIRST_LIBRARY, work]);
  });

  it('takes no name twice, whoever comes first', async () => {
    const both = [putLibrary(work), putLibrary({ id: 'w2', name: 'WORK' })];
    expect(await Promise.all(both)).toEqual([true, false]);
    expect(await putLibrary({ id: 'p', name: 'my photos' })).toBe(false);
    expect(await listLibraries()).toEqual([FIRST_LIBRARY, work]);
  });

  it('gives a library another name, the first one too', async () => {
    await putLibrary(work);
    expect(await putLibrary({ ...work, name: 'work' })).toBe(true);
    expect(await putLibrary({ ...FIRST_LIBRARY, name: 'Work' })).toBe(false);
    expect(await putLibrary({ ...FIRST_LIBRARY, name: 'Holidays' })).toBe(true);
    expect(await putLibrary({ ...work, name: 'My photos' })).toBe(true);
    expect((await listLibraries()).map(({ name }) => name)).toEqual(['Holidays', 'My photos']);
  });
});
