import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createExchange } from '../../../../workers/exchange/foreign-rows';
import type { ListedDataset } from '../../../../workers/dataset-api';
import { Foreign, type ForeignParts } from '../../../../src/ui/compare/foreign/foreign.svelte';
import { pictureFinder } from '../../../../src/ui/compare/foreign/picture-finder';
import { Notices } from '../../../../src/ui/kit/notices.svelte';
import type { GivenFile } from '../../../../src/ui/kit/given-files';
import known from '../../../fixtures/exchange/rows.json';
import { loadedModel, summary, until } from '../../fakes';

const FOLDER = path.resolve(import.meta.dirname, '../../../fixtures/exchange');

const given = (name: string, place = name): GivenFile => ({
  ok: true,
  file: new File([readFileSync(path.join(FOLDER, name))], path.basename(name)),
  path: `given/${place}`,
});

/** A model whose text is the number of a row of the fixtures. */
const model = (id: string, embedDim = 8) => ({ ...loadedModel(id), summary: { ...summary(id), embedDim } });

let notices: Notices;
let ready: ReturnType<typeof model> | undefined;
let stops: number;
let foreign: Foreign;

beforeEach(() => {
  notices = new Notices();
  ready = model('ViT-B-32/openai');
  stops = 0;
  const bytes = new Uint8Array(readFileSync(path.join(FOLDER, 'float32-zstd.parquet')));
  const listed: ListedDataset = {
    hub: 'https://hub',
    repository: 'a/rows',
    commit: 'c',
    files: [{ path: 'rows.parquet', byteLength: bytes.length }],
  };
  const parts = {
    workers: {
      clip: {
        encodeTexts: async (id: string, texts: readonly string[]) => ({
          model: id,
          count: texts.length,
          dim: 8,
          data: Float32Array.from(texts.flatMap((text) => known.rows[Number(text)]!)),
        }),
      },
      exchange: createExchange(),
      models: {
        listDataset: async () => listed,
        readDataset: async (_: unknown, __: unknown, start: number, end: number) =>
          bytes.slice(start, end).buffer,
      },
      stopExchange: () => stops++,
    },
    models: {
      get ready() {
        return ready;
      },
    },
    hub: { address: 'https://hub', source: () => undefined, reach: async () => undefined },
    notices,
  };
  foreign = new Foreign(parts as unknown as ForeignParts);
});

describe('embeddings made elsewhere', () => {
  it('are searched at once where the files name the model in use', async () => {
    await foreign.openFolder([given('float32-zstd.parquet')]);
    expect(foreign.opened).toMatchObject({ rows: 7, dim: 8, model: 'ViT-B-32/openai' });
    expect(foreign.agreement).toBe('same');
    foreign.type('5');
    await until(() => foreign.found !== undefined);
    expect(foreign.found![0]).toMatchObject({ row: 5, path: 'photos/nº 5.jpg' });
    expect(notices.said).toBe('The nearest 7 rows for 5');
    foreign.type('');
    await until(() => foreign.found === undefined);
  });

  it('are searched on the user’s word where the files name none, for that model alone', async () => {
    await foreign.openFolder([given('odd-rows.npy')]);
    foreign.type('3');
    expect(foreign.agreement).toBe('possible');
    foreign.agree();
    await until(() => foreign.found !== undefined);
    expect(foreign.found![0]).toMatchObject({ row: 3 });
    ready = model('another');
    expect(foreign.agreement).toBe('possible');
    foreign.again();
    await until(() => foreign.found === undefined);
    ready = model('larger', 512);
    expect(foreign.agreement).toBe('different');
  });

  it('are read from a hub', async () => {
    await foreign.openHub('a/rows');
    expect(foreign.opened).toMatchObject({ name: 'a/rows', rows: 7 });
    await foreign.openHub('no name');
    expect(foreign.opened).toBeUndefined();
    expect(notices.problems).toMatchObject([{ happened: expect.stringContaining('no name') as string }]);
  });

  it('say what is wrong with them, and are closed by ending their worker', async () => {
    await foreign.openFolder([given('float64.npy')]);
    expect(notices.problems).toMatchObject([{ happened: expect.stringContaining('<f8') as string }]);
    expect([foreign.opened, foreign.work]).toEqual([undefined, undefined]);
    await foreign.openFolder([given('odd-rows.npy')]);
    expect(notices.problems).toEqual([]);
    const before = stops;
    foreign.close();
    expect([foreign.opened, stops]).toEqual([undefined, before + 1]);
  });
});

it('a picture is found by the end of a path that was made elsewhere', () => {
  const files = ['a/1.jpg', '1.jpg', 'b/2.jpg'].map((place) => ({ path: place, file: new File([], place) }));
  const find = pictureFinder(files);
  expect(find('/data/cluster/a/1.jpg')?.name).toBe('a/1.jpg');
  expect(find('C:\\x\\b\\2.jpg')?.name).toBe('b/2.jpg');
  expect(find('./1.jpg')?.name).toBe('1.jpg');
  expect(find('2.jpg')).toBeUndefined();
});
