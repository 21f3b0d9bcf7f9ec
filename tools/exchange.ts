/**
 * Exports a made library in every layout as its worker does, and has other tools read the files: NumPy, pyarrow, faiss,
 * and PostgreSQL with pgvector, as PGlite has both in wasm.
 *
 *     npm ci --prefix bench/peers --ignore-scripts
 *     npm run exchange -- [--python PYTHON]
 *
 * PYTHON (default: python3) needs numpy, pyarrow and faiss-cpu. Fails unless all give the library's own photos, rows and
 * best ten.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { mulberry32 } from '../src/core/random';
import { cosine, normalise } from '../src/core/vectors';
import { PhotoTable } from '../src/library/photo-table';
import type { PhotoRecord } from '../src/library/records';
import { ModelIndexes } from '../src/search/model-indexes';
import type { EmbeddingExport } from '../workers/library/embedding-export';
import { exportEmbeddings } from '../workers/library/export-embeddings';
import { root } from './build.js';
import { readWithPgvector } from './exchange/pgvector';

const COUNT = 2000;
const DIM = 512;
const QUERIES = 20;
const MODEL = 'ViT-B-32/laion2b_s34b_b79k';

/** Photos lie around so many subjects, as embeddings do. */
const SUBJECTS = 40;

/** Names that CSV, SQL and tools may stumble over. */
const ODD_NAMES = ['"quoted", twice', "it's", 'tab\there', 'line\nbreak', '=1+1', '\\N', 'ünï ☃ 写真', '-n'];

const { values } = parseArgs({ options: { python: { type: 'string', default: 'python3' } } });

const random = mulberry32(20);
const noise = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const subjects = Array.from({ length: SUBJECTS }, () => Float32Array.from({ length: DIM }, noise));
const made = () => {
  const subject = subjects[Math.floor(random() * SUBJECTS)]!;
  return normalise(subject.map((value) => value + noise()));
};

const photos = Array.from({ length: COUNT }, (_, id): PhotoRecord => ({
  id,
  folder: 0,
  path: `photos/${ODD_NAMES[id] ?? `${id}`}.jpg`,
  bytes: 1000 + id,
  modified: 1_700_000_000_000 + id,
  key: id.toString(16).padStart(32, '0'),
  width: 640,
  height: 480,
  ...(id % 3 === 0 && { taken: 1_600_000_000_000 + id * 1000, place: { latitude: 1, longitude: id / 100 } }),
}));
const table = new PhotoTable();
for (const photo of photos) table.set(photo);
const indexes = new ModelIndexes();
indexes.open(MODEL, DIM);
for (const { id } of photos) indexes.add([id], { model: MODEL, count: 1, dim: DIM, data: made() });

const folder = mkdtempSync(path.join(tmpdir(), 'clipscope-exchange-'));
try {
  for (const layout of ['clip-retrieval', 'parquet', 'csv'] as const) await save(layout);
  const queries = Array.from({ length: QUERIES }, made);
  const index = indexes.indexFor({ model: MODEL, dim: DIM });
  const best = queries.map((query) => index.topK(query, 10).map(({ id }) => photos[id]!.path));
  const own = indexes.rowsOf(MODEL, 0, COUNT);
  writeFileSync(path.join(folder, 'rows.f32'), own.data);
  writeFileSync(path.join(folder, 'queries.f32'), Float32Array.from(queries.flatMap((row) => [...row])));
  const paths = photos.map((photo) => photo.path);
  writeFileSync(path.join(folder, 'own.json'), JSON.stringify({ model: MODEL, dim: DIM, paths, best }));
  const script = path.join(root, 'tools/oracles/exchange_readers.py');
  execFileSync(values.python, [script, folder], { stdio: 'inherit' });
  const csv = readFileSync(path.join(folder, 'embeddings.csv'));
  const read = await readWithPgvector(csv, DIM, queries);
  const isEqual = read.paths.length === COUNT && read.paths.every((one, at) => one === paths[at]);
  const least = Math.min(
    ...read.rows.map((row, at) => cosine(row, own.data.subarray(at * DIM, (at + 1) * DIM))),
  );
  const same = read.best.filter((ten, at) => ten.join('\0') === best[at]!.join('\0')).length;
  console.log(`| ${read.name} | ${isEqual ? 'yes' : 'NO'} | ${least.toFixed(7)} | ${same} of ${QUERIES} |`);
  if (!isEqual || !(least > 0.9999) || same < QUERIES) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

async function save(layout: EmbeddingExport['layout']): Promise<void> {
  const preprocess = {
    size: [224, 224],
    resizeMode: 'shortest',
    interpolation: 'bicubic',
    fillColor: 0,
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
  } as const;
  const ids = photos.map(({ id }) => id);
  const request: EmbeddingExport = { model: MODEL, precision: 'fp32', preprocess, layout, ids };
  const source = {
    packsFrom: (first: number, count: number) => table.packsFrom(first, count),
    row: (model: string, id: number) => indexes.get(model, id),
    labels: new Map([[photos[1]!.key!, { accepted: ['beach'], rejected: [], suggested: ['sea'] }]]),
  };
  const { files } = await exportEmbeddings(source, request, {});
  for (const { name, file } of files) {
    const place = path.join(folder, name);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, new Uint8Array(await file.arrayBuffer()));
  }
}
