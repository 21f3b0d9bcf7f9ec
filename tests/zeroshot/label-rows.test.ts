import { describe, expect, test } from 'vitest';
import type { UnitRows } from '../../src/core/unit-rows';
import { createLabelRows, type LabelRowsLimits } from '../../src/zeroshot/label-rows';
import { TEMPLATE_SETS, type TemplateSet, type TemplateSetId } from '../../src/zeroshot/templates';

const DIM = 3;
const set = (id: TemplateSetId) => TEMPLATE_SETS.find((known) => known.id === id)!;

/** A unit vector that depends on the model and the text alone. */
function embedding(model: string, text: string): number[] {
  let hash = 7;
  for (const character of `${model}/${text}`) hash = (hash * 31 + character.codePointAt(0)!) % 100_003;
  const vector = [Math.sin(hash), Math.sin(hash * 2), Math.cos(hash * 3)];
  return vector.map((value) => value / Math.hypot(...vector));
}

function encode(model: string, texts: readonly string[]): UnitRows {
  return {
    count: texts.length,
    dim: DIM,
    data: Float32Array.from(texts.flatMap((text) => embedding(model, text))),
  };
}

/** A model in one arithmetic. */
const by = (id: string) => ({ id, rows: 'in one way' });

/** Label rows over an encoder whose calls are recorded; `gate` may hold or fail a call. */
function recorded(limits?: LabelRowsLimits, gate: (call: number) => Promise<void> = async () => {}) {
  const calls: string[][] = [];
  const labelRows = createLabelRows(async (model, texts) => {
    calls.push([...texts]);
    await gate(calls.length);
    return encode(model, texts);
  }, limits);
  return { calls, ...labelRows };
}

function expectedRow(model: string, templates: TemplateSet, label: string): number[] {
  const rows = templates.templates.map((template) => embedding(model, template.split('{}').join(label)));
  const sum = Array.from({ length: DIM }, (_, i) => rows.reduce((total, row) => total + row[i]!, 0));
  return sum.map((value) => value / Math.hypot(...sum));
}

function expectClose(got: Float32Array, expected: readonly number[]): void {
  expect(got.length).toBe(expected.length);
  expect(Math.max(...expected.map((value, i) => Math.abs(value - got[i]!)))).toBeLessThan(1e-6);
}

describe('rows', () => {
  test('ends between calls when it is not wanted any more, keeps what was made, and goes on from there', async () => {
    const end = new AbortController();
    const told: [number, number][] = [];
    const { rows, calls } = recorded({ textsPerCall: 2 }, async (call) => {
      if (call === 2) end.abort();
    });
    const labels = ['a', 'b', 'c', 'd', 'e', 'f'];
    const options = {
      signal: end.signal,
      onProgress: (done: number, total: number) => void told.push([done, total]),
    };
    await expect(rows(by('tiny'), set('none'), labels, options)).rejects.toMatchObject({ name: 'Cancelled' });
    expect(told).toEqual([
      [2, 6],
      [4, 6],
    ]);
    const all = await rows(by('tiny'), set('none'), labels);
    expect(calls).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
    ]);
    for (const [at, label] of labels.entries()) {
      expectClose(all.data.subarray(at * DIM, (at + 1) * DIM), embedding('tiny', label));
    }
  });

  test('keeps as many rows as were asked for at once, however many', async () => {
    const { rows, calls } = recorded({ capacity: 2 });
    const labels = ['a', 'b', 'c', 'd'];
    await rows(by('tiny'), set('none'), labels);
    await rows(by('tiny'), set('none'), [...labels, 'e']);
    expect(calls).toEqual([labels, ['e']]);
  });

  test('the row of a label with synonyms is the mean of all their prompts', async () => {
    const { rows, calls } = recorded({ textsPerCall: 100 });
    const templates = set('simple');
    const { data, count } = await rows(by('tiny'), templates, ['dog | puppy', 'cat']);
    expect(count).toBe(2);
    expect(calls.flat()).toHaveLength(3 * templates.templates.length);
    const prompts = ['dog', 'puppy'].flatMap((word) =>
      templates.templates.map((template) => embedding('tiny', template.split('{}').join(word))),
    );
    const sum = prompts.reduce((total, row) => total.map((value, at) => value + row[at]!), [0, 0, 0]);
    const length = Math.hypot(...sum);
    for (const [at, value] of sum.entries()) expect(data[at]).toBeCloseTo(value / length, 6);
    expect([...data.subarray(DIM)]).toEqual(
      expectedRow('tiny', templates, 'cat').map((value) => expect.closeTo(value, 6) as number),
    );
  });

  test('are in the order of the labels, averaged over the templates', async () => {
    const { rows } = recorded();
    const labels = ['cat', 'dog', 'cat', '$&{}'];
    const result = await rows(by('m'), set('simple'), labels);
    expect(result).toMatchObject({ model: 'm', count: 4, dim: DIM });
    const expected = labels.flatMap((label) => expectedRow('m', set('simple'), label));
    expectClose(result.data, expected);
  });

  test('of no labels need no encoder', async () => {
    const { calls, rows } = recorded();
    expect(await rows(by('m'), set('openai'), [])).toEqual({
      model: 'm',
      count: 0,
      dim: 0,
      data: new Float32Array(),
    });
    expect(calls).toEqual([]);
  });

  test('are encoded in batches of whole labels, one after the other', async () => {
    let running = 0;
    const { calls, rows } = recorded({ textsPerCall: 15 }, async () => {
      expect(++running).toBe(1);
      await Promise.resolve();
      running--;
    });
    await rows(by('m'), set('simple'), ['a', 'b', 'c', 'd', 'e']);
    expect(calls.map((texts) => texts.length)).toEqual([14, 14, 7]);
  });

  test('of a set longer than a batch go label by label', async () => {
    const { calls, rows } = recorded({ textsPerCall: 10 });
    await rows(by('m'), set('openai'), ['a', 'b']);
    expect(calls.map((texts) => texts.length)).toEqual([80, 80]);
  });

  test('that do not fit their texts are an error', async () => {
    const { rows } = createLabelRows(async (model) => encode(model, ['one']));
    await expect(rows(by('m'), set('none'), ['a', 'b'])).rejects.toThrow('2 texts gave 1 embeddings');
  });
});

describe('what is kept', () => {
  test('editing one label encodes only that one', async () => {
    const { calls, rows } = recorded();
    const before = await rows(by('m'), set('none'), ['cat', 'dog', 'bird']);
    const after = await rows(by('m'), set('none'), ['cat', 'dogs', 'bird']);
    expect(calls).toEqual([['cat', 'dog', 'bird'], ['dogs']]);
    expect(after.data.subarray(0, DIM)).toEqual(before.data.subarray(0, DIM));
    expect(after.data.subarray(2 * DIM)).toEqual(before.data.subarray(2 * DIM));
  });

  test('belongs to one arithmetic of a model', async () => {
    const { calls, rows } = recorded();
    await rows(by('m'), set('none'), ['cat']);
    const other = await rows({ id: 'm', rows: 'in another way' }, set('none'), ['cat']);
    expect(calls).toEqual([['cat'], ['cat']]);
    expect(other.model).toBe('m');
  });

  test('belongs to one model and one set', async () => {
    const { calls, rows } = recorded();
    const first = await rows(by('m'), set('none'), ['cat']);
    const other = await rows(by('n'), set('none'), ['cat']);
    await rows(by('m'), set('single'), ['cat']);
    expect(calls).toEqual([['cat'], ['cat'], ['a photo of a cat.']]);
    expect(other.data).not.toEqual(first.data);
  });

  test('is shared by requests that overlap', async () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    const { calls, rows } = recorded({}, () => opened);
    const both = Promise.all([
      rows(by('m'), set('none'), ['cat', 'dog']),
      rows(by('m'), set('none'), ['dog', 'cat', 'bird']),
    ]);
    open();
    const [first, second] = await both;
    expect(calls).toEqual([['cat', 'dog'], ['bird']]);
    expect(second.data.subarray(0, DIM)).toEqual(first.data.subarray(DIM));
  });

  test('is no failure: the next request tries again', async () => {
    const { calls, rows } = recorded({ textsPerCall: 2 }, async (call) => {
      if (call === 2) throw new Error('device lost');
    });
    await expect(rows(by('m'), set('none'), ['a', 'b', 'c', 'd', 'e'])).rejects.toThrow('device lost');
    expect(calls).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect((await rows(by('m'), set('none'), ['a', 'b', 'c', 'd', 'e'])).count).toBe(5);
    expect(calls.slice(2)).toEqual([['c', 'd'], ['e']]);
  });

  test('is bounded: the least recently used goes first', async () => {
    const { calls, rows } = recorded({ capacity: 2 });
    await rows(by('m'), set('none'), ['a', 'b']);
    await rows(by('m'), set('none'), ['a']);
    await rows(by('m'), set('none'), ['c']);
    await rows(by('m'), set('none'), ['a']);
    await rows(by('m'), set('none'), ['b']);
    expect(calls).toEqual([['a', 'b'], ['c'], ['b']]);
  });

  test('may be less than one request asks for', async () => {
    const { rows } = recorded({ capacity: 1 });
    const result = await rows(by('m'), set('none'), ['a', 'b', 'c']);
    const expected = ['a', 'b', 'c'].flatMap((label) => embedding('m', label));
    expectClose(result.data, expected);
  });

  test('cannot be changed through an answer', async () => {
    const { rows } = recorded();
    (await rows(by('m'), set('none'), ['cat'])).data.fill(0);
    expect((await rows(by('m'), set('none'), ['cat'])).data[0]).not.toBe(0);
  });
});
