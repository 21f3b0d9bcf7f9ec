import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelSummary, Progress } from '../../../workers/api';
import type { ModelsApi } from '../../../workers/models-api';
import { WorkerDeath } from '../../../src/ui/kit/worker-death';
import type { Deaths } from '../../../src/ui/connect/connect';
import type { AppState } from '../../../src/ui/app/app-state.svelte';
import type { Comparison } from '../../../src/ui/compare/photos/comparison.svelte';
import { PhotoViewer } from '../../../src/ui/app/photo-viewer.svelte';
import {
  deferred,
  emptyStorage,
  failure,
  fetchRequest,
  memoryIn,
  modelsWorker,
  testLibrary,
  type TestLibrary,
  picture,
  settled,
  summary,
  until,
} from '../fakes';
import { testApp } from './test-app';

let library: TestLibrary;
let kept: ModelSummary[];
/** What the models worker does otherwise in one test. */
let worker: Partial<ModelsApi>;
/** Whether the text tower of a model is here. */
let hasText: (id: string) => boolean;
let restarts: number;
let deaths: Deaths;
let app: AppState;

beforeEach(async () => {
  library = testLibrary();
  kept = [summary('tiny'), summary('other', 'folder')];
  worker = {};
  hasText = () => true;
  restarts = 0;
  const models = modelsWorker(kept);
  ({ app, deaths } = testApp({
    library,
    models: new Proxy(models, { get: (api, name: keyof ModelsApi) => worker[name] ?? api[name] }),
    hasText: (id) => hasText(id),
    onStopModels: () => restarts++,
  }));
  await app.models.start(undefined, undefined);
  await add(0, 30, 60, 90);
});

async function add(...degrees: number[]): Promise<void> {
  const files = degrees.map((angle) => picture(`${angle}.jpg`, `${angle}`));
  await app.photoImport.addFiles(files, 'chosen');
  await until(() => app.indexing.phase === 'idle');
}

async function find(text: string): Promise<void> {
  app.find(text);
  await settled();
}

const found = () => (app.results.answer ? app.results.ids : undefined);

describe('AppState', () => {
  it('searches what was added', async () => {
    app.show('label');
    await find('at 59');
    expect(app.tab).toBe('search');
    expect(found()).toEqual([2, 1, 3, 0]);
  });

  it('stays on the page that compares when models are compared there, else turns to the search', async () => {
    app.show('compare');
    await until(() => app.compare.opened !== undefined);
    await find('at 0');
    expect(app.tab).toBe('search');
    app.show('compare');
    (app.compare.opened!.state as Comparison).addBuiltIn();
    await find('at 30');
    expect([app.tab, app.search.text]).toEqual(['compare', 'at 30']);
    app.findLike(0);
    expect([app.tab, app.search.examples.length]).toEqual(['compare', 1]);
    app.compare.show('scaling');
    await until(() => app.compare.opened !== undefined);
    await find('at 60');
    expect(app.tab).toBe('search');
  });

  it('labels what was added', async () => {
    app.labels.write('at 0\nat 90');
    await settled();
    expect(app.labels.answer(3)).toBeUndefined();
    app.show('label');
    await settled();
    expect(app.labels.answer(3)?.[0]?.label).toBe('at 90');
  });

  it('labels what the search and the filter leave, or all', async () => {
    await find('at 59');
    app.show('label');
    expect(app.labels.shown).toEqual([2, 1, 3, 0]);
    app.results.cutAt(0.8);
    expect(app.labels.shown).toEqual([2, 1, 3]);
    app.results.filterBy({ from: '2999-01-01' });
    await settled();
    expect(app.labels.shown).toEqual([]);
    app.labels.widen();
    expect([app.labels.shown, app.labels.isNarrowed]).toEqual([[0, 1, 2, 3], false]);
    expect([app.search.asked, app.results.isFiltered]).toEqual([false, false]);
  });

  it('ranks again with what is added', async () => {
    await find('at 59');
    await add(61);
    await settled();
    expect(found()).toEqual([2, 4, 1, 3, 0]);
  });

  it('removes photos, brings them back, and in the end forgets them', async () => {
    await find('at 59');
    app.gallery.remove([2]);
    expect(app.indexing.indexed).toBe(3);
    await find('at 58');
    expect(found()).toEqual([1, 3, 0]);
    app.gallery.undoRemoval();
    await find('at 59');
    expect(found()).toEqual([2, 1, 3, 0]);
    app.gallery.remove([2]);
    app.gallery.keepRemoval();
    await settled();
    expect(await library.held()).toEqual([0, 1, 3]);
    expect(app.photos.removed).toEqual([]);
  });

  it('indexes everything for another model, and asks it again', async () => {
    await find('at 59');
    await app.models.choose('other');
    await until(() => app.indexing.phase === 'idle');
    await settled();
    expect(await library.held('other')).toHaveLength(4);
    expect(found()).toEqual([2, 1, 3, 0]);
  });

  it('goes on after the model worker died, with all rows kept', async () => {
    await find('at 59');
    deaths.clip(new WorkerDeath('clip'));
    expect(app.models.ready).toBeUndefined();
    await settled();
    expect(app.models.ready?.summary.id).toBe('tiny');
    expect(app.indexing.indexed).toBe(4);
    await find('at 30');
    expect(found()?.[0]).toBe(1);
  });

  it('makes the rows again after the library worker died', async () => {
    await find('at 59');
    await library.drop('tiny');
    deaths.library(new WorkerDeath('library'));
    await settled();
    expect(await library.held()).toHaveLength(4);
    expect(found()).toEqual([2, 1, 3, 0]);
  });

  it('tells a library worker that keeps nothing of all photos, and the person why', async () => {
    await library.die();
    deaths.library(new WorkerDeath('library'));
    deaths.unkept('StorageUnavailable');
    await settled();
    expect((await library.photos()).map(({ id }) => id)).toEqual([0, 1, 2, 3]);
    expect(await library.held()).toHaveLength(4);
    expect(app.gallery.unkept).toBe('StorageUnavailable');
    expect(app.notices.problems).toMatchObject([{ happened: expect.stringMatching(/keeps nothing/) }]);
  });

  it('tells how many photos were left out when indexing was called off', async () => {
    expect(app.leftOut).toBe(0);
    const adding = app.photoImport.addFiles([picture('5.jpg', '5')], 'chosen');
    while (app.indexing.phase !== 'running') await Promise.resolve();
    app.indexing.cancel();
    await adding;
    expect(app.leftOut).toBe(1);
    app.indexing.indexRest();
    await until(() => app.indexing.phase === 'idle');
    expect(app.leftOut).toBe(0);
  });

  it('keeps a selection of what is there', () => {
    app.selection.toggle(3);
    app.selection.toggle(1);
    app.selection.toggle(2);
    app.selection.toggle(2);
    expect(app.selection.ids).toEqual([3, 1]);
    expect(app.selection.paths).toBe('90.jpg\n30.jpg');
    app.gallery.remove([3]);
    expect(app.selection.ids).toEqual([1]);
    expect(app.selection.has(1)).toBe(true);
    app.selection.clear();
    expect(app.selection.ids).toEqual([]);
  });
});

describe('a downloaded model', () => {
  let ended: ReturnType<typeof deferred<ModelSummary>>;
  let told: (progress: Progress) => void;
  beforeEach(() => {
    ended = deferred();
    worker.fetchModel = (_request, onProgress) => {
      told = onProgress;
      return ended.promise;
    };
  });

  async function arrive(name: string): Promise<void> {
    kept.push(summary(name, 'hub'));
    ended.resolve(summary(name, 'hub'));
    await settled();
    await until(() => app.indexing.phase === 'idle');
  }

  it('is listed and loaded', async () => {
    await app.download(fetchRequest('B'));
    await arrive('B');
    expect(app.keptModels.get('B')).toBeDefined();
    expect(app.models.ready?.summary.id).toBe('B');
    expect(await library.held('B')).toHaveLength(4);
  });

  it('is only listed where the person chose another meanwhile', async () => {
    await app.download(fetchRequest('B'));
    await app.models.choose('other');
    await arrive('B');
    expect(app.keptModels.get('B')).toBeDefined();
    expect(app.models.ready?.summary.id).toBe('other');
  });

  it('indexes pictures before its text tower is here, and answers texts afterwards', async () => {
    hasText = () => false;
    app.labels.write('at 0\nat 90');
    await app.download(fetchRequest('B'));
    await settled();
    told({ stage: 'downloading', done: 1, total: 2, imageTowerReady: true });
    await app.models.choose('B');
    await settled();
    await until(() => app.indexing.phase === 'idle');
    expect(await library.held('B')).toHaveLength(4);
    expect(app.search.waitsFor?.summary.id).toBe('B');
    app.labels.activate(true);
    await find('at 59');
    expect(found()).toBeUndefined();
    app.findLike(3);
    await settled();
    expect(found()).toEqual([2, 1, 0]);
    app.find('at 30');
    hasText = () => true;
    await arrive('B');
    expect(app.search.waitsFor).toBeUndefined();
    expect(found()?.[0]).toBe(2);
    expect(app.notices.problems).toEqual([]);
  });

  it('goes on after the worker was ended for something else', async () => {
    let fetches = 0;
    worker.fetchModel = () => {
      fetches++;
      return fetches === 1 ? ended.promise : deferred<ModelSummary>().promise;
    };
    await app.download(fetchRequest('B'));
    worker.addCheckpoint = () => new Promise(() => {});
    void app.checkpointImport.open({ name: 'mine', config: new Blob() });
    app.checkpointImport.cancel();
    ended.reject(failure('WorkerDied'));
    await settled();
    expect(restarts).toBe(1);
    expect(fetches).toBe(2);
    expect(app.downloads.list.map(({ status }) => status.phase)).toEqual(['downloading']);
  });

  it('of an earlier page is offered', async () => {
    const { source, name, precision } = fetchRequest('B');
    const downloads = [{ id: 'B', request: { source, name, precision }, done: 1, total: 2 }];
    worker.storage = async () => ({ ...emptyStorage, downloads });
    await app.recall();
    expect(app.downloads.list.map(({ status }) => status.phase)).toEqual(['paused']);
    await app.resumeDownload('B');
    await arrive('B');
    expect(app.models.ready?.summary.id).toBe('B');
  });

  it('goes on by itself in the tab that takes the photos over', async () => {
    const { source, name, precision } = fetchRequest('B');
    const request = { source, name, precision };
    const begun: string[] = [];
    const models = modelsWorker(kept, {
      fetchModel: (asked) => {
        begun.push(asked.name);
        return deferred<ModelSummary>().promise;
      },
      storage: async () => ({ ...emptyStorage, downloads: [{ id: 'B', request, done: 1, total: 2 }] }),
    });
    const memory = memoryIn(new Map());
    const leaves: string[] = [];
    let ask = () => {};
    const { app: first } = testApp({
      library,
      models,
      memory,
      onLeave: () => leaves.push('first'),
      otherTabs: { listen: (_, onAsked) => (ask = onAsked), take: async () => true },
    });
    await first.gallery.restore();
    await first.download(request);
    ask();
    await until(() => first.gallery.isElsewhere);
    expect(leaves).toEqual(['first']);
    const { app: second } = testApp({ library, models, memory });
    await second.recall();
    expect(second.downloads.list.map(({ status }) => status.phase)).toEqual(['downloading']);
    expect(begun).toEqual(['B', 'B']);
    const { app: third } = testApp({ library, models, memory });
    await third.recall();
    expect(third.downloads.list.map(({ status }) => status.phase)).toEqual(['paused']);
  });
});

it('a checkpoint of the person’s own is listed and loaded', async () => {
  await app.checkpointImport.open({ name: 'mine', config: new Blob() });
  await settled();
  expect(app.models.ready?.summary.id).toBe('mine');
});

it('one panel is open at a time, and closes only itself', () => {
  app.openSheet('models');
  app.openSheet('storage');
  app.closeSheet('models');
  expect(app.sheet).toBe('storage');
  app.closeSheet('storage');
  expect(app.sheet).toBeUndefined();
});

describe('PhotoViewer', () => {
  let photoViewer: PhotoViewer;
  beforeEach(() => {
    photoViewer = new PhotoViewer(app);
  });

  it('steps through the photos in the order they are shown', async () => {
    await find('at 59');
    photoViewer.open(2);
    expect(photoViewer.photo?.name).toBe('60.jpg');
    expect(photoViewer.place).toBe('1 of 4 photos');
    expect(photoViewer.cosine).toBeCloseTo(1);
    photoViewer.step(-1);
    expect(photoViewer.photo?.id).toBe(2);
    photoViewer.step(1);
    expect(photoViewer.photo?.id).toBe(1);
    expect(photoViewer.picture).toMatch(/^blob:/);
    photoViewer.close();
    expect(photoViewer.photo).toBeUndefined();
    expect(photoViewer.picture).toBeUndefined();
  });

  it('has no cosine on the label page', async () => {
    await find('at 59');
    app.show('label');
    photoViewer.open(2);
    expect(photoViewer.cosine).toBeUndefined();
    expect(photoViewer.place).toBe('1 of 4 photos');
  });

  it('goes on to the next photo when one is removed, and closes after the last', () => {
    photoViewer.open(2);
    photoViewer.remove();
    expect(photoViewer.photo?.id).toBe(3);
    photoViewer.remove();
    expect(photoViewer.photo?.id).toBe(1);
    photoViewer.remove();
    photoViewer.remove();
    expect(photoViewer.photo).toBeUndefined();
    expect(app.photos.list).toEqual([]);
  });

  it('finds photos like the one shown', async () => {
    photoViewer.open(3);
    photoViewer.findLike();
    await settled();
    expect(photoViewer.photo).toBeUndefined();
    expect(app.search.examples).toMatchObject([{ name: '90.jpg' }]);
    expect(found()).toEqual([2, 1, 0]);
  });
});
