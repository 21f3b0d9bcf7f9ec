import { beforeEach, describe, expect, it } from 'vitest';
import type { AppState } from '../../../src/ui/app/app-state.svelte';
import { PageHistory } from '../../../src/ui/app/page-history';
import { PhotoViewer } from '../../../src/ui/app/photo-viewer.svelte';
import { FakeHistory } from '../fake-history';
import { modelsWorker, picture, settled, summary, testLibrary, until } from '../fakes';
import { testApp } from './test-app';

let app: AppState;
let photoViewer: PhotoViewer;
let history: FakeHistory;
let pageHistory: PageHistory;
/** Addresses that the person typed. */
let typed: number;

/** The page's state is tied to the history, as on opening the page or reloading it. */
async function open(text = ''): Promise<void> {
  ({ app } = testApp({ library, models: modelsWorker([summary('tiny'), summary('other')]) }));
  photoViewer = new PhotoViewer(app);
  typed = 0;
  pageHistory = new PageHistory({
    app,
    photoViewer,
    history,
    address: () => `${app.search.text.trim()}.`,
    onAddress: () => typed++,
  });
  history.onArrive = (state) => pageHistory.arrived(state);
  app.search.restore(text, []);
  pageHistory.follow();
  await app.models.start(undefined, undefined);
}

let library: ReturnType<typeof testLibrary>;
beforeEach(async () => {
  history = new FakeHistory();
  library = testLibrary();
  await open();
  const files = [0, 30, 60].map((angle) => picture(`${angle}.jpg`, `${angle}`));
  await app.photoImport.addFiles(files, 'chosen');
  await until(() => app.indexing.phase === 'idle');
});

/** Something happens on the page, which the history follows. */
async function does(what: () => void): Promise<void> {
  what();
  pageHistory.follow();
  await settled();
}

/** Types a text letter by letter. */
async function type(text: string): Promise<void> {
  const before = app.search.text;
  const from = text.startsWith(before) ? before.length : 0;
  for (let end = from + 1; end <= text.length; end++) await does(() => app.find(text.slice(0, end)));
}

/** Presses Back and says what is open. */
function back(): string {
  history.press(-1);
  return whatIsOpen();
}
function forward(): string {
  history.press(1);
  return whatIsOpen();
}
const whatIsOpen = () =>
  [app.tab, app.search.text, app.sheet, photoViewer.photo?.name].filter(Boolean).join(' ');

describe('PageHistory', () => {
  it('goes back over a photo, a sheet and the query, and only then leaves', async () => {
    await type('at 30');
    await does(() => app.openSheet('duplicates'));
    await does(() => photoViewer.open(1));
    expect(whatIsOpen()).toBe('search at 30 duplicates 30.jpg');
    expect(back()).toBe('search at 30 duplicates');
    expect(back()).toBe('search at 30');
    expect(back()).toBe('search');
    expect(() => back()).toThrow('It has left the page');
  });

  it('opens all of them again on going forward', async () => {
    await type('at 30');
    await does(() => app.openSheet('duplicates'));
    await does(() => photoViewer.open(1, [1, 2]));
    for (const _ of [1, 2, 3]) back();
    expect(forward()).toBe('search at 30');
    await settled();
    expect(app.results.ids[0]).toBe(1);
    expect(forward()).toBe('search at 30 duplicates');
    expect(forward()).toBe('search at 30 duplicates 30.jpg');
    photoViewer.step(1);
    expect(photoViewer.place).toBe('2 of 2 photos');
  });

  it('takes a typed text as one search, and the next one as another', async () => {
    await type('at 3');
    await type('at 30');
    expect(history.entries).toHaveLength(2);
    await does(() => app.search.finish());
    await type('at 30 or so');
    expect(history.entries).toHaveLength(3);
    await does(() => app.find('60 more'));
    expect(history.entries).toHaveLength(4);
    expect(back()).toBe('search at 30 or so');
    expect(back()).toBe('search at 30');
    expect(back()).toBe('search');
    expect(forward()).toBe('search at 30');
    await type('at 30 again');
    expect(history.addresses).toBe('. at 30. at 30 again. |');
  });

  it('takes the entries of all searches away when the line is cleared', async () => {
    await type('at 30');
    await does(() => app.search.finish());
    await type('at 60');
    await does(() => app.search.clear());
    history.settle();
    expect(history.addresses).toBe('. | at 30. at 60.');
    expect(() => back()).toThrow('It has left the page');
  });

  it('goes back from more like this to the search it came from', async () => {
    await type('at 30');
    await does(() => photoViewer.open(2));
    await does(() => photoViewer.findLike());
    expect(history.entries).toHaveLength(3);
    expect(app.search.examples).toHaveLength(1);
    expect(back()).toBe('search at 30');
    expect(app.search.examples).toEqual([]);
    history.press(1);
    expect(app.search.examples).toMatchObject([{ kind: 'photo', id: 2 }]);
  });

  it('keeps the threshold chosen for each search, on going back and forward and over a reload', async () => {
    await type('at 30');
    await does(() => app.results.cutAt(0.9));
    await does(() => photoViewer.open(2));
    await does(() => photoViewer.findLike());
    expect(app.results.chosenThreshold).toBeUndefined();
    await does(() => app.results.cutAt(-Infinity));
    back();
    expect(app.results.chosenThreshold).toBe(0.9);
    forward();
    expect(app.results.chosenThreshold).toBe(-Infinity);
    await open();
    history.settle();
    await app.gallery.restore();
    pageHistory.recall();
    expect(app.search.examples).toMatchObject([{ kind: 'photo', id: 2 }]);
    expect(app.results.chosenThreshold).toBe(-Infinity);
    await settled();
    expect(app.results.chosenThreshold).toBe(-Infinity);
    expect(back()).toBe('search at 30');
    expect(app.results.chosenThreshold).toBe(0.9);
    expect(back()).toBe('search');
  });

  it('gives up the entry of a search by a photo that is gone after a reload', async () => {
    await type('at 30');
    await does(() => photoViewer.open(2));
    await does(() => photoViewer.findLike());
    app.gallery.remove([2]);
    app.gallery.keepRemoval();
    await settled();
    await open();
    await app.gallery.restore();
    pageHistory.recall();
    history.settle();
    expect(whatIsOpen()).toBe('search');
    expect(history.at).toBe(0);
  });

  it('takes the usual threshold for a search that another model answered', async () => {
    await type('at 30');
    await does(() => app.results.cutAt(0.9));
    await does(() => app.search.finish());
    await type('at 60');
    await does(() => void app.models.choose('other'));
    back();
    expect(app.search.text).toBe('at 30');
    expect(app.results.chosenThreshold).toBeUndefined();
  });

  it('goes back to the page on which the search began', async () => {
    await does(() => app.show('label'));
    await type('at 30');
    expect(app.tab).toBe('search');
    expect(back()).toBe('label');
    expect(forward()).toBe('search at 30');
  });

  it('has one entry for a photo however many are looked at, and takes it along when it is closed', async () => {
    await does(() => photoViewer.open(0));
    await does(() => photoViewer.step(1));
    await does(() => photoViewer.step(1));
    expect(history.entries).toHaveLength(2);
    await does(() => photoViewer.close());
    history.settle();
    expect(history.at).toBe(0);
    expect(forward()).toBe('search 60.jpg');
  });

  it('has one entry for sheets that open one another', async () => {
    await does(() => app.openSheet('models'));
    await does(() => app.openSheet('storage'));
    expect(history.entries).toHaveLength(2);
    expect(back()).toBe('search');
    expect(forward()).toBe('search storage');
  });

  it('does not open again what is gone', async () => {
    await does(() => photoViewer.open(1));
    back();
    app.gallery.remove([1]);
    expect(forward()).toBe('search');
    expect(history.at).toBe(0);
    await does(() => app.openSheet('checkpoint'));
    back();
    expect(forward()).toBe('search');
    expect(history.at).toBe(0);
  });

  it('ends what a sheet asked for when Back closes it', async () => {
    ({ app } = testApp({
      library,
      models: modelsWorker([], {
        questions: async () => [{ key: 'heads', label: 'Heads', choices: [], preset: '12' }],
      }),
    }));
    photoViewer = new PhotoViewer(app);
    pageHistory = new PageHistory({ app, photoViewer, history, address: () => '', onAddress: () => typed++ });
    pageHistory.follow();
    await app.checkpointImport.open({ name: 'mine', weights: new Blob() });
    pageHistory.follow();
    expect(app.sheet).toBe('checkpoint');
    back();
    expect(app.sheet).toBeUndefined();
    expect(app.checkpointImport.status.phase).toBe('none');
  });

  it('closes after a reload what does not outlast it, and goes on from there', async () => {
    await type('at 30');
    await does(() => app.openSheet('help'));
    await open('at 30');
    history.settle();
    expect(history.addresses).toBe('. at 30. | at 30.');
    expect(back()).toBe('search');
    expect(forward()).toBe('search at 30');
    expect(forward()).toBe('search at 30 help');
  });

  it('lets the browser find the place in the list again after a search, not after a photo or a sheet', async () => {
    await type('at 30');
    expect(history.scrollRestoration).toBe('auto');
    await does(() => photoViewer.open(1));
    expect(history.scrollRestoration).toBe('manual');
    await does(() => photoViewer.close());
    history.settle();
    expect(history.scrollRestoration).toBe('auto');
  });

  it('has an address that was edited read again', async () => {
    await type('at 30');
    history.entries.push({ state: null, address: 'edited' });
    forward();
    expect(typed).toBe(1);
  });
});
