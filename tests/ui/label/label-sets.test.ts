import { beforeEach, describe, expect, it } from 'vitest';
import { LabelSets, PRESETS } from '../../../src/ui/label/label-sets.svelte';
import { presetText } from '../../../src/ui/label/preset-sets';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import { parseLabels } from '../../../src/zeroshot/labels';
import type { TemplateSetId } from '../../../src/zeroshot/templates';
import { memoryIn } from '../fakes';

const labels = {
  text: '',
  isWritten: true,
  templates: undefined as string | undefined,
  write: (text: string) => void (labels.text = text),
  suggest: () => void (labels.text = ''),
  chooseTemplates: (id: string | undefined) => void (labels.templates = id),
};

let remembered: Map<string, string>;
let notices: Notices;

const open = () => new LabelSets({ labels, notices, memory: memoryIn(remembered) });

beforeEach(() => {
  remembered = new Map();
  notices = new Notices();
  labels.text = 'dog\ncat';
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
    const sets = new LabelSets({ labels, notices, memory: full });
    sets.save('pets');
    expect([sets.saved, notices.problems.length]).toEqual([[], 1]);
  });

  it('that were damaged are as if they were not there', () => {
    for (const kept of ['{', '[{"name":"a"}]', '7']) {
      remembered.set('clipscope label sets', kept);
      expect(open().saved).toEqual([]);
    }
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
    expect(labels.templates satisfies string | undefined).toBe('simple' satisfies TemplateSetId);
    await open().usePreset('cifar10');
    expect([labels.templates, labels.text.split('\n').length]).toEqual([undefined, 28]);
  });
});
