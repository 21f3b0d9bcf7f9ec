import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { expect, it } from 'vitest';
import { ParquetRowsWriter } from '../../src/exchange/parquet-writer';
import { COLUMNS, MADE, madeRows } from './made-rows';
import { MemorySink } from './memory-sink';

it('writes each embedding as a list of the same float32 numbers', async () => {
  const sink = new MemorySink();
  const writer = new ParquetRowsWriter(sink, COLUMNS, MADE, 'embedding');
  await writer.add(madeRows(0, 3));
  await writer.add(madeRows(3, 1));
  await writer.finish();
  const rows = await parquetReadObjects({ file: sink.bytes.buffer });
  expect(rows.flatMap(({ embedding }) => embedding as number[])).toEqual([...madeRows(0, 4).data]);
  expect(rows.map((row) => row.image_path as string)).toEqual(madeRows(0, 4).cells.map(([path]) => path));
});

it('hands over row groups as they fill', async () => {
  const sink = new MemorySink();
  const made = { ...MADE, dim: 1024 };
  const writer = new ParquetRowsWriter(sink, COLUMNS, made, 'embedding');
  for (let first = 0; first < 3000; first += 500) await writer.add(madeRows(first, 500, 1024));
  await writer.finish();
  const { row_groups: groups, num_rows: count } = parquetMetadata(sink.bytes.buffer);
  expect(count).toBe(3000n);
  expect(groups.length).toBeGreaterThan(2);
  expect(sink.largest).toBeLessThan(sink.bytes.length / 2);
});
