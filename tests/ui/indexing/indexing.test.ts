import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PictureEmbeddings, PreparedPicture } from '../../../workers/api';
import { Pipeline } from '../../../src/ui/indexing/pipeline';
import { Indexing, type IndexingParts } from '../../../src/ui/indexing/indexing.svelte';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import type { Photos } from '../../../src/ui/photos/photos.svelte';
import {
  clip,
  deferred,
  failure,
  images,
  testLibrary,
  type TestLibrary,
  loadedModel,
  photoStates,
  picture,
  pictureRows,
  prepared,
  rows,
  settled,
  until,
} from '../fakes';

let photos: Photos;
let states: ReturnType<typeof photoStates>;
let notices: Notices;
let library: TestLibrary;
let tower: ReturnType<typeof clip>;
let events: string[] = [];
let parts: IndexingParts;
let indexing: Indexing;
let time = 0;

beforeEach(() => {
  notices = new Notices();
  library = testLibrary();
  states = photoStates(library);
  const { originals, thumbnails } = states;
  photos = states.photos;
  tower = clip();
  events = [];
  time = 0;
  parts = {
    clip: tower,
    images,
    library,
    photos,
    originals,
    thumbnails,
    notices,
    now: () => (time += 10),
    onOpen: (model) => events.push(`open ${model.summary.id}`),
    onLost: (error) => events.push(`lost ${(error as Error).name}`),
    onProgress: (ended) => events.push(ended ? 'ended' : 'some'),
  };
  indexing = new Indexing(parts);
});

/** Adds photos whose bytes are these texts. */
function add(...contents: (number | string)[]): number[] {
  return contents.map((content) => {
    const name = `${photos.ids().length}.jpg`;
    return states.give(picture(name, `${content}`));
  });
}

/** An indexing whose tower works on each batch only when it is let. */
function stepwise(): { begun: () => Promise<void>; step: () => Promise<void> } {
  const waiting: (() => void)[] = [];
  indexing = new Indexing({
    ...parts,
    clip: {
      ...tower,
      async encodeImages(model, pictures) {
        await new Promise<void>((go) => waiting.push(go));
        return tower.encodeImages(model, pictures);
      },
    },
  });
  const begun = () => until(() => waiting.length > 0);
  return {
    begun,
    async step() {
      await begun();
      waiting.shift()!();
      await settled();
    },
  };
}

const held = (model?: string) => library.held(model);
const idle = () => until(() => indexing.phase === 'idle');

describe('Indexing', () => {
  it('gives every photo a row, in the order they came', async () => {
    const ids = add(0, 10, 20, 30, 40, 50);
    await indexing.open(loadedModel());
    await idle();
    expect(await held()).toEqual(ids);
    expect((await library.row('tiny', 3))?.[0]).toBeCloseTo(Math.cos(Math.PI / 6));
    expect(indexing).toMatchObject({ done: 6, total: 6, indexed: 6 });
    expect(photos.current(0)?.size).toEqual({ width: 4, height: 3 });
    expect(notices.said).toBe('6 photos ready to search');
    expect(events[0]).toBe('open tiny');
    expect(events.at(-1)).toBe('ended');
  });

  it('gives a new row to a photo that turns out to be another before or while the model is opened', async () => {
    const [before, meanwhile] = add(10, 20) as [number, number];
    await indexing.open(loadedModel());
    await idle();
    indexing.close();
    const another = (id: number, content: string) => {
      const file = new File([content], `${id}.jpg`, { type: 'image/jpeg', lastModified: 2 });
      photos.add({ file, path: `${id}.jpg` }, 7);
      return file;
    };
    const opening = deferred<Int32Array<ArrayBuffer>>();
    vi.spyOn(library, 'open').mockReturnValueOnce(opening.promise);
    photos.move(new Map([before, meanwhile].map((id) => [id, { folder: 7, path: `${id}.jpg` }])));
    // The library has not heard of it yet.
    vi.spyOn(library, 'putPhotos').mockReturnValueOnce(new Promise(() => {}));
    states.originals.give(before, another(before, '30'));
    photos.compared(before, false);
    indexing.forget([before]);
    void indexing.open(loadedModel());
    states.originals.give(meanwhile, another(meanwhile, '40'));
    photos.compared(meanwhile, false);
    indexing.forget([meanwhile]);
    opening.resolve(Int32Array.of(before, meanwhile));
    await settled();
    expect(indexing.indexed).toBe(0);
  });

  it('shows what was read once it has ended, however rarely the page is drawn meanwhile', async () => {
    const slow = photoStates(library, () => undefined);
    indexing = new Indexing({ ...parts, ...slow });
    slow.give(picture('a.jpg', '10'));
    await indexing.open(loadedModel());
    await idle();
    expect(slow.photos.list.map(({ size }) => size)).toEqual([{ width: 4, height: 3 }]);
  });

  it('waits for a model', async () => {
    indexing.enqueue(add(1, 2));
    expect(indexing.phase).toBe('waiting');
    await settled();
    expect(tower.calls).toEqual([]);
    await indexing.open(loadedModel());
    await idle();
    expect(await held()).toEqual([0, 1]);
  });

  it('takes photos that come while it works', async () => {
    await indexing.open(loadedModel());
    indexing.enqueue(add(1, 2));
    expect(indexing.phase).toBe('running');
    indexing.enqueue(add(3));
    expect(indexing.total).toBe(3);
    await idle();
    expect(await held()).toEqual([0, 1, 2]);
  });

  it.each([
    ['in turns with a tower that takes all cores', { takesAllCores: true } as const, false],
    ['while the tower works where it leaves some', {}, true],
  ])('prepares pictures %s', async (_, cores, meanwhile) => {
    let encoding = false;
    const besides: boolean[] = [];
    indexing = new Indexing({
      ...parts,
      images: {
        ...images,
        prepare(...given) {
          besides.push(encoding);
          return images.prepare(...given);
        },
      },
      clip: {
        ...tower,
        async encodeImages(model, pictures) {
          encoding = true;
          await settled();
          encoding = false;
          return tower.encodeImages(model, pictures);
        },
      },
    });
    const ids = add(...Array.from({ length: 40 }, (_, at) => at));
    const model = loadedModel();
    await indexing.open({ ...model, runsOn: { ...model.runsOn, ...cores } });
    await idle();
    expect(await held()).toEqual(ids);
    expect(besides).toHaveLength(40);
    expect(besides.includes(true)).toBe(meanwhile);
  });

  it('does not do again what is under way, unless its file became another', async () => {
    const [first, second] = add(1, 2);
    const stored: number[] = [];
    const { add: keep } = library;
    library.add = (readings, ...rest) => (stored.push(readings.length), keep(readings, ...rest));
    const { begun, step } = stepwise();
    await indexing.open(loadedModel());
    await begun();
    indexing.enqueue([first!, second!]);
    await step();
    await idle();
    expect(tower.calls).toEqual(['2 pictures']);
    expect(indexing).toMatchObject({ done: 2, total: 2 });

    const third = states.give(picture('third.jpg', '40'));
    indexing.enqueue([third]);
    await begun();
    indexing.forget([third]);
    indexing.enqueue([third]);
    await step();
    await step();
    await idle();
    expect(tower.calls).toEqual(['2 pictures', '1 pictures', '1 pictures']);
    // What was made of the old file is never kept.
    expect(stored).toEqual([2, 0, 1]);
    expect(indexing.done).toBe(1);
  });

  it('lists a bad photo and goes on with the others', async () => {
    add(1, 'not a picture', 3);
    await indexing.open(loadedModel());
    await idle();
    expect(await held()).toEqual([0, 2]);
    expect(photos.skipped).toEqual([{ name: '1.jpg', path: '1.jpg', reason: 'No picture in 13 bytes.' }]);
    expect(indexing).toMatchObject({ done: 3, total: 3, indexed: 2 });
  });

  it.each([
    ['a drive that is away', failure('FileUnreadable'), 'file'],
    ['memory that runs out', failure('OutOfMemory'), 'memory'],
    ['a reader that died', failure('WorkerDied'), 'stopped'],
    ['what nobody foresaw', new TypeError('no'), 'file'],
  ] as const)('takes %s for no fault of the photos, and tries them again', async (_, error, reach) => {
    const broken = new Set(['1', '3']);
    indexing = new Indexing({
      ...parts,
      images: {
        ...images,
        prepare: async (file, ...rest) =>
          broken.has(await file.text()) ? Promise.reject(error) : images.prepare(file, ...rest),
      },
    });
    add(1, 2, 3, 4);
    await indexing.open(loadedModel());
    await idle();
    expect(await held()).toEqual([1, 3]);
    expect(indexing.outOfReach).toEqual([{ folder: 0, reach, count: 2 }]);
    expect(photos.skipped).toEqual([]);
    expect(notices.problems).toEqual([]);
    expect(notices.said).toBe('2 photos ready to search · 2 not yet');
    // Another model tries them, and so does the button.
    broken.delete('1');
    await indexing.open(loadedModel('other'));
    await idle();
    expect(await held('other')).toEqual([0, 1, 3]);
    broken.delete('3');
    expect(indexing.outOfReach).toEqual([{ folder: 0, reach, count: 1 }]);
    indexing.indexRest();
    expect(indexing.outOfReach).toEqual([]);
    await idle();
    expect(await held('other')).toEqual([0, 1, 2, 3]);
    expect(indexing.outOfReach).toEqual([]);
    // As if they had just been found where they lie.
    await indexing.open(loadedModel());
    await idle();
    expect(await held()).toEqual([0, 1, 2, 3]);
  });

  it('tells a photo that was refused by name from one that could not be read', async () => {
    const answers: PreparedPicture[] = [
      { ok: false, name: 'PictureUnreadable', message: 'it is damaged' },
      { ok: false, name: 'FileUnreadable', message: 'the drive is away' },
    ];
    indexing = new Indexing({ ...parts, images: { ...images, prepare: async () => answers.shift()! } });
    add(1, 2);
    await indexing.open(loadedModel());
    await idle();
    expect(photos.skipped).toMatchObject([{ path: '0.jpg', reason: 'It is damaged.' }]);
    expect(indexing.outOfReach).toEqual([{ folder: 0, reach: 'file', count: 1 }]);
  });

  it('reads photos again that may be decoded at a scale when they are to be exact, and not once more after that', async () => {
    const asked: string[] = [];
    indexing = new Indexing({
      ...parts,
      images: {
        ...images,
        async prepare(file, settings, edge, decoding) {
          const answer = await images.prepare(file, settings, edge, decoding);
          asked.push(`${await file.text()} ${decoding}`);
          return answer.ok && decoding ? { ...answer, decoding } : answer;
        },
      },
    });
    const ids = add(10, 20, 30);
    const model = loadedModel();
    await indexing.open(model);
    await idle();
    expect(asked.toSorted()).toEqual(['10 scaled', '20 scaled', '30 scaled']);
    asked.length = 0;
    await indexing.open({ ...model, decoding: 'exact' });
    expect([indexing.phase, indexing.total]).toEqual(['running', 3]);
    await idle();
    expect(asked.toSorted()).toEqual(['10 exact', '20 exact', '30 exact']);
    expect(await held()).toEqual(ids);
    asked.length = 0;
    await indexing.open(model);
    await idle();
    expect(asked).toEqual([]);
  });

  it('keeps no row of a batch that ends when the model is there in another arithmetic', async () => {
    const { begun, step } = stepwise();
    const ids = add(10, 20);
    await indexing.open(loadedModel());
    await begun();
    await indexing.open({ ...loadedModel(), rows: 'e'.repeat(32) });
    await step();
    expect(await held()).toEqual([]);
    await step();
    await idle();
    expect(await held()).toEqual(ids);
  });

  it('keeps the small copy of a small file, not the file, which may vanish', async () => {
    const kept: Blob[] = [];
    const { add: keep } = library;
    library.add = (readings, rows, thumbnails) => {
      kept.push(...thumbnails.values());
      return keep(readings, rows, thumbnails);
    };
    add(1);
    await indexing.open(loadedModel());
    await idle();
    expect(kept).toHaveLength(1);
    expect(kept[0]).not.toBeInstanceOf(File);
  });

  it('indexes what a look has found, but not against the will of the person', async () => {
    const { step } = stepwise();
    const ids = add(...Array(6).keys());
    await indexing.open(loadedModel());
    await step();
    indexing.cancel();
    indexing.enqueueSeen(ids);
    expect(indexing.phase).toBe('idle');
    indexing.enqueue(ids);
    expect(indexing.phase).toBe('running');
  });

  it('gives a row to a photo that had one and lost it, without the tower', async () => {
    const [id = 0] = add(1);
    await indexing.open(loadedModel());
    await idle();
    const copy = states.give(picture('copy.jpg', '1'), 'copy.jpg');
    indexing.enqueue([copy]);
    await idle();
    photos.remove([id]);
    photos.hide(photos.settle());
    await photos.keep();
    indexing.forget([id]);
    expect(await held()).toEqual([copy]);
    indexing.enqueue(photos.unhide(0));
    await idle();
    expect(await held()).toEqual([id, copy]);
    expect(tower.calls).toEqual(['1 pictures']);
  });

  it('prepares ahead while the tower works, but only so far', async () => {
    const answer = deferred<PictureEmbeddings>();
    let prepared = 0;
    indexing = new Indexing({
      ...parts,
      clip: { ...tower, encodeImages: () => answer.promise },
      images: {
        ...images,
        prepare: async (...given) => {
          prepared++;
          return images.prepare(...given);
        },
      },
    });
    add(...Array(100).keys());
    await indexing.open(loadedModel());
    await settled();
    // A batch of four under way, and eight ready.
    expect(prepared).toBe(12);
    answer.reject(failure('WorkerDied'));
    await settled();
  });

  it('makes batches as large as the tower asks for', async () => {
    add(...Array(100).keys());
    await indexing.open(loadedModel());
    await idle();
    expect(tower.calls.slice(0, 3)).toEqual(['4 pictures', '8 pictures', '16 pictures']);
    expect(await held()).toHaveLength(100);
  });

  it('gives a model that takes frames nothing else, and its batches grow and shrink alike', async () => {
    const sizes: number[] = [];
    indexing = new Indexing({
      ...parts,
      clip: {
        ...tower,
        encodeImages: () => Promise.reject(new Error('no pixels')),
        async encodeFrames(model, frames) {
          sizes.push(frames.length);
          if (frames.length > 5) throw failure('OutOfMemory');
          return tower.encodeFrames(model, frames);
        },
      },
      images: { ...images, prepare: () => Promise.reject(new Error('no pixels')) },
    });
    add(...Array(20).keys(), 'no picture');
    await indexing.open({ ...loadedModel(), takesFrames: true });
    await idle();
    expect(await held()).toHaveLength(20);
    expect(sizes.slice(0, 3)).toEqual([4, 8, 4]);
    expect((await library.search(rows('tiny', 12), 1)).map(({ id }) => id)).toEqual([12]);
  });

  it('makes batches smaller when memory runs out', async () => {
    const sizes: number[] = [];
    indexing = new Indexing({
      ...parts,
      clip: {
        ...tower,
        async encodeImages(model, pictures) {
          sizes.push(pictures.count);
          if (pictures.count > 2) throw failure('OutOfMemory');
          return tower.encodeImages(model, pictures);
        },
      },
    });
    add(...Array(9).keys());
    await indexing.open(loadedModel());
    await idle();
    expect(await held()).toHaveLength(9);
    expect(Math.max(...sizes.slice(1))).toBe(2);
  });

  it('pauses after the batch under way, and resumes', async () => {
    const { begun, step } = stepwise();
    add(...Array(16).keys());
    await indexing.open(loadedModel());
    await begun();
    indexing.pause();
    await step();
    expect(indexing).toMatchObject({ phase: 'paused', done: 4, total: 16 });
    expect(indexing.rate).toBeUndefined();
    indexing.resume();
    await step();
    await step();
    expect(indexing.phase).toBe('idle');
    expect(await held()).toHaveLength(16);
  });

  it('stays paused over a change of models', async () => {
    const { begun, step } = stepwise();
    add(...Array(12).keys());
    await indexing.open(loadedModel());
    await begun();
    indexing.pause();
    await step();
    await indexing.open(loadedModel('other'));
    await settled();
    expect(indexing.phase).toBe('paused');
    expect(await held('other')).toEqual([]);
    indexing.resume();
    await step();
    await step();
    expect(await held('other')).toHaveLength(12);
  });

  it('can be called off, and what was left out indexed later', async () => {
    const { begun, step } = stepwise();
    add(...Array(20).keys());
    await indexing.open(loadedModel());
    await step();
    await begun();
    indexing.cancel();
    expect(indexing).toMatchObject({ phase: 'idle', cancelled: true, indexed: 4 });
    // The batch under way is not thrown away.
    await step();
    expect(await held()).toHaveLength(12);
    // The same model again, as after a death of its worker, does not undo that.
    await indexing.open(loadedModel());
    expect(indexing).toMatchObject({ phase: 'idle', cancelled: true, indexed: 12 });
    indexing.indexRest();
    expect(indexing.cancelled).toBe(false);
    await step();
    await step();
    expect(await held()).toHaveLength(20);
  });

  it('indexes for another model only what that one lacks', async () => {
    add(1, 2, 3);
    await indexing.open(loadedModel());
    await idle();
    await indexing.open(loadedModel('other'));
    await idle();
    indexing.enqueue(add(4));
    await idle();
    tower.calls.length = 0;
    await indexing.open(loadedModel());
    await idle();
    expect(tower.calls).toEqual(['1 pictures']);
  });

  it('drops the answer of a model that is no longer the one', async () => {
    const answers = [deferred<PictureEmbeddings>(), deferred<PictureEmbeddings>()];
    let asked = 0;
    indexing = new Indexing({ ...parts, clip: { ...tower, encodeImages: () => answers[asked++]!.promise } });
    add(1);
    await indexing.open(loadedModel());
    await until(() => asked === 1);
    await indexing.open(loadedModel('other'));
    await until(() => asked === 2);
    answers[0]!.resolve(pictureRows('tiny', 1));
    await settled();
    expect(indexing).toMatchObject({ phase: 'running', done: 0, indexed: 0 });
    answers[1]!.resolve(pictureRows('other', 1));
    await idle();
    expect(indexing.indexed).toBe(1);
  });

  it('does a batch again that was lost with the model worker', async () => {
    let dead = true;
    indexing = new Indexing({
      ...parts,
      clip: {
        ...tower,
        encodeImages: (model, pictures) =>
          dead ? Promise.reject(failure('WorkerDied')) : tower.encodeImages(model, pictures),
      },
    });
    add(1, 2, 3);
    await indexing.open(loadedModel());
    await settled();
    expect(indexing.phase).toBe('waiting');
    expect(notices.problems).toEqual([]);
    dead = false;
    await indexing.open(loadedModel());
    await idle();
    expect(await held()).toEqual([0, 1, 2]);
  });

  it('asks for the model again when the device is lost', async () => {
    indexing = new Indexing({
      ...parts,
      clip: { ...tower, encodeImages: () => Promise.reject(failure('DeviceLost')) },
    });
    add(1);
    await indexing.open(loadedModel());
    await settled();
    expect(events).toContain('lost DeviceLost');
  });

  it('pauses and says why when the library cannot take rows', async () => {
    let full = true;
    indexing = new Indexing({
      ...parts,
      library: {
        ...library,
        add: (...given) => (full ? Promise.reject(failure('StorageFull', 'no room')) : library.add(...given)),
      },
    });
    add(1, 2);
    await indexing.open(loadedModel());
    await until(() => indexing.phase === 'paused');
    expect(notices.problems).toMatchObject([{ happened: 'No room.', action: { label: 'Try again' } }]);
    full = false;
    notices.problems[0]?.action?.run();
    await idle();
    expect(notices.problems).toEqual([]);
    expect(await held()).toEqual([0, 1]);
  });

  it('indexes again what was lost with the library worker, once', async () => {
    add(1, 2);
    await indexing.open(loadedModel());
    await idle();
    await library.drop('tiny');
    indexing.libraryLost(failure('WorkerDied'));
    await settled();
    await idle();
    expect(await held()).toEqual([0, 1]);
    expect(notices.problems).toEqual([]);
  });

  it('counts what a batch added, not all photos again', async () => {
    add(...Array(40).keys());
    const all = vi.spyOn(photos, 'ids');
    await indexing.open(loadedModel());
    const before = all.mock.calls.length;
    await idle();
    expect(indexing.indexed).toBe(40);
    expect(tower.calls.length).toBeGreaterThan(2);
    expect(all.mock.calls).toHaveLength(before);
    indexing.forget([0, 1]);
    indexing.forget([1]);
    expect(indexing.indexed).toBe(38);
    indexing.recount();
    expect(indexing.indexed).toBe(38);
    indexing.enqueue([0, 1]);
    await idle();
    expect(indexing.indexed).toBe(40);
  });

  it('closes the model before in the library once another is open, where its rows take too much', async () => {
    const closed: string[] = [];
    const opened = deferred<undefined>();
    const { open, close } = library;
    library.close = (model) => (closed.push(model), close(model));
    library.open = async (model, ...rest) => {
      if (model === 'other') await opened.promise;
      return open(model, ...rest);
    };
    indexing = new Indexing({ ...parts, mostUnused: 0 });
    add(1);
    await indexing.open(loadedModel());
    await idle();
    const turning = indexing.open(loadedModel('other'));
    await settled();
    expect(closed).toEqual([]);
    opened.resolve(undefined);
    await turning;
    await idle();
    expect(closed).toEqual(['tiny']);
    await indexing.open(loadedModel('other'));
    expect(closed).toEqual(['tiny']);
    await indexing.open(loadedModel());
    expect(closed).toEqual(['tiny', 'other']);
  });

  it('keeps the models used last open in the library, as far as their rows leave room', async () => {
    const closed: string[] = [];
    const { close } = library;
    library.close = (model) => (closed.push(model), close(model));
    // A row takes 4 bytes here: room for those of two models.
    indexing = new Indexing({ ...parts, mostUnused: 8 });
    add(1);
    for (const id of ['a', 'b', 'a', 'c']) {
      await indexing.open(loadedModel(id));
      await idle();
    }
    expect(closed).toEqual([]);
    await indexing.open(loadedModel('d'));
    expect(closed).toEqual(['b']);
  });

  it('asks before it opens a library that died twice', async () => {
    let dead = false;
    indexing = new Indexing({
      ...parts,
      library: {
        ...library,
        open: (...given) => (dead ? Promise.reject(failure('WorkerDied')) : library.open(...given)),
      },
    });
    add(1);
    await indexing.open(loadedModel());
    await idle();
    await library.drop('tiny');
    dead = true;
    indexing.libraryLost(failure('WorkerDied'));
    indexing.libraryLost(failure('WorkerDied'));
    await settled();
    expect(indexing.phase).toBe('paused');
    expect(notices.problems).toHaveLength(1);
    dead = false;
    notices.problems[0]?.action?.run();
    await settled();
    await idle();
    expect(await held()).toEqual([0]);
  });

  it('skips photos that were removed meanwhile, and takes them when they are back', async () => {
    add(...Array(30).keys());
    await indexing.open(loadedModel());
    photos.remove([28, 29]);
    await idle();
    expect(await held()).toHaveLength(28);
    expect(indexing).toMatchObject({ done: 30, total: 30 });
    indexing.enqueue(photos.undo());
    await idle();
    expect(await held()).toHaveLength(30);
    expect(indexing.indexed).toBe(30);
  });

  it('counts a batch as one step of its pace', async () => {
    const steps: number[] = [];
    const pipeline = new Pipeline(loadedModel(), parts, {
      added: () => undefined,
      done: (count) => steps.push(count),
      outOfReach: () => undefined,
      failed: (error) => expect.fail(String(error)),
      finished: () => steps.push(0),
    });
    await library.open('tiny', 2, '');
    pipeline.add(add(1, 2, 3, 4, 5, 6, 7));
    pipeline.run();
    await until(() => steps.at(-1) === 0);
    expect(steps).toEqual([4, 3, 0]);
  });

  it('knows how fast it is', async () => {
    const answers: (() => void)[] = [];
    indexing = new Indexing({
      ...parts,
      clip: {
        ...tower,
        encodeImages: (model, pictures) =>
          new Promise((resolve) => answers.push(() => resolve(tower.encodeImages(model, pictures)))),
      },
    });
    add(...Array(30).keys());
    await indexing.open(loadedModel());
    await until(() => answers.length === 1);
    expect(indexing.rate).toBeUndefined();
    answers[0]!();
    await until(() => indexing.done > 0);
    expect(indexing.rate).toBeGreaterThan(0);
    expect(indexing.secondsLeft).toBeCloseTo(26 / indexing.rate!);
  });

  it('has prepared pictures of the right size only', async () => {
    const sizes: number[][] = [];
    const pixels = new Uint8Array(2 * 3 * 3);
    const wide = { ...prepared(0), pixels } as PreparedPicture;
    indexing = new Indexing({
      ...parts,
      images: { ...images, prepare: async () => wide },
      clip: {
        ...tower,
        async encodeImages(_, { count, height, width, data }) {
          sizes.push([count, height, width, data.length]);
          return pictureRows('tiny', ...Array<number>(count).fill(0));
        },
      },
    });
    add(1);
    const model = loadedModel();
    await indexing.open({ ...model, preprocess: { ...model.preprocess, size: [2, 3] } });
    await idle();
    expect(sizes).toEqual([[1, 2, 3, 18]]);
  });
});
