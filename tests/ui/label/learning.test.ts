import { beforeEach, describe, expect, it } from 'vitest';
import { confusion } from '../../../src/ui/label/confusion';
import { heldOutText, learnedText } from '../../../src/ui/label/learning-words';
import { Learning } from '../../../src/ui/label/learning.svelte';
import { taughtPhotos } from '../../../src/ui/label/taught-photos';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import { KeptLabels } from '../../../src/ui/photos/kept-labels.svelte';
import { reject, type PhotoLabels } from '../../../src/library/photo-labels';
import type { Photo } from '../../../src/ui/photos/photo';
import { keyOf, memoryIn, photoStates, settled, testLibrary, type TestLibrary } from '../fakes';

const ROWS = 'f'.repeat(32);
const LABELS = ['at 0', 'at 40', 'at 80'];
const MODEL = { logitScale: 30 };
const TEXTS = {
  model: 'tiny',
  count: 3,
  dim: 2,
  data: Float32Array.from(
    [0, 40, 80].flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]),
  ),
};

let library: TestLibrary;
/** As the page knows them once they were read. */
const photos = {
  list: Array.from({ length: 12 }, (_, id): Photo => ({
    id,
    folder: 0,
    path: `${id}.jpg`,
    name: `${id}.jpg`,
    bytes: 1,
    modified: 2,
    size: undefined,
    key: keyOf(`${id}.jpg`),
  })),
  current: (id: number) => photos.list[id],
};
let keptLabels: KeptLabels;
let remembered: Map<string, string>;
let learning: Learning;

const create = () =>
  new Learning({ library, photos, keptLabels, labels: () => LABELS, memory: memoryIn(remembered) });

beforeEach(async () => {
  library = testLibrary();
  remembered = new Map();
  keptLabels = new KeptLabels({ library, photos, notices: new Notices() });
  await library.open('tiny', 2, ROWS);
  // Ids 0 to 11: all lie 30 degrees beyond the text of their label.
  await photoStates(library).giveAt(28, 30, 32, 34, 68, 70, 72, 74, 108, 110, 112, 114);
  learning = create();
});

async function checkAll(): Promise<void> {
  for (const { id } of photos.list) await keptLabels.give(id, LABELS[Math.floor(id / 4)]!);
  await settled();
}

describe('Learning', () => {
  it('leaves the texts as they are until it is turned on, and without anything to learn from', async () => {
    expect(await learning.rows(TEXTS, LABELS, MODEL)).toBe(TEXTS);
    learning.turn(true);
    expect(await learning.rows(TEXTS, LABELS, MODEL)).toBe(TEXTS);
    expect([learning.taught, learning.lesson]).toEqual([0, undefined]);
  });

  it('learns from the photos that were checked, and tells how well beside the words alone', async () => {
    await checkAll();
    expect(learning.taught).toBe(12);
    learning.turn(true);
    const rows = await learning.rows(TEXTS, LABELS, MODEL);
    const best = async (texts: typeof TEXTS, id: number) => {
      const { cosines } = await library.cosines(texts);
      const own = [...cosines.subarray(id * 3, id * 3 + 3)];
      return own.indexOf(Math.max(...own));
    };
    expect(await Promise.all([0, 4, 8].map((id) => best(TEXTS, id)))).toEqual([1, 2, 2]);
    expect(await Promise.all([0, 4, 8].map((id) => best({ ...TEXTS, ...rows }, id)))).toEqual([0, 1, 2]);
    expect(learnedText(learning.lesson!)).toBe('Learned from 12 photos, 4 a label.');
    expect(heldOutText(learning.lesson!)).toMatch(
      /: right for (?:9|1[0-2]) of 12 \(\d+%\); by the words alone, zero-shot, for 4 of 12 \(33%\)\.$/,
    );
    expect([learning.work, learning.isStale]).toEqual([undefined, false]);
    await keptLabels.withdraw(0, LABELS[0]!);
    expect([learning.isStale, learning.taught]).toEqual([true, 11]);
  });

  it('is on in the next visit too, until it is turned off', async () => {
    await checkAll();
    learning.turn(true);
    learning = create();
    expect(await learning.rows(TEXTS, LABELS, MODEL)).not.toBe(TEXTS);
    learning.turn(false);
    expect([learning.lesson, remembered.size]).toEqual([undefined, 0]);
    expect(await create().rows(TEXTS, LABELS, MODEL)).toBe(TEXTS);
  });

  it('has ended also where its last progress comes after the answer', async () => {
    await checkAll();
    learning.turn(true);
    const { learnLabels } = library;
    let tellLate: (done: number, total: number) => void;
    library.learnLabels = (lesson, onProgress) => {
      tellLate = onProgress;
      return learnLabels(lesson, () => undefined);
    };
    await learning.rows(TEXTS, LABELS, MODEL);
    tellLate!(5, 6);
    expect(learning.work).toBeUndefined();
  });

  it('goes back to the words alone when it is stopped', async () => {
    await checkAll();
    learning.turn(true);
    const { learnLabels } = library;
    library.learnLabels = (lesson, onProgress) =>
      learnLabels(lesson, (done, total) => {
        onProgress(done, total);
        expect(learning.work).toEqual({ done: 0, total: 6 });
        learning.cancel();
      });
    const rows = learning.rows(TEXTS, LABELS, MODEL);
    expect(learning.work).toEqual({ done: 0, total: 0 });
    expect(await rows).toBe(TEXTS);
    expect([learning.work, learning.lesson, remembered.size]).toEqual([undefined, undefined, 0]);
  });
});

describe('taughtPhotos', () => {
  const said = { accepted: [], rejected: [], suggested: [] };
  const marks = (labels: Partial<PhotoLabels>) => [
    ...taughtPhotos(photos.list.slice(0, 1), () => ({ ...said, ...labels }), LABELS).possible,
  ];

  it('allows what is right, else what is not wrong', () => {
    expect(marks({ accepted: ['at 40'], rejected: ['at 0'] })).toEqual([0, 1, 0]);
    expect(marks({ accepted: ['at 40', 'at 80'] })).toEqual([0, 1, 1]);
    expect(marks({ rejected: ['at 0'] })).toEqual([0, 1, 1]);
  });

  it('learns nothing from what says nothing of these labels', () => {
    expect(marks({ suggested: ['at 0'] })).toEqual([]);
    expect(marks({ accepted: ['owl'] })).toEqual([]);
    expect(marks({ accepted: ['owl'], rejected: ['at 0'] })).toEqual([]);
    expect(marks({ rejected: ['owl'] })).toEqual([]);
    expect(marks({ rejected: LABELS })).toEqual([]);
  });

  it('counts a rejected label too', async () => {
    await keptLabels.change([3], (before) => reject(before, 'at 40'), 'said');
    expect(learning.taught).toBe(1);
  });
});

describe('confusion', () => {
  it('counts what was given for what, labels with the most mistakes first', () => {
    const answers = [
      ...Array<['dog', 'dog']>(3).fill(['dog', 'dog']),
      ['cat', 'fox'],
      ['cat', 'cat'],
    ] as const;
    expect(confusion(answers)).toEqual({
      labels: ['cat', 'fox', 'dog'],
      counts: [
        [1, 1, 0],
        [0, 0, 0],
        [0, 0, 3],
      ],
      left: 0,
    });
  });

  it('leaves out the labels with the fewest mistakes where there are many', () => {
    const answers = Array.from(
      { length: 15 },
      (_, at) => [`label ${at}`, at === 14 ? 'label 0' : `label ${at}`] as const,
    );
    const { labels, left } = confusion(answers);
    expect([labels.length, left, labels.slice(0, 2)]).toEqual([12, 3, ['label 0', 'label 14']]);
  });
});
