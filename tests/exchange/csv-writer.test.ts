import { expect, it } from 'vitest';
import { CsvRowsWriter } from '../../src/exchange/csv-writer';
import { readCsv } from '../../src/core/csv';
import { COLUMNS, MADE, madeRows } from './made-rows';
import { MemorySink } from './memory-sink';

it('writes texts as they are, and every float32 so that it is read back the same', async () => {
  const sink = new MemorySink();
  const writer = new CsvRowsWriter(sink, COLUMNS, MADE.dim, 'embedding');
  await writer.add(madeRows(0, 2));
  await writer.add(madeRows(2, 1));
  await writer.finish();
  const [header, ...lines] = readCsv(new TextDecoder().decode(sink.bytes));
  expect(header).toEqual([...COLUMNS.map(({ name }) => name), 'embedding']);
  const all = madeRows(0, 3);
  expect(lines.map(([path]) => path)).toEqual(all.cells.map(([path]) => path));
  const numbers = lines.flatMap((line) => JSON.parse(line.at(-1)!) as number[]);
  expect(Float32Array.from(numbers)).toEqual(all.data);
  expect(lines[2]!.slice(1, -1)).toEqual([
    'two\nlines',
    '1099511627778',
    String(2 / 3),
    'false',
    '2023-11-14T22:13:20.002Z',
  ]);
});

it('tells an empty text from none, as PostgreSQL does', async () => {
  const sink = new MemorySink();
  const writer = new CsvRowsWriter(sink, [COLUMNS[0]!, COLUMNS[1]!], 1, 'embedding');
  const cells = [
    ['a', ''],
    ['b', null],
  ];
  await writer.add({ count: 2, dim: 1, data: Float32Array.of(1, -1), cells });
  await writer.finish();
  expect(new TextDecoder().decode(sink.bytes)).toBe(
    'image_path,caption,embedding\r\na,"",[1]\r\nb,,[-1]\r\n',
  );
});
