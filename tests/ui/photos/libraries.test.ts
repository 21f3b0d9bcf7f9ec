import { beforeEach, describe, expect, it } from 'vitest';
import { Libraries, LONGEST_NAME } from '../../../src/ui/photos/libraries.svelte';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import { failure, testLibrary, type TestLibrary } from '../fakes';

let library: TestLibrary;
let notices: Notices;
let remembered: Map<string, string>;
let thisTab: Map<string, string>;
/** What was done, in order. */
let done: string[];
let libraries: Libraries;

/** A page that was just loaded, in a tab that remembers. */
function load(tab = thisTab): Libraries {
  return new Libraries({
    library,
    notices,
    memories: [tab, remembered].map((map) => ({
      getItem: (name) => map.get(name) ?? null,
      setItem: (name, value) => void map.set(name, value),
    })),
    keep: async () => void done.push('kept'),
    reload: () => void done.push('reloaded'),
  });
}

beforeEach(async () => {
  library = testLibrary([{ id: 'w', name: 'Work' }]);
  notices = new Notices();
  remembered = new Map();
  thisTab = new Map();
  done = [];
  libraries = load();
  await libraries.choose();
});

describe('Libraries', () => {
  it('opens the first one where none was chosen', async () => {
    expect(await load().choose()).toBe('main');
    expect(libraries.list.map(({ name }) => name)).toEqual(['My photos', 'Work']);
    expect([libraries.current.name, libraries.isFirst]).toEqual(['My photos', true]);
  });

  it('turns to another by loading the page again, once what is here is kept', async () => {
    await libraries.open('w');
    expect(done).toEqual(['kept', 'reloaded']);
    libraries = load();
    expect(await libraries.choose()).toBe('w');
    expect([libraries.current.name, libraries.isFirst]).toEqual(['Work', false]);
    await libraries.open('w');
    expect(done).toHaveLength(2);
    await libraries.open('main');
    expect(await load().choose()).toBe('main');
  });

  it('turns to another even where the last changes cannot be kept', async () => {
    libraries = new Libraries({
      library,
      notices,
      memories: [],
      keep: () => Promise.reject(failure('StorageFull')),
      reload: () => void done.push('reloaded'),
    });
    await libraries.open('w');
    expect(done).toEqual(['reloaded']);
  });

  it('opens the first one where the one chosen is gone', async () => {
    remembered.set('clipscope library', 'gone');
    expect(await load(new Map()).choose()).toBe('main');
  });

  it('stays with its own when another tab turns to another', async () => {
    await load(new Map()).open('w');
    expect(await load().choose()).toBe('main');
    expect(await load(new Map()).choose()).toBe('w');
  });

  it('knows the first one where nothing can be listed', async () => {
    library.libraries = () => Promise.reject(failure('StorageUnavailable'));
    libraries = load();
    expect(await libraries.choose()).toBe('main');
    expect(libraries.list).toHaveLength(1);
    expect(notices.problems).toEqual([]);
  });

  it('makes one and turns to it', async () => {
    expect(await libraries.create(' Family ')).toBeUndefined();
    expect(done).toEqual(['kept', 'reloaded']);
    libraries = load();
    await libraries.choose();
    expect(libraries.current.name).toBe('Family');
  });

  it.each([
    ['  ', 'Give it a name.'],
    ['x'.repeat(LONGEST_NAME + 1), 'A name has at most 60 characters.'],
    ['Work', 'Another library has this name.'],
  ])('refuses the name "%s"', async (name, problem) => {
    expect(await libraries.create(name)).toBe(problem);
    expect(await libraries.rename(name)).toBe(problem);
    expect(done).toEqual([]);
    expect(libraries.current.name).toBe('My photos');
  });

  it('gives the open one another name', async () => {
    expect(await libraries.rename('Holidays')).toBeUndefined();
    expect(libraries.list.map(({ name }) => name)).toEqual(['Holidays', 'Work']);
    expect(libraries.current.name).toBe('Holidays');
    expect(done).toEqual([]);
  });

  it('tells what else went wrong', async () => {
    library.createLibrary = () => Promise.reject(failure('StorageFull', 'no room'));
    expect(await libraries.create('Family')).toBeUndefined();
    expect(notices.problems).toMatchObject([{ happened: 'No room.' }]);
    expect(done).toEqual([]);
  });

  it('goes back to the first when the open one is gone', async () => {
    await libraries.open('w');
    libraries = load();
    await libraries.choose();
    libraries.leave();
    expect(done.at(-1)).toBe('reloaded');
    expect(await load().choose()).toBe('main');
  });
});
