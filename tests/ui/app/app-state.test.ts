import { beforeEach, describe, expect, it } from 'vitest';
import type { LoadedModel, ModelSummary, Progress } from '../../../workers/api';
import type { ModelsApi } from '../../../workers/models-api';
import type { Deaths, Workers } from '../../../src/ui/connect/connect';
import { Desk } from '../../../src/ui/app/app-state.svelte';
import { Viewing } from '../../../src/ui/app/photo-viewer.svelte';
import {
  clip,
  deferred,
  emptyStorage,
  failure,
  fetchRequest,
  images,
  keeper,
  library,
  loadedModel,
  picture,
  settled,
  summary,
  until,
} from '../fakes';

let shelf: ReturnType<typeof library>;
let kept: ModelSummary[];
/** What the models worker does otherwise in one test. */
let worker: Partial<ModelsApi>;
/** Whether the text tower of a model is here. */
let hasText: (id: string) => boolean;
let restarts: number;
let deaths: Deaths;
let desk: Desk;

beforeEach(async () => {
  shelf = library();
  kept = [summary('tiny'), summary('other', 'folder')];
  worker = {};
  hasText = () => true;
  restarts = 0;
  const models = keeper(kept);
  const workers: Workers = {
    clip: {
      ...clip(),
      load: async (id): Promise<LoadedModel> => ({ ...loadedModel(id), hasText: hasText(id) }),
      unload: async () => {},
    },
    library: shelf,
    images,
    models: new Proxy(models, { get: (api, name: keyof ModelsApi) => worker[name] ?? api[name] }),
    stopClip: () => {},
    stopModels: () => restarts++,
  };
  desk = new Desk({
    connect: (given) => {
      deaths = given;
      return workers;
    },
    schedule: (work) => work(),
    now: () => 0,
    today: () => 0,
    albumPicture: () => Promise.reject(failure('NetworkFailed')),
    pictureOf: async (file) => file,
    pickFolder: async () => undefined,
    pickTarget: async () => null,
    handOver: () => {},
    persist: async () => true,
    allowHosts: async () => true,
    memory: undefined,
    memories: [],
    reload: () => {},
    origin: 'https://clipscope.example',
  });
  await desk.models.start(undefined, undefined);
  await add(0, 30, 60, 90);
});

async function add(...degrees: number[]): Promise<void> {
  const files = degrees.map((angle) => picture(`${angle}.jpg`, `${angle}`));
  await desk.intake.addFiles(files, 'chosen');
  await until(() => desk.indexing.phase === 'idle');
}

async function find(text: string): Promise<void> {
  desk.find(text);
  await settled();
}

const found = () => desk.search.answer?.matches.map(({ id }) => id);

describe('Desk', () => {
  it('searches what was added', async () => {
    desk.show('label');
    await find('at 60');
    expect(desk.tab).toBe('search');
    expect(found()).toEqual([2, 1, 3, 0]);
  });

  it('labels what was added', async () => {
    desk.labels.write('at 0\nat 90');
    desk.show('label');
    await settled();
    expect(desk.labels.answer(3)?.[0]?.label).toBe('at 90');
  });

  it('ranks again with what is added', async () => {
    await find('at 60');
    await add(61);
    await settled();
    expect(found()).toEqual([2, 4, 1, 3, 0]);
  });

  it('removes photos, brings them back, and in the end forgets them', async () => {
    await find('at 60');
    desk.gallery.remove([2]);
    expect(desk.indexing.indexed).toBe(3);
    await find('at 59');
    expect(found()).toEqual([1, 3, 0]);
    desk.gallery.undoRemoval();
    await find('at 60');
    expect(found()).toEqual([2, 1, 3, 0]);
    desk.gallery.remove([2]);
    desk.gallery.keepRemoval();
    await settled();
    expect([...shelf.held.get('tiny')!.keys()]).toEqual([0, 1, 3]);
    expect(desk.photos.removed).toEqual([]);
  });

  it('indexes everything for another model, and asks it again', async () => {
    await find('at 60');
    await desk.models.choose('other');
    await until(() => desk.indexing.phase === 'idle');
    await settled();
    expect(shelf.held.get('other')?.size).toBe(4);
    expect(found()).toEqual([2, 1, 3, 0]);
  });

  it('goes on after the model worker died, with all rows kept', async () => {
    await find('at 60');
    deaths.clip();
    expect(desk.models.ready).toBeUndefined();
    await settled();
    expect(desk.models.ready?.summary.id).toBe('tiny');
    expect(desk.indexing.indexed).toBe(4);
    await find('at 30');
    expect(found()?.[0]).toBe(1);
  });

  it('makes the rows again after the library worker died', async () => {
    await find('at 60');
    shelf.held.clear();
    deaths.library();
    await settled();
    expect(shelf.held.get('tiny')?.size).toBe(4);
    expect(found()).toEqual([2, 1, 3, 0]);
  });

  it('tells a library worker that keeps nothing of all photos, and the person why', async () => {
    shelf.held.clear();
    shelf.photos.clear();
    deaths.library();
    deaths.unkept('StorageBusy');
    await settled();
    expect([...shelf.photos.keys()]).toEqual([0, 1, 2, 3]);
    expect(shelf.held.get('tiny')?.size).toBe(4);
    expect(desk.gallery.unkept).toBe('StorageBusy');
    expect(desk.notices.problems).toMatchObject([{ happened: expect.stringMatching(/Another tab/) }]);
  });

  it('tells how many photos were left out when indexing was called off', async () => {
    expect(desk.leftOut).toBe(0);
    const adding = desk.intake.addFiles([picture('5.jpg', '5')], 'chosen');
    while (desk.indexing.phase !== 'running') await Promise.resolve();
    desk.indexing.cancel();
    await adding;
    expect(desk.leftOut).toBe(1);
    desk.indexing.indexRest();
    await until(() => desk.indexing.phase === 'idle');
    expect(desk.leftOut).toBe(0);
  });

  it('keeps a selection of what is there', () => {
    desk.selection.toggle(3);
    desk.selection.toggle(1);
    desk.selection.toggle(2);
    desk.selection.toggle(2);
    expect(desk.selection.ids).toEqual([3, 1]);
    expect(desk.selection.paths).toBe('90.jpg\n30.jpg');
    desk.gallery.remove([3]);
    expect(desk.selection.ids).toEqual([1]);
    expect(desk.selection.has(1)).toBe(true);
    desk.selection.clear();
    expect(desk.selection.ids).toEqual([]);
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
    await until(() => desk.indexing.phase === 'idle');
  }

  it('is listed and loaded', async () => {
    await desk.download(fetchRequest('B'));
    await arrive('B');
    expect(desk.shelf.get('B')).toBeDefined();
    expect(desk.models.ready?.summary.id).toBe('B');
    expect(shelf.held.get('B')?.size).toBe(4);
  });

  it('is only listed where the person chose another meanwhile', async () => {
    await desk.download(fetchRequest('B'));
    await desk.models.choose('other');
    await arrive('B');
    expect(desk.shelf.get('B')).toBeDefined();
    expect(desk.models.ready?.summary.id).toBe('other');
  });

  it('indexes pictures before its text tower is here, and answers texts afterwards', async () => {
    hasText = () => false;
    desk.labels.write('at 0\nat 90');
    await desk.download(fetchRequest('B'));
    await settled();
    told({ stage: 'downloading', done: 1, total: 2, imageTowerReady: true });
    await desk.models.choose('B');
    await until(() => desk.indexing.phase === 'idle');
    expect(shelf.held.get('B')?.size).toBe(4);
    expect(desk.search.waitsFor?.summary.id).toBe('B');
    desk.show('label');
    await find('at 60');
    expect(found()).toBeUndefined();
    desk.findLike(2);
    await settled();
    expect(found()).toEqual([2, 1, 3, 0]);
    desk.find('at 30');
    hasText = () => true;
    await arrive('B');
    expect(desk.search.waitsFor).toBeUndefined();
    expect(found()?.[0]).toBe(1);
    expect(desk.notices.problems).toEqual([]);
  });

  it('goes on after the worker was ended for something else', async () => {
    let fetches = 0;
    worker.fetchModel = () => {
      fetches++;
      return fetches === 1 ? ended.promise : deferred<ModelSummary>().promise;
    };
    await desk.download(fetchRequest('B'));
    worker.addCheckpoint = () => new Promise(() => {});
    void desk.opening.open({ name: 'mine', config: new Blob() });
    desk.opening.cancel();
    ended.reject(failure('WorkerDied'));
    await settled();
    expect(restarts).toBe(1);
    expect(fetches).toBe(2);
    expect(desk.downloads.list.map(({ status }) => status.phase)).toEqual(['downloading']);
  });

  it('of an earlier page is offered', async () => {
    const { source, name, precision } = fetchRequest('B');
    const downloads = [{ id: 'B', request: { source, name, precision }, done: 1, total: 2 }];
    worker.storage = async () => ({ ...emptyStorage, downloads });
    await desk.recall();
    expect(desk.downloads.list.map(({ status }) => status.phase)).toEqual(['paused']);
    await desk.resumeDownload('B');
    await arrive('B');
    expect(desk.models.ready?.summary.id).toBe('B');
  });
});

it('a checkpoint of the person’s own is listed and loaded', async () => {
  await desk.opening.open({ name: 'mine', config: new Blob() });
  await settled();
  expect(desk.models.ready?.summary.id).toBe('mine');
});

it('one panel is open at a time, and closes only itself', () => {
  desk.openSheet('models');
  desk.openSheet('storage');
  desk.closeSheet('models');
  expect(desk.sheet).toBe('storage');
  desk.closeSheet('storage');
  expect(desk.sheet).toBeUndefined();
});

describe('Viewing', () => {
  let viewing: Viewing;
  beforeEach(() => {
    viewing = new Viewing(desk);
  });

  it('steps through the photos in the order they are shown', async () => {
    await find('at 60');
    viewing.open(2);
    expect(viewing.photo?.name).toBe('60.jpg');
    expect(viewing.place).toBe('1 of 4 photos');
    expect(viewing.cosine).toBeCloseTo(1);
    viewing.step(-1);
    expect(viewing.photo?.id).toBe(2);
    viewing.step(1);
    expect(viewing.photo?.id).toBe(1);
    expect(viewing.picture).toMatch(/^blob:/);
    viewing.close();
    expect(viewing.photo).toBeUndefined();
    expect(viewing.picture).toBeUndefined();
  });

  it('has no cosine on the label page', async () => {
    await find('at 60');
    desk.show('label');
    viewing.open(2);
    expect(viewing.cosine).toBeUndefined();
    expect(viewing.place).toBe('3 of 4 photos');
  });

  it('goes on to the next photo when one is removed, and closes after the last', () => {
    viewing.open(2);
    viewing.remove();
    expect(viewing.photo?.id).toBe(3);
    viewing.remove();
    expect(viewing.photo?.id).toBe(1);
    viewing.remove();
    viewing.remove();
    expect(viewing.photo).toBeUndefined();
    expect(desk.photos.list).toEqual([]);
  });

  it('finds photos like the one shown', async () => {
    viewing.open(3);
    viewing.findLike();
    await settled();
    expect(viewing.photo).toBeUndefined();
    expect(desk.search.examples).toMatchObject([{ name: '90.jpg' }]);
    expect(found()).toEqual([3, 2, 1, 0]);
  });
});
