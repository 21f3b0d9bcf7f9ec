import { beforeEach, describe, expect, it } from 'vitest';
import type { SavedFile } from '../../../workers/models-api';
import { LabelSets, PRESETS, type LabelSetsParts } from '../../../src/ui/label/label-sets.svelte';
import { presetText } from '../../../src/ui/label/preset-sets';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import { packText } from '../../../src/core/packed-text';
import { parseLabels } from '../../../src/zeroshot/labels';
import type { TemplateSetId } from '../../../src/zeroshot/templates';
import { memoryIn } from '../fakes';

const labels = {
  text: '',
  isWritten: true,
  chosenTemplates: undefined as TemplateSetId | undefined,
  write: (text: string) => void Object.assign(labels, { text, isWritten: true }),
  suggest: () => void Object.assign(labels, { text: 'suggested', isWritten: false }),
  chooseTemplates: (id: TemplateSetId | undefined) => void (labels.chosenTemplates = id),
};

let remembered: Map<string, string>;
let notices: Notices;
let saved: SavedFile[];
let offers: number;
let parts: LabelSetsParts;

const open = () => new LabelSets({ ...parts, memory: memoryIn(remembered) });

beforeEach(() => {
  remembered = new Map();
  notices = new Notices();
  saved = [];
  offers = 0;
  labels.write('dog\ncat');
  labels.chooseTemplates(undefined);
  parts = {
    labels,
    notices,
    memory: undefined,
    handOver: (files) => void saved.push(...files),
    onOffer: () => void offers++,
  };
});

describe('sets of labels', () => {
  it('are saved by name, used again on the next visit, renamed and deleted, with undo', () => {
    const sets = open();
    sets.save('pets');
    labels.write('beach');
    sets.save('holiday');
    expect(sets.current).toBe('holiday');
    const later = open();
    expect(later.saved.map(({ name }) => name)).toEqual(['holiday', 'pets']);
    later.use('pets');
    expect([labels.text, later.current]).toEqual(['dog\ncat', 'pets']);
    later.rename('pets', 'animals');
    expect(later.saved.map(({ name }) => name)).toEqual(['animals', 'holiday']);
    later.remove('animals');
    expect([later.current, later.canUndo]).toEqual([undefined, true]);
    later.undo();
    expect([later.current, later.canUndo]).toEqual(['animals', false]);
    expect(open().saved).toEqual(later.saved);
  });

  it('that cannot be saved leave the others as they were, which is said', () => {
    const memory = memoryIn(remembered);
    const full = {
      ...memory,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    };
    const sets = new LabelSets({ ...parts, memory: full });
    sets.save('pets');
    expect([sets.saved, notices.problems.length]).toEqual([[], 1]);
  });

  it('that were damaged are as if they were not there', () => {
    for (const kept of ['{', '[{"name":"a"}]', '7']) {
      remembered.set('clipscope label sets', kept);
      expect(open().saved).toEqual([]);
    }
    remembered.set('clipscope label sets', '[{"name":"a"},{"name":"b","text":"c"}]');
    expect(open().saved).toEqual([{ name: 'b', text: 'c' }]);
  });

  it('put something into the field that can be taken back until something else is written', async () => {
    const sets = open();
    sets.save('pets');
    labels.chooseTemplates('simple');
    labels.write('sea');
    sets.use('pets');
    expect([labels.text, labels.chosenTemplates]).toEqual(['dog\ncat', undefined]);
    sets.undo();
    expect([labels.text, labels.chosenTemplates]).toEqual(['sea', 'simple']);
    sets.useSuggested();
    sets.undo();
    expect([labels.text, labels.isWritten]).toEqual(['sea', true]);
    await sets.usePreset('pets');
    labels.write('mine');
    expect(sets.canUndo).toBe(false);
    sets.undo();
    expect(labels.text).toBe('mine');
    labels.suggest();
    sets.use('pets');
    sets.undo();
    expect(labels.isWritten).toBe(false);
  });
});

describe('the labels of data sets', () => {
  it.each([
    ['cifar10', 10, 18],
    ['pets', 37, 1],
    ['flowers', 102, 1],
    ['caltech101', 102, 34],
    ['country211', 211, 5],
    // Two of its 1,000 names stand twice.
    ['imagenet1k', 998, 0],
  ])('%s have %i labels and %i templates', (id, count, templates) => {
    const field = parseLabels(presetText(id).text);
    expect([field.labels.length, field.templates.length]).toEqual([count, templates]);
    const title = PRESETS.find((preset) => preset.id === id)?.title;
    expect(title).toContain(`${count} `);
  });

  it('come with their templates', async () => {
    await open().usePreset('imagenet1k');
    expect(labels.chosenTemplates).toBe('simple' satisfies TemplateSetId);
    await open().usePreset('cifar10');
    expect([labels.chosenTemplates, labels.text.split('\n').length]).toEqual([undefined, 28]);
  });
});

describe('sets of others', () => {
  const field = 'dog | puppy\n"red, white"\na drawing of a {}.';

  it('go to others as a file, and are asked about, used with undo, or saved beside those that are there', async () => {
    labels.write(field);
    const sets = open();
    sets.save('pets');
    sets.saveFile();
    const [{ name, file } = { name: '', file: new Blob() }] = saved;
    expect(name).toBe('pets.labels.json');

    labels.write('mine');
    await sets.open(new File([file], name));
    expect([offers, sets.offered, labels.text]).toEqual([1, { name: 'pets', text: field }, 'mine']);
    sets.saveOffered();
    expect(sets.offered).toBeUndefined();
    expect(sets.saved.map((set) => set.name)).toEqual(['pets', 'pets (2)']);
    await sets.open(new File([file], name));
    sets.useOffered();
    expect([labels.text, sets.offered]).toEqual([field, undefined]);
    sets.undo();
    expect(labels.text).toBe('mine');
  });

  it('go to others as a link, which a reload asks about again, with the templates that were chosen', async () => {
    labels.write(field.split('\n').slice(0, 2).join('\n'));
    labels.chooseTemplates('openai');
    const link = new URL((await open().link('https://example.org/'))!);
    expect([link.origin, link.search]).toEqual(['https://example.org', '?tab=label']);
    const packed = new URLSearchParams(link.hash.slice(1)).get('label-set')!;
    const sets = open();
    await sets.openLink(packed);
    expect(sets.offered).toEqual({ name: 'Labels', text: labels.text, templates: 'openai' });
    expect(sets.offeredLink).toBe(packed);
    sets.leave();
    expect(sets.offeredLink).toBeUndefined();
  });

  it('that are too large for a link are offered as a file', async () => {
    // Random, so that they cannot be packed well.
    const many = Array.from({ length: 1000 }, () => crypto.randomUUID());
    labels.write(many.join('\n'));
    const sets = open();
    expect(await sets.link('https://example.org/')).toBeUndefined();
    const [problem] = notices.problems;
    expect(problem?.happened).toMatch(
      /^These labels are too many for a link: they take \d+ kB, and a link holds 8\.0 kB\.$/,
    );
    problem?.action?.run();
    expect([saved.length, notices.problems.length]).toEqual([1, 0]);
    await sets.open(new File([saved[0]!.file], saved[0]!.name));
    expect(sets.offered?.text).toBe(labels.text);
  });

  it('that are damaged or hostile are named, and lose nothing', async () => {
    const sets = open();
    const bomb = await packText(' '.repeat(4_000_000));
    expect(bomb.length).toBeLessThan(8000);
    const links = ['', '%%%', 'AAAA', bomb, 'A'.repeat(9000), await packText('{}'), await packText('')];
    for (const link of links) {
      await sets.openLink(link);
      expect(notices.problems.map((one) => one.name)).toEqual(['LabelSetUnreadable']);
    }
    for (const file of [new File(['\u0000'], 'a.txt'), new File(['x'.repeat(4_000_001)], 'a.txt')]) {
      await sets.open(file);
      expect(notices.problems.map((one) => one.name)).toEqual(['LabelSetUnreadable']);
    }
    const gone = Object.assign(new File([], 'a.txt'), { arrayBuffer: () => Promise.reject(new Error()) });
    await sets.open(gone);
    expect(notices.problems.map((one) => one.name)).toEqual(['FileUnreadable']);
    expect([sets.offered, sets.offeredLink, sets.saved, labels.text, offers]).toEqual([
      undefined,
      undefined,
      [],
      'dog\ncat',
      0,
    ]);
  });

  it('are read from UTF-16, as some editors write it', async () => {
    const bytes = new Uint8Array([
      0xff,
      0xfe,
      ...new Uint8Array(Uint16Array.from('häu\r\nb', (c) => c.charCodeAt(0)).buffer),
    ]);
    const sets = open();
    await sets.open(new File([bytes], 'of mine.txt'));
    expect(sets.offered).toEqual({ name: 'of mine', text: 'häu\nb' });
  });
});
