import { beforeEach, describe, expect, it } from 'vitest';
import type { ClipApi, ModelSummary } from '../../../../workers/api';
import type { AppState } from '../../../../src/ui/app/app-state.svelte';
import { Records } from '../../../../src/ui/compare/records.svelte';
import { Comparison } from '../../../../src/ui/compare/photos/comparison.svelte';
import type { Column } from '../../../../src/ui/compare/photos/column.svelte';
import { recordOf } from '../../../../src/ui/compare/photos/comparison-record';
import type { ColumnChoice } from '../../../../src/ui/compare/photos/column-choice';
import type { Workers } from '../../../../src/ui/connect/connect';
import { testApp } from '../../app/test-app';
import {
  clip,
  deferred,
  failure,
  images,
  loadedModel,
  modelsWorker,
  picture,
  rows,
  settled,
  summary,
  testLibrary,
  until,
  type TestLibrary,
} from '../../fakes';

/** How far a model turns pictures, in degrees, so that models differ. */
const TURNS: Readonly<Record<string, number>> = { tiny: 0, other: 0, turned: 50 };

let library: TestLibrary;
let kept: ModelSummary[];
let app: AppState;
let comparison: Comparison;
/** What the columns' workers did, in order. */
let calls: string[];
/** What their loading does otherwise in one test. */
let load: (id: string) => Promise<void>;
let encode: () => Promise<void>;
let answer: (id: string) => Promise<unknown>;
let records: Records;
let time: number;

beforeEach(async () => {
  library = testLibrary();
  kept = [summary('tiny'), summary('other'), summary('turned', 'folder')];
  ({ app } = testApp({ library, models: modelsWorker(kept) }));
  calls = [];
  time = 0;
  load = encode = answer = async () => {};
  records = new Records();
  const { search, labels, gallery, models, keptModels, indexing, notices } = app;
  const workers = { library, images, openClip } as unknown as Workers;
  comparison = new Comparison({
    workers,
    gallery,
    models,
    keptModels,
    indexing,
    search,
    labels,
    notices,
    records,
    now: () => time++,
    today: () => 0,
    handOver: () => {},
  });
  await app.models.start('tiny', undefined);
  await add(0, 30, 60, 90);
});

/** A worker of one column's. */
function openClip() {
  let id = '';
  const { cutTexts, wasmBytes, encodeFrames } = clip();
  const towers: ClipApi = {
    encodeFrames,
    cutTexts,
    wasmBytes,
    async load(asked) {
      calls.push(`load ${asked}`);
      await load(asked);
      id = asked;
      return loadedModel(asked);
    },
    async encodeImages(model, { count, data }) {
      calls.push(`${count} by ${model}`);
      await encode();
      if (model !== id) throw failure('ModelNotLoaded');
      const turn = TURNS[model.split('@')[0]!] ?? 0;
      const angles = Array.from({ length: count }, (_, i) => (data[i * 3] ?? 0) + turn);
      return { ...rows(model, ...angles), nextBatch: 4 };
    },
    async encodeTexts(model, texts) {
      if (model !== id) throw failure('ModelNotLoaded');
      await answer(model);
      return rows(model, ...texts.map((text) => Number(/\d+/.exec(text)?.[0] ?? 0)));
    },
    unload: async () => {},
  };
  return {
    clip: towers,
    end: () => {
      if (id !== '') calls.push(`end ${id}`);
      id = '';
    },
  };
}

async function add(...degrees: number[]): Promise<void> {
  const files = degrees.map((angle) => picture(`${angle}.jpg`, `${angle}`));
  await app.photoImport.addFiles(files, 'chosen');
  await until(() => app.indexing.phase === 'idle');
}

/** As the page does whenever something changes. */
async function follow(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    comparison.followColumns();
    comparison.followQuestion();
    comparison.followLabels();
    await settled();
  }
}

const usual = (id: string): ColumnChoice => ({ id, backend: 'auto', arithmetic: 'auto' });

async function compare(...ids: string[]): Promise<readonly Column[]> {
  for (const id of ids) comparison.add(usual(id));
  await follow();
  return comparison.columns;
}

const names = (column: Column | undefined) =>
  column && comparison.list(column)?.matches.map(({ id }) => app.photos.get(id)?.name);

describe('embedding', () => {
  it('is done by one model after the other, and not again for what has rows', async () => {
    const columns = await compare('tiny', 'other', 'turned');
    expect(calls).toEqual(['load tiny', 'load other', '4 by other', 'load turned', '4 by turned']);
    expect(columns.map(({ phase, embedded }) => `${phase} ${embedded}`)).toEqual(Array(3).fill('ready 4'));
    expect(app.notices.said).toBe('turned has looked at 4 photos');
  });

  it('waits until the page has looked at the photos itself', async () => {
    const files = Array.from({ length: 3 }, (_, i) => picture(`new ${i}.jpg`, `${i}`));
    await app.photoImport.addFiles(files, 'chosen');
    expect(app.indexing.phase).toBe('running');
    comparison.add(usual('other'));
    comparison.followColumns();
    expect(calls).toEqual([]);
    await until(() => app.indexing.phase === 'idle');
    await follow();
    expect(comparison.columns[0]?.embedded).toBe(7);
  });

  it('leaves rows with which the page goes on, and its own model as it was', async () => {
    const columns = await compare('tiny', 'other');
    app.find('at 0');
    await settled();
    expect(app.results.shown.map(({ photo }) => photo.name)[0]).toBe('0.jpg');
    comparison.close();
    expect(calls.slice(-2)).toEqual(['end tiny', 'end other']);
    expect(columns[0]?.phase).toBe('ready');
    await app.models.choose('other');
    await until(() => app.indexing.phase === 'idle');
    expect(app.indexing.indexed).toBe(4);
    expect(app.indexing.total).toBe(4);
    app.find('at 90');
    await settled();
    expect(app.results.shown.map(({ photo }) => photo.name)[0]).toBe('90.jpg');
  });

  it('keeps rows of their own for a model that runs otherwise than the page runs its own, while it is compared', async () => {
    await compare('tiny');
    comparison.add({ ...usual('tiny'), backend: 'wasm' });
    await follow();
    const [own, other] = comparison.columns;
    expect([own?.rows.isKept, other?.rows.isKept]).toEqual([true, false]);
    expect(calls).toEqual(['load tiny', 'load tiny', '4 by tiny']);
    expect(comparison.nameOf(other!.choice)).toBe('Tiny · WASM');
    const { name } = other!.rows;
    expect((await library.rowsOf(name, 0, 9)).count).toBe(4);
    comparison.remove(other!);
    await expect(library.rowsOf(name, 0, 9)).rejects.toMatchObject({ name: 'ModelNotLoaded' });
    expect((await library.rowsOf('tiny', 0, 9)).count).toBe(4);
  });

  it('can be paused, cancelled and taken up again', async () => {
    const gate = deferred<undefined>();
    encode = () => gate.promise;
    comparison.add(usual('other'));
    comparison.followColumns();
    await settled();
    const column = comparison.columns[0]!;
    expect([column.phase, column.total]).toEqual(['embedding', 4]);
    column.pause();
    expect(column.phase).toBe('paused');
    column.resume();
    column.cancel();
    gate.resolve(undefined);
    await follow();
    expect([column.phase, column.isCancelled, column.isWaiting]).toEqual(['ready', true, false]);
    column.again();
    await follow();
    expect([column.phase, column.embedded, column.isCancelled]).toEqual(['ready', 4, false]);
  });

  it('takes in photos that come later, and leaves out those that cannot be read', async () => {
    const [column] = await compare('other');
    await add(45);
    await follow();
    expect(column?.embedded).toBe(5);
    await app.photoImport.addFiles([picture('bad.jpg', 'no picture')], 'chosen');
    await until(() => app.indexing.phase === 'idle');
    await follow();
    expect([column?.embedded, column?.isWaiting]).toEqual([5, false]);
  });

  it('that fails says why, stops no other, and can be started again', async () => {
    load = async (id) => {
      if (id === 'other') throw failure('OutOfMemory', 'there is no room');
    };
    const [first, second] = await compare('other', 'turned');
    expect(first?.failure).toEqual({
      happened: 'There is no room.',
      todo: 'Choose a smaller model or close other tabs, then try again.',
    });
    expect(second?.phase).toBe('ready');
    load = async () => {};
    first?.again();
    await follow();
    expect([first?.phase, first?.failure, first?.embedded]).toEqual(['ready', undefined, 4]);
  });
});

describe('columns', () => {
  it('are four at most, and no two alike', async () => {
    await compare('tiny', 'tiny', 'other', 'turned');
    comparison.add({ ...usual('other'), arithmetic: 'fp32' });
    comparison.add({ ...usual('other'), backend: 'wasm' });
    expect(comparison.columns.map(({ choice }) => comparison.nameOf(choice))).toEqual([
      'Tiny',
      'other',
      'turned',
      'other · full precision',
    ]);
    expect(comparison.isFull).toBe(true);
  });

  it('begin with the built-in models, and end with a model that is deleted', async () => {
    comparison.addBuiltIn();
    expect(comparison.columns.map(({ choice }) => choice.id)).toEqual(['tiny', 'other']);
    await compare('turned');
    await app.keptModels.remove('turned');
    await follow();
    expect(comparison.columns.map(({ choice }) => choice.id)).toEqual(['tiny', 'other']);
    expect(calls).toContain('end turned');
  });
});

describe('answers', () => {
  it('stand side by side, each by its own model', async () => {
    const [one, other] = await compare('other', 'turned');
    expect(names(one)).toBeUndefined();
    app.search.type('at 90');
    await follow();
    expect(names(one)).toEqual(['90.jpg', '60.jpg', '30.jpg', '0.jpg']);
    expect(names(other)).toEqual(['30.jpg', '60.jpg', '0.jpg', '90.jpg']);
    expect(app.notices.said).toBe('2 models answered for at 90');
    app.search.type('at 0');
    expect(names(one)).toBeUndefined();
    await follow();
    expect(names(one)?.[0]).toBe('0.jpg');
  });

  it('are awaited until the last that can give one has', async () => {
    const [one, other] = await compare('other', 'turned');
    const held = deferred<undefined>();
    answer = (id) => (id === 'turned' ? held.promise : Promise.resolve());
    app.search.type('at 90');
    await follow();
    expect([names(one)?.length, names(other), comparison.isAnswering]).toEqual([4, undefined, true]);
    held.resolve(undefined);
    await follow();
    expect([names(one)?.length, names(other)?.length, comparison.isAnswering]).toEqual([4, 4, false]);
    other?.fail(failure('ModelNotLoaded'));
    app.search.type('at 0');
    await follow();
    expect([names(one)?.[0], comparison.isAnswering]).toEqual(['0.jpg', false]);
  });

  it('to a photo leave that photo out, and photos that were removed', async () => {
    const [one] = await compare('other');
    app.search.like([{ kind: 'photo', id: 0, name: '0.jpg' }]);
    app.gallery.remove([1]);
    await follow();
    expect(names(one)).toEqual(['60.jpg', '90.jpg']);
  });

  it('come all the same when the library has closed the rows meanwhile', async () => {
    const [one] = await compare('other');
    await library.close('other');
    app.search.type('at 90');
    await follow();
    expect(names(one)?.[0]).toBe('90.jpg');
  });

  it('tell where labels agree, and put the photos first on which they do not', async () => {
    app.labels.write('at 0\nat 90');
    await compare('tiny', 'other');
    expect(comparison.agreement?.labels).toMatchObject({ allSame: 1, photos: [0, 1, 2, 3] });
    await compare('turned');
    // Turned by 50 degrees, all are nearer to 90; by themselves, those at 0 and 30 are not.
    expect(comparison.agreement?.labels.photos.slice(0, 2)).toEqual([0, 1]);
    expect(comparison.agreement?.labels.allSame).toBe(0.5);
    expect(comparison.agreement?.labels.pairs).toEqual([
      { pair: [0, 1], sameFirst: 1, overlap: 1 },
      { pair: [0, 2], sameFirst: 0.5, overlap: 1 },
      { pair: [1, 2], sameFirst: 0.5, overlap: 1 },
    ]);
    app.labels.write('at 0\nat 90\nat 180');
    comparison.followLabels();
    expect(comparison.agreement).toBeUndefined();
    await follow();
    expect(comparison.table(comparison.columns[0]!)?.labels).toHaveLength(3);
  });

  it('end for a column whose worker died, which can be started again', async () => {
    const [one, other] = await compare('other', 'turned');
    expect(calls.splice(0)).toHaveLength(4);
    // A worker that died was replaced by one without a model.
    one?.fail(failure('ModelNotLoaded'));
    app.search.type('at 90');
    await follow();
    expect(one?.failure?.happened).toBe('The model stopped working.');
    expect(names(other)).toHaveLength(4);
    one?.again();
    await follow();
    expect(names(one)).toHaveLength(4);
    expect(calls).toEqual(['end other', 'load other']);
  });
});

describe('measurements', () => {
  it('tell what each model costs, with the same photos, and store nothing', async () => {
    const [one, other] = await compare('tiny', 'turned');
    expect(comparison.canMeasure).toBe(true);
    const { measurements } = comparison;
    const before = calls.length;
    await measurements.measure([one!, other!]);
    expect(measurements.work).toBeUndefined();
    const costs = measurements.of(one!);
    // Every look at this clock is a millisecond later.
    expect(costs?.single).toEqual({ median: 2, quartiles: [2, 2], runs: 5 });
    expect(costs).toMatchObject({ photos: 4, wasmBytes: 2 ** 24, best: { batch: 16, median: 2 / 16 } });
    expect(costs?.query.runs).toBe(5);
    expect(records.timings.map(({ name, milliseconds }) => [name, milliseconds])).toEqual([
      ['Tiny', 2 / 16],
      ['turned', 2 / 16],
    ]);
    expect(costs?.photosPerSecond).toBeGreaterThan(0);
    // Alone, then in batches, six times each, then as indexing does it.
    const sizes = calls.slice(before).filter((call) => call.endsWith('by turned'));
    expect(sizes).toEqual([
      ...[1, 2, 4, 8, 16].flatMap((count) => Array<string>(6).fill(`${count} by turned`)),
      '4 by turned',
    ]);
    expect([one?.embedded, other?.embedded]).toEqual([4, 4]);
    expect((await library.rowsOf('turned', 0, 99)).count).toBe(4);
  });

  it('end when they are cancelled, or when a model fails, and say so', async () => {
    const columns = await compare('turned');
    const { measurements } = comparison;
    encode = async () => measurements.cancel();
    await measurements.measure(columns);
    expect([app.notices.said, measurements.of(columns[0]!)]).toEqual(['Cancelled', undefined]);
    encode = async () => {
      throw failure('OutOfMemory', 'there is no room');
    };
    await measurements.measure(columns);
    expect(app.notices.problems).toMatchObject([{ name: 'OutOfMemory', action: { label: 'Measure again' } }]);
    encode = async () => {};
    app.notices.problems[0]?.action?.run();
    await until(() => measurements.work === undefined);
    expect(measurements.of(columns[0]!)?.photos).toBe(4);
    expect(app.notices.problems).toEqual([]);
  });
});

it('is recorded as data that JSON carries', async () => {
  app.labels.write('at 0\nat 90');
  app.search.type('at 90');
  const [, other] = await compare('tiny', 'turned');
  await comparison.measurements.measure([other!]);
  const record = recordOf(comparison, '2030-01-02T03:04:05.000Z', 'a browser');
  expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  expect(record).toMatchObject({
    kind: 'clipscope comparison',
    photos: 4,
    models: [
      { name: 'Tiny', choice: usual('tiny'), origin: 'built-in', embedded: 4, weights: 'f'.repeat(32) },
      { name: 'turned', costs: comparison.measurements.of(other!) },
    ],
    query: {
      text: 'for at 90',
      lists: [
        [{ photo: '90.jpg' }, { photo: '60.jpg' }, {}, {}],
        [{ photo: '30.jpg' }, {}, {}, {}],
      ],
      overlaps: [{ pair: [0, 1], overlap: { shared: 4, length: 4 } }],
    },
    labels: { labels: ['at 0', 'at 90'], models: [0, 1], allSame: 0.5 },
  });
  expect(record.models[0]).not.toHaveProperty('costs');
  const first = record.labels?.photos.find(({ photo }) => photo === '0.jpg')?.first;
  expect(first?.map(([best]) => best?.label)).toEqual(['at 0', 'at 90']);
});
