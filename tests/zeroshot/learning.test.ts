import { describe, expect, it } from 'vitest';
import type { UnitRows } from '../../src/core/unit-rows';
import { holdOutLabels } from '../../src/zeroshot/held-out-labels';
import { learnLabels, type LabelExamples } from '../../src/zeroshot/learning';
import { textOf } from '../../tools/source-files';

/** By `tools/oracles/learning.py`. */
const golden = JSON.parse(textOf('tests/fixtures/zeroshot/learning.json')) as {
  readonly logitScale: number;
  readonly freedom: number;
  readonly texts: readonly number[][];
  readonly photos: readonly number[][];
  readonly possible: readonly number[][];
  readonly rows: readonly number[][];
};

const rowsOf = (rows: readonly (readonly number[])[]): UnitRows => ({
  count: rows.length,
  dim: rows[0]?.length ?? 0,
  data: Float32Array.from(rows.flat()),
});
/** Unit rows in a plane, by angles in degrees. */
const at = (...degrees: readonly number[]): UnitRows =>
  rowsOf(degrees.map((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]));
const examples = (rows: UnitRows, possible: readonly (readonly number[])[]): LabelExamples => ({
  rows,
  possible: Uint8Array.from(possible.flat()),
});
const settings = { logitScale: 30 };

describe('learnLabels', () => {
  it('finds the rows that an exact solver finds, of photos with one, several and rejected labels', async () => {
    const { texts, photos, possible, logitScale, freedom } = golden;
    const learned = await learnLabels(rowsOf(texts), examples(rowsOf(photos), possible), {
      logitScale,
      freedom,
    });
    const expected = golden.rows.flat();
    for (const [index, value] of learned.data.entries()) expect(value).toBeCloseTo(expected[index]!, 3);
    const moved = expected.map((value, index) => Math.abs(value - texts.flat()[index]!));
    expect(Math.max(...moved)).toBeGreaterThan(0.1);
  });

  it('leaves the texts as they are without examples', async () => {
    const texts = at(0, 90);
    expect(
      await learnLabels(texts, examples({ count: 0, dim: 2, data: new Float32Array() }, []), settings),
    ).toBe(texts);
  });

  it('learns from a label that was rejected alone', async () => {
    const learned = await learnLabels(
      at(0, 40, 80),
      examples(at(18, 18), [
        [0, 1, 1],
        [0, 1, 1],
      ]),
      settings,
    );
    const { zeroShot } = await holdOutLabels(at(0, 40, 80), examples(at(18), [[0, 1, 1]]), settings);
    const after = await holdOutLabels(learned, examples(at(18), [[0, 1, 1]]), settings);
    expect([zeroShot[0], after.zeroShot[0]]).toEqual([0, 1]);
  });

  it('refuses marks of another size, and a photo for which all labels are wrong', async () => {
    await expect(learnLabels(at(0, 90), examples(at(1), [[1]]), settings)).rejects.toThrow('1 marks for 2');
    await expect(learnLabels(at(0, 90), examples(at(1), [[0, 0]]), settings)).rejects.toThrow(
      'No label is possible for example 0',
    );
  });

  it('stops when it is told to', async () => {
    const { signal } = { signal: AbortSignal.abort() };
    const stopped = learnLabels(at(0, 90), examples(at(1), [[1, 0]]), settings, { signal });
    await expect(stopped).rejects.toThrow('The learning was stopped.');
  });
});

describe('holdOutLabels', () => {
  // The texts are all off by 30 degrees, as a style may be: photos of label 0 lie nearer to the text of label 1.
  const texts = at(0, 40, 80);
  const angles = [28, 30, 32, 34, 68, 70, 72, 74, 108, 110, 112, 114];
  const told = angles.map((_, photo) => Math.floor(photo / 4));
  const marks = told.map((label) => [0, 1, 2].map((one) => (one === label ? 1 : 0)));

  it('tries each example on what was learned from others', async () => {
    const held = await holdOutLabels(texts, examples(at(...angles), marks), settings);
    expect([...held.told]).toEqual(told);
    expect([...held.zeroShot]).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2]);
    const right = (given: Int32Array) => told.filter((label, photo) => given[photo] === label).length;
    expect(right(held.zeroShot)).toBe(4);
    expect(right(held.learned)).toBeGreaterThan(8);
  });

  it('does not learn an example that is tried: labels dealt at random stay unknown', async () => {
    // One photo a label: without it, nothing is known of the label but its text.
    const held = await holdOutLabels(
      texts,
      examples(at(36, 76), [
        [1, 0, 0],
        [0, 1, 0],
      ]),
      settings,
    );
    expect(held.zeroShot[0]).toBe(1);
    expect(held.learned[0]).not.toBe(0);
  });

  it('tells no label of a photo that has several', async () => {
    const held = await holdOutLabels(
      texts,
      examples(at(36, 76), [
        [1, 1, 0],
        [0, 1, 0],
      ]),
      settings,
    );
    expect([...held.told]).toEqual([-1, 1]);
  });

  it('tells how far it is, of its parts', async () => {
    const told: [number, number][] = [];
    await holdOutLabels(texts, examples(at(...angles), marks), settings, {
      onProgress: (done, total) => told.push([done, total]),
    });
    expect(told[0]).toEqual([0, 5]);
    expect(told.at(-1)![0]).toBeGreaterThanOrEqual(4);
  });
});
