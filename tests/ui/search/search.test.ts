import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClipApi, Embeddings } from '../../../workers/api';
import type { Example } from '../../../src/ui/search/question';
import { Embedder } from '../../../src/ui/search/embedder';
import { lackText } from '../../../src/ui/search/result-words';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import type { ModelStatus } from '../../../src/ui/models/model-status';
import type { Photo } from '../../../src/ui/photos/photo';
import type { Photos } from '../../../src/ui/photos/photos.svelte';
import { UsualThreshold } from '../../../src/ui/search/usual-threshold.svelte';
import { Search, type SearchParts } from '../../../src/ui/search/search.svelte';
import type { Reach } from '../../../src/ui/search/usual-threshold.svelte';
import {
  clip,
  deferred,
  failure,
  images,
  keyOf,
  testLibrary,
  type TestLibrary,
  loadedModel,
  photoStates,
  picture,
  rows,
  settled,
  until,
} from '../fakes';

const WEIGHTS = 'f'.repeat(32);

let photos: Photos;
let giveAt: ReturnType<typeof photoStates>['giveAt'];
let notices: Notices;
let library: TestLibrary;
let tower: ReturnType<typeof clip>;
let parts: SearchParts;
let search: Search;
let indexed = 0;
let status: ModelStatus;
/** Labels by the photo's name. */
let names: Map<string, readonly string[]>;

beforeEach(async () => {
  notices = new Notices();
  library = testLibrary();
  ({ photos, giveAt } = photoStates(library));
  tower = clip();
  indexed = 0;
  status = { phase: 'none' };
  names = new Map();
  parts = {
    clip: tower,
    embedder: new Embedder({ clip: tower, images, library }),
    usualThreshold: { reach: undefined, measure: async () => undefined },
    library,
    photos,
    keptLabels: { namesOf: (photo) => names.get((photo as Photo).name) ?? [] },
    notices,
    status: () => status,
    indexed: () => indexed,
    onLost: () => notices.say('lost'),
  };
  search = new Search(parts);
  await library.open('tiny', 2, WEIGHTS);
  await add(0, 30, 60, 90);
  search.open(loadedModel());
});

/** Photos with rows at these angles, indexed. */
async function add(...degrees: number[]): Promise<void> {
  await giveAt(...degrees);
  indexed += degrees.length;
}

/** One whose text tower is this. */
function embedder(encodeTexts: ClipApi['encodeTexts']): Embedder {
  return new Embedder({
    clip: { ...tower, encodeTexts },
    images,
    library,
  });
}

const like = (id: number): Example => ({ kind: 'photo', id, name: `${id}.jpg` });

const found = () => (search.results.answer ? search.results.ids : undefined);

async function ask(text: string): Promise<void> {
  search.type(text);
  await settled();
}

describe('Search', () => {
  it('answers no text before the text tower is here, but photos', async () => {
    search.open({ ...loadedModel(), hasText: false });
    await ask('at 60');
    expect(search.waitsFor?.summary.name).toBe('Tiny');
    expect(found()).toBeUndefined();
    expect(tower.calls).toEqual([]);
    search.like([like(3)]);
    await settled();
    expect(found()).toEqual([2, 1, 0]);
    search.type('at 0');
    await settled();
    expect(found()).toBeUndefined();
    search.clear();
    await ask('at 30');
    search.open(loadedModel());
    await settled();
    expect(search.waitsFor).toBeUndefined();
    expect(found()?.[0]).toBe(1);
  });

  it('shows only photos with the labels that are asked for, alone and beside words', async () => {
    names.set('2.jpg', ['Beach']);
    names.set('3.jpg', ['Beach', 'palm tree']);
    await ask('label:beach');
    expect([search.results.answer, search.results.ids]).toEqual([undefined, [2, 3]]);
    expect(notices.said).toBe('2 of 4 photos');
    await ask('at 90 label:beach');
    expect(search.results.answer?.question.text).toBe('at 90');
    expect(found()).toEqual([3, 2]);
    await ask('label:beach -label:"palm tree" at 90');
    expect(found()).toEqual([2]);
    await ask('-label:*');
    expect(search.results.ids).toEqual([0, 1]);
    await ask('');
    expect([search.results.ids, notices.said]).toEqual([[0, 1, 2, 3], 'All 4 photos']);
  });

  it('tells which model it waits for, until there is an answer', async () => {
    search.open(undefined);
    status = { phase: 'loading', id: 'tiny', name: 'Tiny', progress: undefined };
    expect(search.opening).toBeUndefined();
    await ask('at 60');
    expect([search.opening, found()]).toEqual(['Tiny', undefined]);
    status = { phase: 'ready', loaded: loadedModel() };
    search.open(loadedModel());
    await settled();
    expect([search.opening, found()?.[0]]).toEqual([undefined, 2]);
  });

  it('ranks the photos by their cosine with the text', async () => {
    await ask('at 59');
    expect(found()).toEqual([2, 1, 3, 0]);
    expect(search.results.answer?.matches[0]?.score).toBeCloseTo(Math.cos(Math.PI / 180), 4);
    expect(notices.said).toBe('4 results for at 59');
    expect(search.asking).toBe(false);
  });

  it('adds and takes away terms, each encoded once', async () => {
    await ask('"at 90" -"at 0"');
    expect(found()).toEqual([3, 2, 1, 0]);
    expect(search.results.answer?.matches[0]?.score).toBeCloseTo(Math.SQRT1_2);
    await ask('"at 90" +0.1 "at 0"');
    expect(found()).toEqual([3, 2, 1, 0]);
    expect(tower.calls).toEqual(['at 90|at 0']);
  });

  it('answers with a known term although texts are forgotten while another is encoded', async () => {
    await ask('at 90');
    search.type('"at 90" -"at 0"');
    (parts.embedder as Embedder).forget();
    await settled();
    expect(found()).toEqual([3, 2, 1, 0]);
    expect(notices.problems).toEqual([]);
  });

  it('finds nothing for terms that cancel each other, and asks nothing of signs alone', async () => {
    await ask('"at 30" -"at 30"');
    expect(found()).toEqual([]);
    expect(lackText(search.results)).toBe('Nothing is left to look for: the words cancel each other out.');
    await ask('-');
    expect(search.results.answer).toBeUndefined();
  });

  it('has no answer without a question', async () => {
    await ask('at 60');
    await ask('   ');
    expect(search.results.answer).toBeUndefined();
    expect(tower.calls).toEqual(['at 60']);
  });

  it('keeps the question as it is while the same is asked', async () => {
    await ask('at 60');
    const asked = search.results.answer?.question;
    search.update();
    await settled();
    expect(search.results.answer?.question).toBe(asked);
  });

  it('reads a line once', async () => {
    const reading = vi.spyOn(String.prototype, 'matchAll');
    try {
      await ask('at 60');
      search.update();
      await settled();
      expect(found()?.[0]).toBe(2);
      expect(reading.mock.contexts.map(String)).toEqual(['at 60']);
    } finally {
      reading.mockRestore();
    }
  });

  it('asks one question at a time, and then the newest', async () => {
    const answers = [deferred<Embeddings>(), deferred<Embeddings>()];
    const asked: string[] = [];
    const slow = new Search({
      ...parts,
      embedder: embedder((_, texts) => {
        asked.push(...texts);
        return answers[asked.length - 1]!.promise;
      }),
    });
    slow.open(loadedModel());
    await settled();
    for (const text of ['t', 'tw', 'two', 'two cats']) slow.type(text);
    await settled();
    expect(asked).toEqual(['t']);
    expect(slow.asking).toBe(true);
    answers[0]!.resolve(rows('tiny', 0));
    await settled();
    expect(asked).toEqual(['t', 'two cats']);
    // The first answer is shown until the second is there.
    expect(slow.results.answer?.question).toMatchObject({ text: 't', examples: [] });
    answers[1]!.resolve(rows('tiny', 90));
    await settled();
    expect(slow.results.answer?.question).toMatchObject({ text: 'two cats', examples: [] });
    expect(slow.results.answer?.matches[0]?.id).toBe(3);
  });

  it('shows nothing of a question that was cleared before its answer came', async () => {
    const answer = deferred<Embeddings>();
    const slow = new Search({ ...parts, embedder: embedder(() => answer.promise) });
    slow.open(loadedModel());
    await settled();
    slow.type('at 60');
    slow.clear();
    answer.resolve(rows('tiny', 60));
    await settled();
    expect(slow.results.answer).toBeUndefined();
  });

  it('keeps the embedding of a text it knows', async () => {
    await ask('at 60');
    search.update();
    await settled();
    await ask('at 30');
    await ask('at 60');
    expect(tower.calls).toEqual(['at 60', 'at 30']);
  });

  it('forgets texts that were not used for long', async () => {
    await ask('at 60');
    for (let i = 0; i < 64; i++) await ask(`text ${i}`);
    tower.calls.length = 0;
    await ask('text 63');
    await ask('at 60');
    expect(tower.calls).toEqual(['at 60']);
  });

  it('finds photos like one, and takes words with it', async () => {
    search.like([like(3)]);
    await settled();
    expect(found()).toEqual([2, 1, 0]);
    expect(notices.said).toBe('3 results like 3.jpg');
    await ask('at 0');
    expect(found()?.slice(0, 2)).toEqual([1, 2]);
    expect(notices.said).toBe('3 results for at 0, like 3.jpg');
    search.removeExample(search.examples[0]!);
    await settled();
    expect(found()?.[0]).toBe(0);
    search.clear();
    expect(search.asked).toBe(false);
  });

  it('takes a photo for the question, not for an answer, but its copies for answers', async () => {
    await add(90);
    search.like([like(4)]);
    await settled();
    expect(found()).toEqual([3, 2, 1, 0]);
    search.addExamples([like(0)]);
    await settled();
    expect(found()).toHaveLength(3);
    expect(found()).not.toContain(0);
    expect(search.results.hasMore).toBe(false);
  });

  it('says when there is no other photo', async () => {
    photos.remove([1, 2, 3]);
    indexed = 1;
    search.like([like(0)]);
    await settled();
    expect(found()).toEqual([]);
    expect(lackText(search.results)).toBe('There is no other photo here to compare it with.');
  });

  it('says nothing while another page is open, and what it shows once its own is again', async () => {
    await ask('at 0');
    search.activate(false);
    notices.say('4 photos labelled');
    search.results.cutAt(0.8);
    await ask('at 0 ');
    search.results.cutAt(0.8);
    expect(notices.said).toBe('4 photos labelled');
    search.activate(true);
    expect(notices.said).toBe('2 of 4 results for at 0');
    search.clear();
    search.activate(false);
    notices.say('4 photos labelled');
    search.results.filterBy({ from: '2999-01-01' });
    search.results.filterBy({});
    expect(notices.said).toBe('4 photos labelled');
    search.activate(true);
    expect(notices.said).toBe('All 4 photos');
  });

  it('says what is on the page after every change of it', async () => {
    await ask('at 0');
    search.results.cutAt(0.8);
    expect(notices.said).toBe('2 of 4 results for at 0');
    search.results.cutAt(-Infinity);
    expect(notices.said).toBe('4 results for at 0');
    search.results.cutAt(undefined);
    expect(notices.said).toBe('4 results for at 0');
    search.clear();
    expect(notices.said).toBe('All 4 photos');
    photos.developed(0, { key: keyOf('0'), width: 3, height: 4 });
    search.results.filterBy({ orientation: 'portrait' });
    expect(notices.said).toBe('1 of 4 photos');
    search.results.filterBy({});
    expect(notices.said).toBe('All 4 photos');
  });

  it('says how many results are left once it is measured what is usual', async () => {
    await add(...Array.from({ length: 36 }, (_, i) => 2 * i));
    const usualThreshold = new UsualThreshold({ embedder: parts.embedder as Embedder, library });
    const late = new Search({ ...parts, usualThreshold });
    late.open(loadedModel());
    late.type('at 0');
    await settled();
    expect(notices.said).toBe('40 results for at 0');
    late.indexed(true);
    await until(() => usualThreshold.reach !== undefined);
    await settled();
    expect(notices.said).toBe('24 of 40 results for at 0. Nothing here looks like it');
  });

  it('tells which texts are cut, and where', async () => {
    await ask('at 0 -"at 90 ~ and the rest"');
    expect([...search.cut]).toEqual([['at 90 ~ and the rest', 'at 90']]);
    search.like([like(0)]);
    await settled();
    expect(search.cut.size).toBe(0);
    await ask('at 0 ~ and the rest');
    expect(search.cut.size).toBe(1);
    search.clear();
    expect(search.cut.size).toBe(0);
  });

  it('finds nothing like a photo without a row', async () => {
    search.like([like(9)]);
    await settled();
    expect(found()).toEqual([]);
  });

  it('finds photos like several pictures, one of them a file', async () => {
    search.like([like(3)]);
    const file = picture('zero.jpg', '0');
    search.addExamples([{ kind: 'file', file, name: file.name }]);
    await settled();
    expect(found()?.slice(0, 2)).toEqual([1, 2]);
    expect(notices.said).toBe('3 results like 3.jpg and zero.jpg');
    search.update();
    await settled();
    expect(tower.calls).toEqual(['1 pictures']);
  });

  it('embeds a query anew for the same model in another arithmetic', async () => {
    await ask('at 60');
    const file = picture('zero.jpg', '0');
    search.addExamples([{ kind: 'file', file, name: file.name }]);
    await settled();
    const calls = tower.calls.splice(0);
    search.open(loadedModel());
    await settled();
    expect(tower.calls).toEqual([]);
    search.open({ ...loadedModel(), rows: 'e'.repeat(32) });
    await settled();
    expect(tower.calls.toSorted()).toEqual(calls.toSorted());
  });

  it('says when a file is no picture', async () => {
    const file = picture('bad.jpg', 'no number');
    search.addExamples([{ kind: 'file', file, name: file.name }]);
    await settled();
    expect(notices.problems).toMatchObject([{ happened: 'No picture in 9 bytes.' }]);
  });

  it('finds photos that may match alone', async () => {
    for (const id of [0, 3]) photos.developed(id, { key: keyOf(`${id}`), width: 3, height: 4 });
    search.results.filterBy({ orientation: 'portrait' });
    await ask('at 60');
    expect(found()).toEqual([3, 0]);
    expect(search.results.counts).toEqual({ reaching: 2, all: 2, isMore: false });
  });

  it('waits for a model', async () => {
    search.open(undefined);
    await ask('at 60');
    expect(search.results.answer).toBeUndefined();
    search.open(loadedModel());
    await settled();
    expect(found()?.[0]).toBe(2);
  });

  it('drops the answer of a model that is gone', async () => {
    const answer = deferred<Embeddings>();
    const slow = new Search({ ...parts, embedder: embedder(() => answer.promise) });
    slow.open(loadedModel());
    await settled();
    slow.type('at 60');
    slow.open(undefined);
    answer.resolve(rows('tiny', 60));
    await settled();
    expect(slow.results.answer).toBeUndefined();
  });

  it('holds still while photos are indexed, tells how many are new, and ranks again at the end', async () => {
    await add(...Array<number>(12).fill(80));
    await ask('at 60');
    const before = found();
    await add(60, 61);
    search.indexed(false);
    await settled();
    expect(found()).toEqual(before);
    expect(search.unseen).toBe(2);
    search.indexed(true);
    await settled();
    expect(found()).toHaveLength(18);
    expect(search.unseen).toBe(0);
  });

  it('ranks again on demand', async () => {
    await add(...Array<number>(12).fill(80));
    await ask('at 60');
    await add(60);
    search.update();
    await settled();
    expect(found()).toHaveLength(17);
  });

  it('does not hold still while there is hardly anything to see', async () => {
    await ask('at 60');
    await add(60);
    search.indexed(false);
    await settled();
    expect(found()).toHaveLength(5);
  });

  it('leaves out photos that were removed, and ranks as many as it may show', async () => {
    photos.remove([2]);
    await ask('at 59');
    expect(found()).toEqual([1, 3, 0]);
  });

  it('shows 200 results, and more when asked', async () => {
    await add(...Array<number>(246).fill(45));
    await ask('at 60');
    expect(search.results.limit).toBe(200);
    expect(found()).toHaveLength(250);
    expect(search.results.hasMore).toBe(true);
    search.results.showMore();
    await settled();
    expect(search.results.limit).toBe(400);
    expect(search.results.hasMore).toBe(false);
    await ask('at 30');
    expect(search.results.limit).toBe(200);
  });

  it('reports a failure, and clears it with the next answer', async () => {
    let broken = true;
    const failing = new Search({
      ...parts,
      embedder: embedder((model, texts) =>
        broken ? Promise.reject(failure('OutOfMemory', 'no memory')) : tower.encodeTexts(model, texts),
      ),
    });
    failing.open(loadedModel());
    failing.type('at 60');
    await settled();
    expect(notices.problems).toMatchObject([{ happened: 'No memory.' }]);
    expect(failing.asking).toBe(false);
    broken = false;
    failing.update();
    await settled();
    expect(notices.problems).toEqual([]);
    expect(failing.results.answer?.matches).toHaveLength(4);
  });

  it.each([
    ['WorkerDied', ''],
    ['DeviceLost', 'lost'],
  ])('leaves %s to whoever starts the model again', async (name, said) => {
    const failing = new Search({ ...parts, embedder: embedder(() => Promise.reject(failure(name))) });
    failing.open(loadedModel());
    failing.type('at 60');
    await settled();
    expect(notices.problems).toEqual([]);
    expect(notices.said).toBe(said);
  });
});

describe('a threshold', () => {
  it('leaves the results that reach it, and says how many', async () => {
    await ask('at 0');
    expect(search.results.range).toEqual({ best: 1, least: expect.closeTo(0, 6) });
    search.results.cutAt(0.8);
    expect(found()).toEqual([0, 1]);
    expect(search.results.counts).toEqual({ reaching: 2, all: 4, isMore: false });
    expect(search.results.scoreOf(2)).toBeCloseTo(0.5);
    expect(search.results.hasMore).toBe(false);
    search.results.cutAt(-Infinity);
    expect(found()).toEqual([0, 1, 2, 3]);
    expect(search.results.threshold).toBeUndefined();
  });

  it('goes with the question, and with the model', async () => {
    await ask('at 0');
    search.results.cutAt(0.8);
    await ask('at 0 ');
    expect(found()).toEqual([0, 1]);
    search.open(undefined);
    search.open(loadedModel());
    expect(search.results.threshold).toBe(0.8);
    await ask('at 90');
    expect(search.results.threshold).toBeUndefined();
    expect(found()).toEqual([3, 2, 1, 0]);
    search.results.cutAt(0.8);
    await library.open('other', 2, WEIGHTS);
    search.open(loadedModel('other'));
    expect(search.results.threshold).toBe(0.8);
    search.indexed(true);
    await settled();
    expect(search.results.threshold).toBeUndefined();
  });

  it('goes when another picture is asked for', async () => {
    search.like([like(3)]);
    await settled();
    search.results.cutAt(0.8);
    expect(found()).toEqual([2]);
    search.like([like(0)]);
    await settled();
    expect(found()).toEqual([1, 2, 3]);
  });

  it('counts no photo that was removed since', async () => {
    await ask('at 0');
    search.results.cutAt(0.8);
    photos.remove([0, 1]);
    expect(search.results.counts).toEqual({ reaching: 0, all: 2, isMore: false });
    expect(search.results.range?.best).toBeCloseTo(0.5);
    expect(lackText(search.results)).toBe('You removed all of these results.');
    photos.remove([2, 3]);
    expect(search.results.range).toBeUndefined();
    expect(lackText(search.results)).toBe('You removed all of these results.');
  });

  it('is as usual unless one was chosen, but leaves the best 24', async () => {
    await add(...Array.from({ length: 36 }, (_, i) => 2 * i));
    const usual = new Search({
      ...parts,
      usualThreshold: { reach: { usual: 0.99, unrelated: 0.9, good: 1 }, measure: async () => undefined },
    });
    usual.open(loadedModel());
    usual.type('at 0');
    await settled();
    expect(usual.results.counts).toMatchObject({ reaching: 24, all: 40 });
    expect(usual.results.isUsual).toBe(true);
    expect(usual.results.threshold).toBeCloseTo(Math.cos((42 * Math.PI) / 180));
    expect(notices.said).toBe('24 of 40 results for at 0');
    usual.results.cutAt(-Infinity);
    expect(usual.results.counts.reaching).toBe(40);
    usual.results.cutAt(undefined);
    expect(usual.results.counts.reaching).toBe(24);
    for (const line of ['"at 0" -"at 90"', '-2 at 0']) {
      usual.type(line);
      await settled();
      expect(usual.results.threshold).toBeUndefined();
    }
    usual.like([like(0)]);
    await settled();
    expect(usual.results.threshold).toBeUndefined();
  });

  it('of pictures is none of words', async () => {
    search.like([like(0)]);
    await settled();
    search.results.cutAt(0.8);
    search.clear();
    await ask('at 90');
    expect(search.results.threshold).toBeUndefined();
  });

  it('may leave nothing', async () => {
    await ask('at 45');
    search.results.cutAt(0.99);
    expect(found()).toEqual([]);
    expect(lackText(search.results)).toMatch(/^No photo is as close as that/);
    expect(search.results.counts.all).toBe(4);
  });
});

describe('another model', () => {
  const other = { ...loadedModel('other'), weights: WEIGHTS };
  const loading = (id: string): ModelStatus => ({ phase: 'loading', id, name: id, progress: undefined });

  beforeEach(async () => {
    status = { phase: 'ready', loaded: loadedModel() };
    await ask('at 0');
    expect(found()).toEqual([0, 1, 2, 3]);
    await library.open('other', 2, WEIGHTS);
  });

  /** The other model is chosen and loaded; none of the photos has a row of it. */
  async function choose(model = other): Promise<void> {
    status = loading('other');
    search.open(undefined);
    status = { phase: 'ready', loaded: model };
    indexed = 0;
    search.open(model);
    await settled();
  }

  /** It has looked at the first photos, which lie in the reverse order for it. */
  async function look(count: number): Promise<void> {
    const angles = [90, 60, 30, 0].slice(0, count);
    const readings = angles.map((_, id) => ({ id, key: keyOf(`${id}.jpg`), width: 4, height: 3 }));
    await library.add(readings, rows('other', ...angles), new Map());
    indexed = count;
  }

  it('keeps the results of the former one until it has looked at the photos', async () => {
    await choose();
    expect(search.former).toEqual({ of: 'Tiny', until: 'other' });
    expect(notices.said).toBe('Results of Tiny, until other has looked at the photos');
    await look(2);
    search.indexed(false);
    search.update();
    search.results.filterBy({});
    await settled();
    expect(found()).toEqual([0, 1, 2, 3]);
    expect(search.unseen).toBe(0);
    await look(4);
    search.indexed(true);
    await settled();
    expect(found()).toEqual([3, 2, 1, 0]);
    expect(search.former).toBeUndefined();
    expect(notices.said).toBe('4 results for at 0');
  });

  it('says whose results they are from the moment it is chosen, and when it stopped', () => {
    status = loading('other');
    search.open(undefined);
    expect(search.former).toEqual({ of: 'Tiny', until: 'other' });
    status = { phase: 'stopped', id: 'other', name: 'other' };
    expect(search.former).toEqual({ of: 'Tiny', until: undefined });
    status = { phase: 'none' };
    expect(search.former).toBeUndefined();
  });

  it('shows what it has found so far to whoever asks for that', async () => {
    await choose();
    expect(search.hasNew).toBe(false);
    await look(2);
    expect(search.hasNew).toBe(true);
    search.showNow();
    await settled();
    expect(found()).toEqual([1, 0]);
    expect(search.former).toBeUndefined();
    expect(search.hasNew).toBe(false);
  });

  it('answers another question at once', async () => {
    await choose();
    await look(2);
    await ask('at 90');
    expect(found()).toEqual([0, 1]);
    expect(search.former).toBeUndefined();
  });

  it('is no other when the former one comes back, or is started again', async () => {
    await choose();
    status = { phase: 'ready', loaded: loadedModel() };
    indexed = 4;
    search.open(undefined);
    search.open(loadedModel());
    await settled();
    expect(search.former).toBeUndefined();
    expect(search.hasNew).toBe(false);
    expect(found()).toEqual([0, 1, 2, 3]);
  });

  it('is waited for until its text tower is here, where there are words', async () => {
    await choose({ ...other, hasText: false });
    await look(4);
    search.indexed(true);
    await settled();
    expect(found()).toEqual([0, 1, 2, 3]);
    expect(search.hasNew).toBe(false);
    search.open(undefined);
    search.open(other);
    search.indexed(true);
    await settled();
    expect(found()).toEqual([3, 2, 1, 0]);
  });

  it('changes neither cut nor bars before its own results are there', async () => {
    const measured = deferred<undefined>();
    const reach = { usual: 0.8, unrelated: 0.1, good: 1 };
    const usualThreshold: { reach: Reach | undefined; measure: () => Promise<undefined> } = {
      reach,
      measure: () => measured.promise,
    };
    indexed = 4;
    search = new Search({ ...parts, usualThreshold });
    status = { phase: 'ready', loaded: loadedModel() };
    search.open(loadedModel());
    await ask('at 0');
    const before = [search.results.threshold, search.results.scale(0.5)];
    await choose();
    await look(4);
    usualThreshold.reach = undefined;
    search.indexed(true);
    await settled();
    expect([search.results.threshold, search.results.scale(0.5)]).toEqual(before);
    expect(search.former).toBeDefined();
    usualThreshold.reach = { usual: 0.2, unrelated: 0.1, good: 0.9 };
    measured.resolve(undefined);
    await settled();
    expect(found()).toEqual([3, 2, 1, 0]);
    expect(search.results.scale(0.5)).not.toBe(before[1]);
  });
});
