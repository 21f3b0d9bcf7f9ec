import { expect, it } from 'vitest';
import type { AppState } from '../../../src/ui/app/app-state.svelte';
import { PhotoViewer } from '../../../src/ui/app/photo-viewer.svelte';
import { filesOfDirectory } from '../../../src/ui/kit/given-files';
import { failure, modelsWorker, settled, summary, testLibrary } from '../fakes';
import { testApp } from './test-app';

/** A folder with one picture, which a later visit asks to read. */
function folderAsking(answer: () => Promise<File>) {
  let isAllowed = false;
  const getFile = async () => new File(['30'], '30.jpg', { lastModified: 1, type: 'image/jpeg' });
  const handle = {
    kind: 'directory',
    name: 'trip',
    *values() {
      yield { kind: 'file', name: '30.jpg', getFile };
    },
    resolve: async () => [],
    queryPermission: async () => (isAllowed ? 'granted' : 'prompt'),
    requestPermission: async () => {
      isAllowed = true;
      return 'granted';
    },
    getFileHandle: async () => ({ getFile: answer }),
  };
  return handle as unknown as FileSystemDirectoryHandle;
}

/** A page that was opened again, whose only photo is of this folder. */
async function reopened(handle: FileSystemDirectoryHandle): Promise<{ app: AppState; viewer: PhotoViewer }> {
  const library = testLibrary();
  const { app } = testApp({ library, models: modelsWorker([summary('tiny')]) });
  await app.photoImport.add(filesOfDirectory(handle), 'folder');
  app.gallery.originals.forget(app.photos.ids());
  await app.gallery.folders.restore(app.gallery.folders.list);
  return { app, viewer: new PhotoViewer(app) };
}

it('offers to allow a folder that the browser asks for first, and then shows the photo', async () => {
  let isAsked = true;
  const handle = folderAsking(async () => {
    if (isAsked) throw new DOMException('The request is not allowed by the user agent', 'NotAllowedError');
    return new File(['30'], '30.jpg');
  });
  const { app, viewer } = await reopened(handle);
  viewer.open(app.photos.ids()[0]!);
  await settled();
  expect(viewer.missing?.why).toBe('The browser asks you first before trip/30.jpg may be read.');
  expect(viewer.missing?.action?.label).toBe('Allow reading trip');
  expect(viewer.original).toBeUndefined();
  isAsked = false;
  viewer.missing?.action?.run();
  await settled();
  expect(viewer.missing).toBeUndefined();
  expect(viewer.original).toMatch(/^blob:/);
  viewer.close();
});

it('tries again where a drive is back', async () => {
  let isThere = false;
  const handle = folderAsking(async () => {
    if (!isThere) throw new DOMException('A requested file could not be found', 'NotFoundError');
    return new File(['30'], '30.jpg');
  });
  const { app, viewer } = await reopened(handle);
  await app.gallery.folders.allow(app.gallery.folders.list[0]!.id);
  viewer.open(app.photos.ids()[0]!);
  await settled();
  expect(viewer.missing?.why).toMatch(
    /^trip\/30\.jpg is not there any more\. .* its drive is not connected\.$/,
  );
  expect(viewer.missing?.action?.label).toBe('Try again');
  isThere = true;
  viewer.missing?.action?.run();
  await settled();
  expect(viewer.missing).toBeUndefined();
  expect(viewer.original).toMatch(/^blob:/);
  viewer.close();
});

it('never shows a drawing itself, which could hold the page', async () => {
  const shown: Blob[] = [];
  const handle = folderAsking(async () => new File(['30'], '30.jpg', { type: 'image/svg+xml' }));
  const { app, viewer } = await reopened(handle);
  await app.gallery.folders.allow(app.gallery.folders.list[0]!.id);
  let isDrawn = true;
  Object.assign(app, {
    images: {
      shown: async (file: Blob) => {
        shown.push(file);
        if (!isDrawn) throw failure('PictureTooComplex', 'this drawing was not done after 10 seconds');
        return new Blob(['drawn']);
      },
    },
  });
  const id = app.photos.ids()[0]!;
  viewer.open(id);
  await settled();
  expect(await (await fetch(viewer.original!)).text()).toBe('drawn');
  viewer.close();
  isDrawn = false;
  viewer.open(id);
  await settled();
  expect(viewer.original).toBeUndefined();
  expect(viewer.missing?.why).toBe('This drawing was not done after 10 seconds.');
  expect(shown).toHaveLength(2);
  viewer.close();
});
