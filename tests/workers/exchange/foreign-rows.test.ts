import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createExchange } from '../../../workers/exchange/foreign-rows';
import type { GivenDataset } from '../../../workers/dataset-api';
import known from '../../fixtures/exchange/rows.json';

const FOLDER = path.resolve(import.meta.dirname, '../../fixtures/exchange');

/** A folder with files of the fixtures, by the path that each has there. */
function folder(files: Readonly<Record<string, string>>): GivenDataset {
  return {
    kind: 'folder',
    name: 'given',
    files: Object.entries(files).map(([name, file]) => ({
      path: name,
      file: new File([readFileSync(path.join(FOLDER, file))], path.basename(name)),
    })),
  };
}

const PARTITIONS = Object.fromEntries(
  [
    'img_emb/img_emb_0.npy',
    'img_emb/img_emb_1.npy',
    'metadata/metadata_0.parquet',
    'metadata/metadata_1.parquet',
  ].map((name) => [name, `partitions/${name}`]),
);

const open = (given: GivenDataset) => {
  const exchange = createExchange();
  return { exchange, opening: exchange.openEmbeddings(given, () => undefined) };
};

/** The row that is like each row of the fixtures most, and its cosine. */
async function nearest(given: GivenDataset) {
  const { exchange, opening } = open(given);
  const summary = await opening;
  const found = [];
  for (const row of known.rows) {
    const [first] = await exchange.searchEmbeddings(Float32Array.from(row), 1);
    found.push(first!);
  }
  return { summary, found };
}

describe('embeddings made elsewhere', () => {
  test('are found in clip-retrieval’s partitions, as NumPy and pyarrow write them', async () => {
    const { summary, found } = await nearest(folder(PARTITIONS));
    expect(summary).toMatchObject({ name: 'given', rows: 7, dim: 8, scaled: 0, unusable: 0, nameless: 0 });
    expect(summary.model).toBeUndefined();
    for (const [at, one] of found.entries()) {
      expect(one.score).toBeCloseTo(1, 3);
      expect({ row: one.row, path: one.path, caption: one.caption ?? null, url: one.url ?? '' }).toEqual({
        row: at,
        path: known.image_path[at],
        caption: known.caption[at],
        url: known.url[at],
      });
    }
  });

  test.each(['float32-zstd', 'float16-gzip', 'float64', 'fixed-size'])(
    'are found in one Parquet file: %s',
    async (name) => {
      const { summary, found } = await nearest(folder({ 'rows.parquet': `${name}.parquet` }));
      expect(summary).toMatchObject({ rows: 7, dim: 8, model: 'ViT-B-32/openai' });
      expect(found.map(({ path: place }) => place)).toEqual(known.image_path);
      for (const { score } of found) expect(score).toBeCloseTo(1, 3);
    },
  );

  test('are counted where they are not of length 1, and left out where they have no direction', async () => {
    const { exchange, opening } = open(folder({ 'odd.npy': 'odd-rows.npy' }));
    expect(await opening).toMatchObject({ rows: 7, scaled: 1, unusable: 2, nameless: 7 });
    const all = await exchange.searchEmbeddings(Float32Array.from(known.rows[1]!), 7);
    expect(new Set(all.map(({ row }) => row))).toEqual(new Set([0, 1, 3, 5, 6]));
    expect(all[0]).toMatchObject({ row: 1 });
    expect(all[0]!.score).toBeCloseTo(1, 3);
  });

  test('tell how much was read', async () => {
    const told: [number, number][] = [];
    const exchange = createExchange();
    await exchange.openEmbeddings(folder(PARTITIONS), (done, total) => told.push([done, total]));
    expect(told.length).toBeGreaterThan(0);
    expect(told.every(([done, total]) => done > 0 && total === 2 * 128 + 7 * 8 * 2)).toBe(true);
  });

  test.each([
    ['EmbeddingsUnclear', 'holds no embeddings', { 'a.txt': 'rows.json' }],
    ['EmbeddingsUnclear', 'left, right', { 'a.parquet': 'two-lists.parquet' }],
    ['EmbeddingsUnclear', 'no column of lists', { 'a.parquet': 'partitions/metadata/metadata_0.parquet' }],
    ['EmbeddingsMalformed', '<f8', { 'a.npy': 'float64.npy' }],
    ['EmbeddingsMalformed', '>f2', { 'a.npy': 'big-endian.npy' }],
    ['EmbeddingsMalformed', 'by columns', { 'a.npy': 'by-columns.npy' }],
    ['EmbeddingsMalformed', 'shape (8)', { 'a.npy': 'one-row.npy' }],
    ['EmbeddingsMalformed', 'does not begin as one', { 'a.npy': 'rows.json' }],
    ['EmbeddingsMalformed', 'a.parquet: ', { 'a.parquet': 'rows.json' }],
    ['EmbeddingsMalformed', 'Row 6 has 1 numbers', { 'a.parquet': 'ragged.parquet' }],
    [
      'EmbeddingsMalformed',
      'do not belong together',
      {
        'img_emb/img_emb_0.npy': 'partitions/img_emb/img_emb_0.npy',
        'metadata/metadata_0.parquet': 'partitions/metadata/metadata_1.parquet',
      },
    ],
  ])('are refused by name: %s, %s', async (name, message, files) => {
    const { opening } = open(folder(files));
    await expect(opening).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message) as string,
    });
  });

  test('are refused where a file is cut short, or rows of files differ in length', async () => {
    const bytes = readFileSync(path.join(FOLDER, 'partitions/img_emb/img_emb_0.npy'));
    const cut: GivenDataset = {
      kind: 'folder',
      name: 'given',
      files: [{ path: 'a.npy', file: new File([bytes.subarray(0, -1)], 'a.npy') }],
    };
    await expect(open(cut).opening).rejects.toMatchObject({ name: 'EmbeddingsMalformed' });
    const { exchange, opening } = open(folder(PARTITIONS));
    await opening;
    await expect(exchange.searchEmbeddings(new Float32Array(4), 1)).rejects.toMatchObject({
      name: 'EmbeddingsMismatch',
    });
  });

  test('are read from a hub by ranges', async () => {
    const files = Object.entries(PARTITIONS).map(([name, file]) => {
      const bytes = new Uint8Array(readFileSync(path.join(FOLDER, file)));
      return { path: name, byteLength: bytes.length, bytes };
    });
    const asked: string[] = [];
    const exchange = createExchange();
    const given: GivenDataset = { kind: 'hub', hub: 'https://hub', repository: 'a/b', commit: 'c', files };
    const summary = await exchange.openEmbeddings(
      given,
      () => undefined,
      async (name, _, start, end) => {
        asked.push(name);
        return files.find((file) => file.path === name)!.bytes.slice(start, end).buffer;
      },
    );
    expect(summary).toMatchObject({ name: 'a/b', rows: 7 });
    expect(new Set(asked)).toEqual(new Set(Object.keys(PARTITIONS)));
  });
});
