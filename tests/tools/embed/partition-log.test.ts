import { expect, it } from 'vitest';
import type { UnitRows } from '../../../src/core/unit-rows';
import { PartitionLog } from '../../../tools/embed/partition-log';
import { memoryLog } from '../../datasets/memory-log';

const rows = (...data: number[]): UnitRows => ({
  count: data.length / 2,
  dim: 2,
  data: Float32Array.from(data),
});
const none: UnitRows = { count: 0, dim: 0, data: new Float32Array(0) };

async function filled() {
  const file = memoryLog();
  const log = await PartitionLog.open(file, 'one');
  await log.add({ paths: ['a', 'b'], skipped: [{ path: 'c', message: 'cut' }] }, rows(1, 0, 0, 1));
  await log.add({ paths: [], skipped: [{ path: 'd', message: 'cut' }] }, none);
  return { file, log };
}

async function contentOf(log: PartitionLog) {
  const content = [];
  for await (const { paths, skipped, rows: found } of log.batches())
    content.push([paths, skipped.map((one) => one.path), [...found.data]]);
  return content;
}

it('counts what it keeps and gives it back from its file, in this run and the next', async () => {
  const { file, log } = await filled();
  const expected = [
    [['a', 'b'], ['c'], [1, 0, 0, 1]],
    [[], ['d'], []],
  ];
  expect([log.embedded, log.skipped, log.done]).toEqual([2, 2, 4]);
  expect(await contentOf(log)).toEqual(expected);
  const again = await PartitionLog.open(file, 'one');
  expect([again.embedded, again.skipped, again.done]).toEqual([2, 2, 4]);
  expect(await contentOf(again)).toEqual(expected);
});

it('goes on behind the last whole record, wherever it was cut, and anew for other pictures', async () => {
  const whole = (await filled()).file.bytes;
  const done = new Set<number>();
  for (let length = 0; length <= whole.length; length++) {
    const file = memoryLog();
    file.bytes = whole.slice(0, length);
    const log = await PartitionLog.open(file, 'one');
    done.add(log.done);
    await log.add({ paths: ['z'], skipped: [] }, rows(1, 0));
    expect((await contentOf(await PartitionLog.open(file, 'one'))).at(-1)).toEqual([['z'], [], [1, 0]]);
  }
  expect([...done]).toEqual([0, 3, 4]);
  const file = memoryLog();
  file.bytes = whole;
  expect((await PartitionLog.open(file, 'another')).done).toBe(0);
});

it('refuses rows that are not those of its pictures', async () => {
  const { log } = await filled();
  await expect(log.add({ paths: ['a'], skipped: [] }, none)).rejects.toThrow('0 rows of 1 pictures');
});
