import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { expect, it } from 'vitest';
import { partitionNames, PartitionWriter } from '../../src/exchange/partition-writer';
import { float32ToFloat16 } from '../../src/formats/float16';
import { NPY_HEADER_BYTES, npyHeader } from '../../src/formats/npy';
import { COLUMNS, MADE, madeRows } from './made-rows';
import { MemorySink } from './memory-sink';

it('names partitions as clip-retrieval does, so that they sort', () => {
  expect(partitionNames(0, 1)).toEqual({
    embeddings: 'img_emb/img_emb_0.npy',
    metadata: 'metadata/metadata_0.parquet',
  });
  expect(partitionNames(7, 9).embeddings).toBe('img_emb/img_emb_7.npy');
  expect(partitionNames(7, 10).embeddings).toBe('img_emb/img_emb_07.npy');
  expect(partitionNames(99, 100).metadata).toBe('metadata/metadata_099.parquet');
  expect(() => partitionNames(4, 4)).toThrow(RangeError);
});

it('writes rows and their metadata in the same order', async () => {
  const sinks = { embeddings: new MemorySink(), metadata: new MemorySink() };
  const writer = new PartitionWriter(sinks, COLUMNS, MADE);
  await writer.add(madeRows(0, 3));
  await writer.add(madeRows(3, 2));
  await writer.finish();

  const all = madeRows(0, 5);
  const numbers = sinks.embeddings.bytes;
  expect(numbers.slice(0, NPY_HEADER_BYTES)).toEqual(npyHeader(5, MADE.dim));
  expect(new Uint16Array(numbers.slice(NPY_HEADER_BYTES).buffer)).toEqual(float32ToFloat16(all.data));
  const rows = await parquetReadObjects({ file: sinks.metadata.bytes.buffer });
  expect(rows).toEqual(
    all.cells.map(([path, caption, bytes, latitude, animated, modified]) => ({
      image_path: path,
      caption: caption ?? null,
      bytes: BigInt(Number(bytes)),
      latitude,
      animated,
      modified: modified === undefined ? null : new Date(Number(modified)),
    })),
  );
});

it('says in the footer what made the embeddings', async () => {
  const sinks = { embeddings: new MemorySink(), metadata: new MemorySink() };
  await new PartitionWriter(sinks, COLUMNS, MADE).finish();
  const { key_value_metadata: pairs, num_rows: rows } = parquetMetadata(sinks.metadata.bytes.buffer);
  expect(rows).toBe(0n);
  expect(Object.fromEntries(pairs!.map(({ key, value }) => [key, value]))).toEqual({
    'embedding.model': MADE.model,
    'embedding.dimension': '16',
    'embedding.precision': 'fp32',
    'embedding.preprocessing': JSON.stringify(MADE.preprocess),
    'embedding.normalised': 'true',
  });
});

it('has no rows until it is finished', async () => {
  const sinks = { embeddings: new MemorySink(), metadata: new MemorySink() };
  await new PartitionWriter(sinks, COLUMNS, MADE).add(madeRows(0, 3));
  expect(sinks.embeddings.bytes.slice(0, NPY_HEADER_BYTES)).toEqual(npyHeader(0, MADE.dim));
});

it('refuses rows that are none', async () => {
  const sinks = { embeddings: new MemorySink(), metadata: new MemorySink() };
  const writer = new PartitionWriter(sinks, COLUMNS, MADE);
  const good = madeRows(0, 2);
  const long = Float32Array.from(good.data, (value, i) => (i < MADE.dim ? value : value * 2));
  const torn = Float32Array.from(good.data, (value, i) => (i === 20 ? NaN : value));
  for (const bad of [
    { ...good, data: long },
    { ...good, data: torn },
    { ...good, cells: good.cells.slice(1) },
    { ...good, cells: good.cells.map((cells) => cells.slice(1)) },
    { ...good, dim: 8 },
  ])
    await expect(writer.add(bad)).rejects.toThrow(RangeError);
});
