import { createHash } from 'node:crypto';
import { readFile, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { PartitionWriter, partitionNames, type PartitionNames } from '../../src/exchange/partition-writer';
import { PATH_COLUMN } from '../../src/exchange/rows';
import { openLogFile } from '../evaluation/log-file';
import type { EvaluatedModel } from '../evaluation/model';
import { openFileSink } from './file-sink';
import { PartitionLog } from './partition-log';
import { lockPartition } from './partition-lock';
import { partOf, type ListedPicture, type PictureList } from './picture-list';
import { preparePictures, type Prepared } from './prepared-pictures';
import { requireSameRun } from './run-file';

export interface PartitionOptions extends PictureList {
  /** Counted from 0. */
  readonly number: number;
  readonly of: number;
  /** Folder of the result. */
  readonly out: string;
}

/** What became of a partition. */
export interface PartitionResult {
  readonly embedded: number;
  readonly skipped: number;
  /** Those among them that an earlier run had done. */
  readonly found: number;
}

/** What makes the rows. */
export type Embedder = Pick<EvaluatedModel, 'weights' | 'made' | 'encodeImages'>;

/** What is written last of a partition. */
interface PartitionStats {
  readonly identity: string;
  readonly embedded: number;
  readonly skipped: number;
  readonly sample_count: number;
}

/** Pictures embedded at once, and kept. */
const BATCH = 32;

/**
 * Embeds one partition of pictures into clip-retrieval's layout under `out`: `img_emb`, `metadata`, `stats`, and
 * `failures` for pictures that could not be read. What an earlier run has embedded is not embedded again, whether it ended or
 * was killed.
 * @param say told how many are done
 * @throws PartitionsMixed, PartitionBusy, and what the disk and the model throw
 */
export async function embedPartition(
  options: PartitionOptions,
  model: Embedder,
  say: (done: number, total: number) => void,
): Promise<PartitionResult> {
  const { number, of, out } = options;
  const own = partOf(options.pictures, number, of);
  const names = partitionNames(number, of);
  const digits = path.basename(names.embeddings).replace(/\D/g, '');
  await requireSameRun(out, { of, weights: model.weights, made: model.made });
  const logFile = path.join(out, `unfinished/embeddings_${digits}`);
  const unlock = await lockPartition(`${logFile}.lock`);
  try {
    const identity = await identityOf(own, number, of, model);
    const statsFile = path.join(out, `stats/stats_${digits}.json`);
    const before = await statsOf(statsFile);
    if (before?.identity === identity)
      return { embedded: before.embedded, skipped: before.skipped, found: own.length };
    const log = await PartitionLog.open(await openLogFile(logFile), identity);
    try {
      const found = log.done;
      await embedRest(own, log, model, say);
      await write(options, names, digits, log, model.made);
      const { embedded, skipped } = log;
      const stats: PartitionStats = { identity, embedded, skipped, sample_count: own.length };
      // Last: with it the partition is done.
      await writeText(statsFile, `${JSON.stringify(stats)}\n`);
      await rm(logFile);
      return { embedded, skipped, found };
    } finally {
      await log.close();
    }
  } finally {
    await unlock();
    // Unless another partition is being embedded, or this one was not completed.
    await rmdir(path.dirname(logFile)).catch(() => undefined);
  }
}

/** 32 hex digits of everything that a partition's rows depend on. */
async function identityOf(
  own: readonly ListedPicture[],
  number: number,
  of: number,
  { weights, made }: Embedder,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([weights, made, number, of]));
  for (const picture of own) hash.update(JSON.stringify([picture.path, await picture.byteLength()]));
  return hash.digest('hex').slice(0, 32);
}

async function embedRest(
  own: readonly ListedPicture[],
  log: PartitionLog,
  model: Embedder,
  say: (done: number, total: number) => void,
): Promise<void> {
  const [height, width] = model.made.preprocess.size;
  while (log.done < own.length) {
    say(log.done, own.length);
    const some = own.slice(log.done, log.done + BATCH);
    const prepared = await preparePictures(some, model.made.preprocess);
    const readable = some.filter((_, at) => 'pixels' in prepared[at]!);
    const pixels = prepared.flatMap((one) => ('pixels' in one ? [one.pixels] : []));
    const data = Uint8Array.from(Buffer.concat(pixels));
    const rows =
      pixels.length === 0
        ? { count: 0, dim: 0, data: new Float32Array(0) }
        : await model.encodeImages({ count: pixels.length, height, width, data });
    const paths = readable.map((picture) => picture.path);
    await log.add({ paths, skipped: skippedOf(some, prepared) }, rows);
  }
  say(own.length, own.length);
}

function skippedOf(some: readonly ListedPicture[], prepared: readonly Prepared[]) {
  return some.flatMap((picture, at) => {
    const one = prepared[at]!;
    return 'message' in one ? [{ path: picture.path, message: one.message }] : [];
  });
}

/** Writes a partition's files, a batch at a time: no more of it is in memory. */
async function write(
  { out, gaps }: PartitionOptions,
  names: PartitionNames,
  digits: string,
  log: PartitionLog,
  made: Embedder['made'],
): Promise<void> {
  const sink = (name: string) => openFileSink(path.join(out, name));
  const embeddings = await sink(names.embeddings);
  const metadata = await sink(names.metadata);
  const failures = await sink(`failures/failures_${digits}.jsonl`);
  const writer = new PartitionWriter({ embeddings, metadata }, [PATH_COLUMN], made);
  const fail = (all: Iterable<{ readonly path: string; readonly message: string }>) => {
    const lines = Array.from(all, (one) => JSON.stringify({ image_path: one.path, message: one.message }));
    return failures.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join('')));
  };
  for await (const { paths, skipped, rows } of log.batches()) {
    if (rows.count > 0) await writer.add({ ...rows, cells: paths.map((one) => [one]) });
    await fail(skipped);
  }
  await fail(gaps);
  await writer.finish();
  for (const file of [embeddings, metadata, failures]) await file.finish();
}

async function writeText(file: string, text: string): Promise<void> {
  const written = await openFileSink(file);
  await written.write(new TextEncoder().encode(text));
  await written.finish();
}

/** What a partition says of itself; undefined where it is not done, or what it says is no JSON. */
async function statsOf(file: string): Promise<PartitionStats | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as PartitionStats;
  } catch {
    return undefined;
  }
}
