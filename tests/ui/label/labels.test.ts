import { SvelteSet } from 'svelte/reactivity';
import { beforeEach, describe, expect, it } from 'vitest';
import { Labels, type LabelsParts } from '../../../src/ui/label/labels.svelte';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import type { Photos } from '../../../src/ui/photos/photos.svelte';
import type { ModelStatus } from '../../../src/ui/models/model-status';
import {
  clip,
  failure,
  keyOf,
  rows,
  testLibrary,
  type TestLibrary,
  loadedModel,
  photoStates,
  settled,
  memoryIn,
} from '../fakes';

const WEIGHTS = 'f'.repeat(32);

let photos: Photos;
let giveAt: ReturnType<typeof photoStates>['giveAt'];
let notices: Notices;
let library: TestLibrary;
let tower: ReturnType<typeof clip>;
let parts: LabelsParts;
let labels: Labels;
let remembered: Map<string, string>;
let status: ModelStatus;
/** Photos that the search leaves out. */
let unlisted: Set<number>;

beforeEach(async () => {
  notices = new Notices();
  library = testLibrary();
  ({ photos, giveAt } = photoStates(library));
  tower = clip();
  remembered = new Map();
  unlisted = new SvelteSet();
  status = { phase: 'ready', loaded: loadedModel() };
  parts = {
    clip: tower,
    library,
    photos,
    learning: { rows: async (texts) => texts },
    listed: {
      get ids() {
        return photos.list.map(({ id }) => id).filter((id) => !unlisted.has(id));
      },
      widen: () => unlisted.clear(),
    },
    notices,
    status: () => status,
    suggested: () => ['at 10', 'at 20'],
    memory: memoryIn(remembered),
    handOver: () => {},
    onOffer: () => {},
    onLost: () => notices.say('lost'),
  };
  labels = new Labels(parts);
  await library.open('tiny', 2, WEIGHTS);
  await giveAt(0, 42, 90);
  labels.open(loadedModel());
  labels.write('at 0, at 80');
  labels.activate(true);
  await settled();
});

describe('Labels', () => {
  it('ranks the labels of each photo by probability', () => {
    const best = (id: number) => labels.answer(id)?.map(({ label }) => label);
    expect(best(0)).toEqual(['at 0', 'at 80']);
    expect(best(2)).toEqual(['at 80', 'at 0']);
    const [first, second] = labels.answer(0)!;
    const logit = Math.exp(10) / (Math.exp(10) + Math.exp(10 * Math.cos((80 * Math.PI) / 180)));
    expect(first!.probability).toBeCloseTo(logit, 5);
    expect(first!.probability + second!.probability).toBeCloseTo(1);
    expect(notices.said).toBe('3 photos labelled with 2 labels');
  });

  it('remembers what was written, and goes back to what is suggested', async () => {
    labels = new Labels(parts);
    expect([labels.text, labels.isWritten]).toEqual(['at 0, at 80', true]);
    labels.suggest();
    expect(labels.labels).toEqual(['at 10', 'at 20']);
    expect([labels.isWritten, remembered.size]).toEqual([false, 0]);
    expect(new Labels(parts).labels).toEqual(['at 10', 'at 20']);
  });

  it('judges each label by itself where the model has a logit bias', async () => {
    expect(labels.independent).toBe(false);
    labels.open({ ...loadedModel(), logitBias: -5 });
    await settled();
    expect(labels.independent).toBe(true);
    const [first, second] = labels.answer(0)!;
    expect(first!.probability).toBeCloseTo(1 / (1 + Math.exp(-5)), 6);
    const cosine = Math.cos((80 * Math.PI) / 180);
    expect(second!.probability).toBeCloseTo(1 / (1 + Math.exp(5 - 10 * cosine)), 6);
  });

  it('gives a single label no share but its cosine, and orders by that', async () => {
    expect(labels.cosine(0)).toBeUndefined();
    labels.write('at 80');
    await settled();
    const fit = [0, 42, 90].map((angle) => Math.cos(((80 - angle) * Math.PI) / 180));
    for (const [id, cosine] of fit.entries()) expect(labels.cosine(id)).toBeCloseTo(cosine, 3);
    expect(labels.answer(0)?.map(({ label }) => label)).toEqual(['at 80']);
    expect(labels.unsure).toBe(0);
    labels.write('at 10');
    labels.sortBy('least sure');
    await settled();
    expect(labels.shown).toEqual([2, 1, 0]);
    expect(labels.cosine(7)).toBeUndefined();
  });

  it('keeps the probability of a single label that the model judges by itself', async () => {
    labels.open({ ...loadedModel(), logitBias: -5 });
    labels.write('at 80');
    await settled();
    expect(labels.cosine(0)).toBeUndefined();
    const cosine = Math.cos((80 * Math.PI) / 180);
    expect(labels.answer(0)?.[0]?.probability).toBeCloseTo(1 / (1 + Math.exp(5 - 10 * cosine)), 4);
  });

  it('waits for a text tower that is not here yet', async () => {
    tower.calls.length = 0;
    const later = { ...loadedModel('later'), hasText: false };
    status = { phase: 'ready', loaded: later };
    labels.open(later);
    labels.indexed(true);
    await settled();
    expect(labels.waitsFor?.summary.id).toBe('later');
    expect(tower.calls).toEqual([]);
    expect(labels.canShowNow).toBe(false);
    expect(labels.former).toEqual({ of: 'Tiny', until: 'later' });
    expect(notices.problems).toEqual([]);
  });

  it('encodes only the label that is new', async () => {
    tower.calls.length = 0;
    labels.write('at 0, at 40, at 80');
    await settled();
    expect(tower.calls).toEqual(['at 40']);
    expect(labels.answer(1)?.[0]?.label).toBe('at 40');
  });

  it('labels what is in view first, the rest behind it, and asks no more once other labels are written', async () => {
    const asked: number[][] = [];
    const held = parts.library.nearestQueries;
    const wide = new Labels({
      ...parts,
      library: {
        nearestQueries: (found, ids, ...rest) => {
          asked.push([...ids]);
          return held(found, ids, ...rest);
        },
      },
    });
    wide.lookAt(() => [2]);
    wide.open(loadedModel());
    wide.activate(true);
    await settled();
    expect(asked).toEqual([[2, 0, 1]]);
    expect(wide.labelling.total).toBe(2);
    expect(await wide.labelling.allOf(0)).toEqual(wide.answer(0));
  });

  it('can be stopped while texts are read, and goes on from there', async () => {
    const many = Array.from({ length: 40 }, (_, at) => `at ${at}`);
    tower.calls.length = 0;
    labels.write(many.join('\n'));
    await Promise.resolve();
    labels.stop();
    await settled();
    expect([labels.isStopped, labels.working, labels.labelling.total]).toEqual([true, false, 2]);
    expect(notices.problems).toEqual([]);
    const read = tower.calls.join('|').split('|').length;
    expect(read).toBeLessThan(many.length);
    labels.indexed(true);
    await settled();
    expect(labels.isStopped).toBe(true);
    labels.showNow();
    await settled();
    expect([labels.isStopped, labels.labelling.total]).toEqual([false, 40]);
    expect(new Set(tower.calls.join('|').split('|'))).toHaveLength(tower.calls.join('|').split('|').length);
  });

  it('uses no template for the built-in model, one for the others, and the one that is chosen', async () => {
    expect(labels.templates.id).toBe('none');
    tower.calls.length = 0;
    labels.open(loadedModel('tiny', 'folder'));
    await settled();
    expect(tower.calls).toEqual(['a photo of a at 0.|a photo of a at 80.']);
    labels.chooseTemplates('none');
    expect(labels.templates.id).toBe('none');
  });

  it('puts the labels into templates that stand among them', async () => {
    labels.chooseTemplates('single');
    await settled();
    tower.calls.length = 0;
    labels.write('a drawing of a {}\nat 0, at 80\ndrawn');
    await settled();
    expect(labels.labels).toEqual(['at 0', 'at 80', 'drawn']);
    expect(labels.templates).toMatchObject({ title: 'Your own (1)', templates: ['a drawing of a {}'] });
    expect(tower.calls).toEqual(['a drawing of a at 0|a drawing of a at 80|a drawing of a drawn']);
    labels.write('at 0, at 80');
    expect([labels.hasOwnTemplates, labels.templates.id]).toEqual([false, 'single']);
  });

  it('tells which prompts are cut', async () => {
    expect(labels.cut.size).toBe(0);
    labels.write('a drawing of {} and more\nat 0, at 80 ~ and the rest');
    await settled();
    const [prompt, read] = [...labels.cut].flat();
    expect(prompt).toBe('a drawing of at 80 ~ and the rest and more');
    expect(read).toBe('a drawing of at 80');
    labels.write('at 0, at 80');
    await settled();
    expect(labels.cut.size).toBe(0);
  });

  it('has no answers without labels, and says so', async () => {
    labels.write('at 80 ~ and the rest');
    await settled();
    expect(labels.cut.size).toBe(1);
    labels.write(' , ');
    await settled();
    expect(labels.labels).toEqual([]);
    expect(labels.answer(0)).toBeUndefined();
    expect(labels.cut.size).toBe(0);
    expect(notices.said).toBe('No labels');
  });

  it('labels photos as they are indexed', async () => {
    await giveAt(85);
    expect(labels.answer(3)).toBeUndefined();
    labels.indexed(false);
    await settled();
    expect(labels.answer(3)?.[0]?.label).toBe('at 80');
  });

  it('shows the photos as they came, or the least sure first', () => {
    expect(labels.shown).toEqual([0, 1, 2]);
    labels.sortBy('least sure');
    expect(labels.shown).toEqual([1, 0, 2]);
  });

  it('is unsure of close labels, and of all photos by a model that knows drawings', async () => {
    const unsure = () => labels.shown.filter((id) => labels.isUnsure(id));
    expect(unsure()).toEqual([0, 1, 2]);
    expect(labels.hasGuesses).toBe(true);
    labels.chooseTemplates('none');
    labels.open(loadedModel('tiny', 'hub'));
    await settled();
    expect(unsure()).toEqual([1]);
    expect(labels.unsure).toBe(1);
    expect(labels.hasGuesses).toBe(false);
  });

  it('shows and counts the listed photos, in their order, or all again', async () => {
    expect(labels.isNarrowed).toBe(false);
    unlisted.add(0);
    labels.write('at 0, at 80');
    await settled();
    expect(labels.shown).toEqual([1, 2]);
    expect(labels.isNarrowed).toBe(true);
    expect(notices.said).toBe('2 photos labelled with 2 labels');
    labels.widen();
    expect(labels.shown).toEqual([0, 1, 2]);
    expect(labels.isNarrowed).toBe(false);
    expect(notices.said).toBe('3 photos labelled with 2 labels');
  });

  it('works nothing out while nobody looks', async () => {
    labels.activate(false);
    tower.calls.length = 0;
    labels.write('at 10');
    await settled();
    expect(tower.calls).toEqual([]);
    labels.activate(true);
    await settled();
    expect(tower.calls).toEqual(['at 10']);
  });

  it('keeps the labels of a former model until the current one has looked at the photos', async () => {
    labels.open(undefined);
    expect(labels.former).toBeUndefined();
    labels.open(loadedModel());
    expect(labels.former).toBeUndefined();
    const before = labels.answer(0);
    const other = await choose('other');
    expect(labels.former).toEqual({ of: 'Tiny', until: 'other' });
    expect(notices.said).toBe('Labels of Tiny, until other has looked at the photos');
    await library.add(other, rows('other', 90), new Map());
    labels.indexed(false);
    await settled();
    expect(labels.answer(0)).toEqual(before);
    labels.indexed(true);
    await settled();
    expect(labels.former).toBeUndefined();
    expect(labels.answer(0)?.[0]?.label).toBe('at 80');
    expect(labels.answer(1)).toBeUndefined();
  });

  it('shows those of the current model so far to whoever asks for that, or changes the labels', async () => {
    await library.add(await choose('other'), rows('other', 90), new Map());
    expect(labels.canShowNow).toBe(true);
    labels.showNow();
    await settled();
    expect(labels.former).toBeUndefined();
    expect(labels.answer(0)?.[0]?.label).toBe('at 80');
    await library.add(await choose('third'), rows('third', 10), new Map());
    labels.write('at 10, at 70');
    await settled();
    expect(labels.answer(0)?.[0]?.label).toBe('at 10');
  });

  it('forgets those of a former model that nobody looks at', async () => {
    labels.activate(false);
    await choose('other');
    labels.indexed(true);
    expect(labels.answer(0)).toBeUndefined();
  });

  /** Another model is chosen and ready, without a row; returns what is read of the first photo. */
  async function choose(id: string) {
    await library.open(id, 2, WEIGHTS);
    const loaded = { ...loadedModel(id), weights: WEIGHTS };
    status = { phase: 'ready', loaded };
    labels.open(loaded);
    await settled();
    return [{ id: 0, key: keyOf('0.jpg'), width: 4, height: 3 }];
  }

  it('reports a failure and clears it with the next answer', async () => {
    let broken = true;
    const failing = new Labels({
      ...parts,
      clip: {
        ...tower,
        encodeTexts: (model, texts) =>
          broken ? Promise.reject(failure('OutOfMemory', 'no memory')) : tower.encodeTexts(model, texts),
      },
    });
    failing.open(loadedModel());
    failing.activate(true);
    await settled();
    expect(notices.problems).toMatchObject([{ happened: 'No memory.' }]);
    expect(failing.working).toBe(false);
    broken = false;
    failing.indexed(true);
    await settled();
    expect(notices.problems).toEqual([]);
    expect(failing.answer(0)).toBeDefined();
  });
});
