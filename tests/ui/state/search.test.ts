import { beforeEach, describe, expect, it } from 'vitest';
import type { Embeddings } from '../../../workers/api';
import { Notices } from '../../../src/ui/state/notices.svelte';
import type { Photos } from '../../../src/ui/state/photos.svelte';
import { Search, type SearchParts } from '../../../src/ui/state/search.svelte';
import {
  clip,
  deferred,
  failure,
  keyOf,
  library,
  loadedModel,
  photoStates,
  picture,
  rows,
  settled,
} from '../fakes';

const WEIGHTS = 'f'.repeat(32);

let photos: Photos;
let give: ReturnType<typeof photoStates>['give'];
let notices: Notices;
let shelf: ReturnType<typeof library>;
let tower: ReturnType<typeof clip>;
let parts: SearchParts;
let search: Search;
let indexed = 0;

beforeEach(async () => {
  notices = new Notices();
  shelf = library();
  ({ photos, give } = photoStates(shelf));
  tower = clip();
  indexed = 0;
  parts = {
    clip: tower,
    library: shelf,
    photos,
    notices,
    indexed: () => indexed,
    onLost: () => notices.say('lost'),
  };
  search = new Search(parts);
  await shelf.open('tiny', 2, WEIGHTS);
  await add(0, 30, 60, 90);
  search.open(loadedModel());
});

/** Photos with rows at these angles. */
async function add(...degrees: number[]): Promise<void> {
  for (const angle of degrees) {
    const name = `${photos.ids().length}.jpg`;
    const id = give(picture(name));
    await photos.keep();
    await shelf.add([{ id, key: keyOf(name), width: 4, height: 3 }], rows('tiny', angle), new Map());
    indexed++;
  }
}

const found = () => search.answer?.matches.map(({ id }) => id);

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
    search.likePhoto(2, '2.jpg');
    await settled();
    expect(found()).toEqual([2, 1, 3, 0]);
    await ask('at 30');
    search.open(loadedModel());
    await settled();
    expect(search.waitsFor).toBeUndefined();
    expect(found()?.[0]).toBe(1);
  });

  it('ranks the photos by their cosine with the text', async () => {
    await ask('at 60');
    expect(found()).toEqual([2, 1, 3, 0]);
    expect(search.answer?.matches[0]?.score).toBeCloseTo(1);
    expect(notices.said).toBe('4 results for at 60');
    expect(search.asking).toBe(false);
  });

  it('adds and takes away terms, each encoded once', async () => {
    await ask('"at 90" -"at 0"');
    expect(found()).toEqual([3, 2, 1, 0]);
    expect(search.answer?.matches[0]?.score).toBeCloseTo(Math.SQRT1_2);
    await ask('"at 90" +0.1 "at 0"');
    expect(found()).toEqual([3, 2, 1, 0]);
    expect(tower.calls).toEqual(['at 90|at 0']);
  });

  it('answers with a known term although texts are forgotten while another is encoded', async () => {
    await ask('at 90');
    search.type('"at 90" -"at 0"');
    search.forgetTexts();
    await settled();
    expect(found()).toEqual([3, 2, 1, 0]);
    expect(notices.problems).toEqual([]);
  });

  it('finds nothing for terms that cancel each other, and asks nothing of signs alone', async () => {
    await ask('"at 30" -"at 30"');
    expect(found()).toEqual([]);
    await ask('-');
    expect(search.answer).toBeUndefined();
  });

  it('has no answer without a question', async () => {
    await ask('at 60');
    await ask('   ');
    expect(search.answer).toBeUndefined();
    expect(tower.calls).toEqual(['at 60']);
  });

  it('asks one question at a time, and then the newest', async () => {
    const answers = [deferred<Embeddings>(), deferred<Embeddings>()];
    const asked: string[] = [];
    const slow = new Search({
      ...parts,
      clip: {
        encodeTexts: (_, texts) => {
          asked.push(...texts);
          return answers[asked.length - 1]!.promise;
        },
      },
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
    expect(slow.answer?.question).toEqual({ kind: 'text', text: 't' });
    answers[1]!.resolve(rows('tiny', 90));
    await settled();
    expect(slow.answer?.question).toEqual({ kind: 'text', text: 'two cats' });
    expect(slow.answer?.matches[0]?.id).toBe(3);
  });

  it('shows nothing of a question that was cleared before its answer came', async () => {
    const answer = deferred<Embeddings>();
    const slow = new Search({ ...parts, clip: { encodeTexts: () => answer.promise } });
    slow.open(loadedModel());
    await settled();
    slow.type('at 60');
    slow.clear();
    answer.resolve(rows('tiny', 60));
    await settled();
    expect(slow.answer).toBeUndefined();
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

  it('finds photos like one', async () => {
    search.likePhoto(3, '3.jpg');
    await settled();
    expect(found()).toEqual([3, 2, 1, 0]);
    expect(notices.said).toBe('4 results like 3.jpg');
    expect(search.like).toMatchObject({ id: 3 });
    await ask('at 0');
    expect(search.like).toBeUndefined();
    expect(found()?.[0]).toBe(0);
  });

  it('waits for a model', async () => {
    search.open(undefined);
    await ask('at 60');
    expect(search.answer).toBeUndefined();
    search.open(loadedModel());
    await settled();
    expect(found()?.[0]).toBe(2);
  });

  it('drops the answer of a model that is gone', async () => {
    const answer = deferred<Embeddings>();
    const slow = new Search({ ...parts, clip: { encodeTexts: () => answer.promise } });
    slow.open(loadedModel());
    await settled();
    slow.type('at 60');
    slow.open(undefined);
    answer.resolve(rows('tiny', 60));
    await settled();
    expect(slow.answer).toBeUndefined();
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
    await ask('at 60');
    expect(found()).toEqual([1, 3, 0]);
  });

  it('shows 200 results, and more when asked', async () => {
    await add(...Array<number>(246).fill(45));
    await ask('at 60');
    expect(found()).toHaveLength(200);
    expect(search.hasMore).toBe(true);
    search.showMore();
    await settled();
    expect(found()).toHaveLength(250);
    expect(search.hasMore).toBe(false);
    await ask('at 30');
    expect(found()).toHaveLength(200);
  });

  it('reports a failure, and clears it with the next answer', async () => {
    let broken = true;
    const failing = new Search({
      ...parts,
      clip: {
        encodeTexts: (model, texts) =>
          broken ? Promise.reject(failure('OutOfMemory', 'no memory')) : tower.encodeTexts(model, texts),
      },
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
    expect(failing.answer?.matches).toHaveLength(4);
  });

  it.each([
    ['WorkerDied', ''],
    ['DeviceLost', 'lost'],
  ])('leaves %s to whoever starts the model again', async (name, said) => {
    const failing = new Search({ ...parts, clip: { encodeTexts: () => Promise.reject(failure(name)) } });
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
    expect(search.range).toEqual({ best: 1, least: expect.closeTo(0, 6) });
    search.cutAt(0.8);
    expect(found()).toEqual([0, 1]);
    expect(search.counts).toEqual({ reaching: 2, all: 4, isMore: false });
    expect(search.reaching).toEqual([0, 1]);
    expect(search.hasMore).toBe(false);
    search.cutAt(undefined);
    expect(found()).toEqual([0, 1, 2, 3]);
  });

  it('stays for the next question, and goes with the model', async () => {
    await ask('at 0');
    search.cutAt(0.8);
    await ask('at 90');
    expect(found()).toEqual([3, 2]);
    search.open(undefined);
    search.open(loadedModel());
    expect(search.threshold).toBe(0.8);
    search.open(loadedModel('other'));
    expect(search.threshold).toBeUndefined();
  });

  it('may leave nothing', async () => {
    await ask('at 45');
    search.cutAt(0.99);
    expect(found()).toEqual([]);
    expect(search.counts.all).toBe(4);
  });
});
