import { describe, expect, it } from 'vitest';
import type { UnitRows } from '../../../src/core/unit-rows';
import type { Dataset, Sample } from '../../../src/datasets/dataset';
import { EmbeddingLog } from '../../../src/datasets/embedding-log';
import { listSamples } from '../../../src/datasets/list-samples';
import { DatasetRun } from '../../../workers/evaluation/dataset-run';
import { memoryLog } from '../../datasets/memory-log';

const text = (content: string) => new Uint8Array(Buffer.from(content));

/** A data set of samples whose pictures are their keys; a key that begins with "no" has none. */
function datasetOf(
  task: Dataset['task'],
  answers: Readonly<Record<string, Sample['answer']>>,
  more: Partial<Dataset> = {},
): Dataset {
  const entries = Object.entries(answers).map(([key, answer]) => ({
    key,
    answer,
    picture: async () => {
      if (key.startsWith('no')) throw new Error(`${key} is not there`);
      return text(key);
    },
  }));
  const samples = (after?: string) => listSamples(entries, after);
  return {
    name: 'test',
    split: 'test',
    task,
    classNames: [],
    templates: [],
    count: entries.length,
    samples,
    ...more,
  };
}

const CLASSES = datasetOf(
  'classification',
  { a: 0, no1: 1, b: 1, bad: 0, c: 1 },
  {
    classNames: ['x', 'y'],
    templates: ['a {c}', 'the {c}'],
  },
);

/** Rows that tell what they are of: the angle is the length of the text. */
function rowsOf(texts: readonly string[]): UnitRows {
  const data = Float32Array.from(texts.flatMap(({ length }) => [Math.cos(length), Math.sin(length)]));
  return { count: texts.length, dim: 2, data };
}

/** Goes on with a run, at most `batches` of two pictures; the picture "bad" cannot be decoded. */
async function embed(run: DatasetRun, batches = Infinity): Promise<string[]> {
  const seen: string[] = [];
  for (let count = 0; count < batches; count++) {
    const batch = await run.next(2);
    if (batch === undefined) break;
    const names = batch.pictures.map(({ bytes }) => new TextDecoder().decode(bytes));
    seen.push(...names);
    const failures = names.map((name) => (name === 'bad' ? 'no picture' : undefined));
    await run.add(batch.number, rowsOf(names.filter((name) => name !== 'bad')), failures);
  }
  return seen;
}

async function embedTexts(run: DatasetRun): Promise<string[][]> {
  const seen: string[][] = [];
  for (let next = await run.nextTexts(3); next; next = await run.nextTexts(3)) {
    seen.push([...next.texts]);
    await run.addTexts(rowsOf(next.texts));
  }
  return seen;
}

const opened = async (dataset: Dataset, file = memoryLog()) =>
  new DatasetRun(dataset, await EmbeddingLog.open(file, dataset.name));

describe('a run', () => {
  it('embeds what can be read, and lists what cannot', async () => {
    const run = await opened(CLASSES);
    expect(await embed(run)).toEqual(['a', 'b', 'bad', 'c']);
    expect(run.done).toBe(5);
    expect(run.skipped).toEqual([
      { key: 'no1', message: 'no1 is not there' },
      { key: 'bad', message: 'no picture' },
    ]);
    expect(await embedTexts(run)).toEqual([['a x', 'the x', 'a y', 'the y']]);
    const outcome = run.outcome();
    expect(outcome).toMatchObject({ task: 'classification', targets: [0, 1, 1] });
    expect(outcome.images.count).toBe(3);
    expect(outcome.task === 'classification' && outcome.classifier).toMatchObject({ count: 2, dim: 2 });
  });

  it('goes on where it was, and needs nothing again once it is through', async () => {
    const file = memoryLog();
    expect(await embed(await opened(CLASSES, file), 1)).toEqual(['a']);
    const second = await opened(CLASSES, file);
    expect(second.done).toBe(2);
    expect(await embed(second)).toEqual(['b', 'bad', 'c']);
    await embedTexts(second);
    const third = await opened(CLASSES, file);
    expect(await embed(third)).toEqual([]);
    expect(await embedTexts(third)).toEqual([]);
    expect(third.outcome()).toEqual(second.outcome());
  });

  it('embeds other texts, and no picture, once the templates are others', async () => {
    const file = memoryLog();
    const first = await opened(CLASSES, file);
    await embed(first);
    await embedTexts(first);
    const other = await opened({ ...CLASSES, templates: ['{c}'] }, file);
    expect(await embed(other)).toEqual([]);
    expect(await embedTexts(other)).toEqual([['x', 'y']]);
  });

  it('gives out the next pictures before the last are embedded, and takes them in order', async () => {
    const run = await opened(CLASSES);
    const first = (await run.next(2))!;
    const second = (await run.next(1))!;
    await expect(run.add(second.number, rowsOf(['b']), [])).rejects.toThrow('Batch 1 is not awaited');
    await run.add(first.number, rowsOf(['a']), [undefined]);
    await run.add(second.number, rowsOf(['b']), [undefined]);
    await expect(run.add(second.number, rowsOf(['b']), [])).rejects.toThrow(RangeError);
  });

  it('compares each picture with its own captions', async () => {
    const run = await opened(datasetOf('retrieval', { a: ['one', 'two'], no: ['lost'], b: ['three'] }));
    await embed(run);
    expect(await embedTexts(run)).toEqual([['one', 'two', 'three']]);
    expect(run.outcome()).toMatchObject({ task: 'retrieval', captions: [2, 1], texts: { count: 3 } });
  });

  it('gives the parts of pictures that attributes are of', async () => {
    const attributes = [
      { name: 'is', frequency: 'head', texts: ['a', 'bb', 'ccc'] },
      { name: 'has', frequency: 'tail', texts: ['d'] },
    ];
    const box = { left: 1, top: 2, width: 3, height: 4 };
    const dataset = datasetOf('attributes', { a: [1, -1] }, { attributes });
    const boxed = {
      ...dataset,
      async *samples(after?: string) {
        for await (const sample of dataset.samples(after)) yield { ...sample, box };
      },
    };
    const run = await opened(boxed);
    const batch = (await run.next(9))!;
    expect(batch.pictures[0]?.box).toEqual(box);
    await run.add(batch.number, rowsOf(['a']), [undefined]);
    expect(await embedTexts(run)).toEqual([['a', 'bb', 'ccc'], ['d']]);
    expect(run.outcome()).toMatchObject({ task: 'attributes', labels: [[1, -1]], attributes });
  });

  it('gives classes and their pictures for a probe', async () => {
    const run = await opened(CLASSES);
    await embed(run);
    expect(run.labelled()).toMatchObject({ rows: { count: 3, dim: 2 }, targets: [0, 1, 1] });
  });
});
