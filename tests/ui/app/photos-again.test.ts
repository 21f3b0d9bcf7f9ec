/** Photos that could not be read at first, over several visits and models. */
import { beforeEach, expect, it } from 'vitest';
import { filesOfDirectory } from '../../../src/ui/kit/given-files';
import type { AppState } from '../../../src/ui/app/app-state.svelte';
import { MemoryDisk } from '../../helpers/memory-disk';
import { modelsWorker, picture, settled, summary, testLibrary, type TestLibrary, until } from '../fakes';
import { testApp } from './test-app';

let library: TestLibrary;
let disk: MemoryDisk;
let app: AppState;

beforeEach(async () => {
  library = testLibrary();
  disk = new MemoryDisk();
  for (const angle of [0, 30, 60, 90]) disk.put(`trip/${angle}.jpg`, `${angle}`);
  await visit();
});

/** A page opened anew over the same library; the browser asks again before a folder may be read. */
async function visit(): Promise<void> {
  disk.allowed.clear();
  const kept = [summary('tiny'), summary('other', 'folder')];
  ({ app } = testApp({ library, models: modelsWorker(kept) }));
  await app.gallery.restore();
  await choose('tiny');
}

async function choose(model: string): Promise<void> {
  await app.models.start(model, undefined);
  await settled();
  await until(() => app.indexing.phase === 'idle');
}

const dropped = () => {
  disk.allowed.add('trip');
  return app.photoImport.add(filesOfDirectory(disk.directory('trip')), 'chosen');
};

/** The files of a folder input, which gives no handles. */
function listed(name: string, ...angles: number[]): File[] {
  return angles.map((angle) => {
    const file = picture(`${angle}.jpg`, `${angle}`);
    return Object.defineProperty(file, 'webkitRelativePath', { value: `${name}/${angle}.jpg` });
  });
}

async function ended(): Promise<void> {
  await settled();
  await until(() => app.indexing.phase === 'idle');
}

it('photos of a folder without a handle are indexed by another model once it is added again', async () => {
  await app.photoImport.addFiles(listed('DCIM', 1, 2, 3), 'folder');
  await ended();
  await visit();
  await choose('other');
  expect(app.indexing).toMatchObject({
    indexed: 0,
    outOfReach: [{ folder: 1, reach: 'again', count: 3 }],
  });
  await app.photoImport.addFiles(listed('DCIM', 1, 2, 3), 'folder');
  await ended();
  expect(app.notices.said).toBe('3 photos ready to search');
  expect(app.indexing).toMatchObject({ indexed: 3, outOfReach: [] });
});

it('a folder whose indexing was interrupted goes on when it is dropped again', async () => {
  disk.onRead = (reads) => reads === 3 && app.indexing.cancel();
  await dropped();
  await settled();
  const before = await library.held();
  expect(before.length).toBeLessThan(4);

  await visit();
  expect(app.indexing.outOfReach).toEqual([{ folder: 1, reach: 'ask', count: 4 - before.length }]);
  await dropped();
  await ended();
  expect(app.indexing).toMatchObject({ indexed: 4, outOfReach: [] });
  expect(app.gallery.folders.waiting).toEqual([]);
  expect(app.gallery.folders.list).toHaveLength(1);
});

it('a drive that goes away while its photos are indexed costs none of them', async () => {
  disk.onRead = (reads) => (disk.isAway ||= reads === 3);
  await dropped();
  await ended();
  expect(app.photos.ids()).toHaveLength(4);
  const { indexed } = app.indexing;
  expect(indexed).toBeLessThan(4);
  expect(app.indexing.outOfReach).toEqual([{ folder: 1, reach: 'file', count: 4 - indexed }]);
  await app.tryAgain();
  await ended();
  expect(app.photos.ids()).toHaveLength(4);
  expect(app.indexing.indexed).toBe(indexed);
  disk.onRead = () => undefined;
  disk.isAway = false;
  await app.tryAgain();
  await ended();
  expect(app.indexing).toMatchObject({ indexed: 4, outOfReach: [] });
  expect(app.photos.skipped).toEqual([]);
});

it('one file that vanishes stops nothing, and is forgotten at the next look', async () => {
  disk.onRead = () => disk.files.delete('trip/60.jpg');
  await dropped();
  await ended();
  expect(app.notices.problems).toEqual([]);
  expect(app.indexing).toMatchObject({
    indexed: 3,
    outOfReach: [{ folder: 1, reach: 'file', count: 1 }],
  });
  await app.tryAgain();
  await ended();
  expect(app.photos.list.map(({ name }) => name)).toEqual(['0.jpg', '30.jpg', '90.jpg']);
  expect(app.indexing).toMatchObject({ indexed: 3, outOfReach: [] });
});
