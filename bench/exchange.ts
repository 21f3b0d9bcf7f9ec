/**
 * A million embeddings of 512 numbers in clip-retrieval's layout, opened from a folder and searched in a worker in
 * Chromium: time beyond reading the files, time of a search, memory.
 * `npm run bench -- exchange`; `--rows N` takes as many, and writes no result.
 */
import { mkdirSync, mkdtempSync, openSync, closeSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { partitionNames, PartitionWriter } from '../src/exchange/partition-writer';
import { PATH_COLUMN, type Column } from '../src/exchange/rows';
import type { Sink } from '../src/exchange/sink';
import { findChromium, QUIET_FLAGS } from '../tools/browser.js';
import type { bench } from './exchange-page/page';
import { Clusters } from './index-search-page/clusters';
import { watchMemory } from './renderer-memory';
import { summary, writeResult } from './result';
import { openWorkerPage, serveWorkerPage } from './worker-page';

const DIM = 512;
const K = 60;
const RUNS = 25;
const AT_ONCE = 1000;

/** Openings, each on a page of its own; the system may have the files in memory. */
const VISITS = 3;

const { values } = parseArgs({ args: process.argv.slice(3), options: { rows: { type: 'string' } } });
const count = Number(values.rows ?? 1_000_000);

const folder = mkdtempSync(path.join(tmpdir(), 'clipscope-exchange-'));
const server = await serveWorkerPage('exchange-page');
const browser = await chromium.launch({ executablePath: findChromium() ?? '', args: [...QUIET_FLAGS] });
try {
  const files = await make();
  const visits: Visit[] = [];
  for (let number = 0; number < VISITS; number++) visits.push(await visit(files));
  const all = (key: 'read' | 'beyond' | 'grown') => summary(visits.map((one) => one[key]));
  const last = visits.at(-1)!;
  const figures = {
    [`${count.toLocaleString('en')} x ${DIM} in clip-retrieval’s layout`]: {
      'read the files and do nothing (ms)': all('read'),
      'open them, beyond that (ms)': all('beyond'),
      'rows and texts in memory (bytes)': last.bytes,
      'and all that the renderer grew by (bytes)': all('grown'),
      [`search, k = ${K}, with path, caption and address (ms)`]: summary(last.searches),
      'searches by a row that find it first': `${last.first} of ${RUNS}`,
    },
  };
  if (values.rows === undefined) await writeResult('exchange', browser.version(), figures);
  else console.log(JSON.stringify(figures, null, 2));
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true });
}

/** Times in milliseconds. */
interface Visit {
  readonly read: number;
  /** What opening takes beyond reading. */
  readonly beyond: number;
  readonly bytes: number;
  readonly grown: number;
  readonly searches: readonly number[];
  /** Searches that found their own row first. */
  readonly first: number;
}

/** Writes the files, as long as those of a web crawl, and returns their paths. */
async function make(): Promise<string[]> {
  const { embeddings: table, metadata: parquet } = partitionNames(0, 1);
  const names = [table, parquet].map((name) => path.join(folder, name));
  for (const name of names) mkdirSync(path.dirname(name));
  const descriptors = names.map((name) => openSync(name, 'w'));
  const [embeddings, metadata] = descriptors.map(fileSink) as [Sink, Sink];
  const columns: readonly Column[] = [
    PATH_COLUMN,
    { name: 'caption', type: 'text' },
    { name: 'url', type: 'text' },
    { name: 'width', type: 'whole' },
  ];
  const made = {
    model: 'ViT-B-32/laion2b_s34b_b79k',
    dim: DIM,
    precision: 'fp32',
    preprocess: {
      size: [224, 224],
      resizeMode: 'shortest',
      interpolation: 'bicubic',
      fillColor: 0,
      mean: [0.48, 0.46, 0.41],
      std: [0.27, 0.26, 0.28],
    },
  } as const;
  const writer = new PartitionWriter({ embeddings, metadata }, columns, made);
  const clusters = new Clusters(DIM);
  for (let first = 0; first < count; first += AT_ONCE) {
    const rows = Math.min(AT_ONCE, count - first);
    const data = new Float32Array(rows * DIM);
    for (let row = 0; row < rows; row++) data.set(clusters.row(first + row), row * DIM);
    const cells = Array.from({ length: rows }, (_, row) => cellsOf(first + row));
    await writer.add({ count: rows, dim: DIM, data, cells });
  }
  await writer.finish();
  for (const descriptor of descriptors) closeSync(descriptor);
  return names;
}

function cellsOf(row: number) {
  return [
    `shards/${String(row % 1000).padStart(5, '0')}/${String(row).padStart(9, '0')}.jpg`,
    `Picture ${row} of a crawl, ${(row * 7919) % 100_003} and some words more`,
    `https://images.example.com/${(row * 104_729) % 1_000_003}/${row}/photo.jpg`,
    512,
  ];
}

function fileSink(descriptor: number): Sink {
  return {
    write: async (bytes) => writeSync(descriptor, bytes),
    rewriteStart: async (bytes) => writeSync(descriptor, bytes, 0, bytes.length, 0),
  };
}

async function visit(files: readonly string[]): Promise<Visit> {
  const page = await browser.newPage();
  const memory = await watchMemory(browser);
  const ask = await openWorkerPage<typeof bench>(page, server.url);
  await page.locator('input').setInputFiles([...files]);
  const read = await ask('read');
  const before = await memory.now();
  const { milliseconds, rows, bytes } = await ask('open');
  if (rows !== count) throw new Error(`${rows} rows were opened instead of ${count}`);
  const grown = (await memory.now()) - before;
  const { searches, first } = await ask('search', RUNS, K);
  await memory.stop();
  await page.close();
  return { read, beyond: milliseconds - read, bytes, grown, searches, first };
}
