import { readFile, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../src/core/failure';
import { shortDigest } from '../../src/core/short-digest';
import { EmbeddingLog, type EmbeddedSample } from '../../src/datasets/embedding-log';
import { PartitionWriter, partitionNames } from '../../src/exchange/partition-writer';
import { PATH_COLUMN } from '../../src/exchange/rows';
import { openLogFile } from '../evaluation/log-file';
import { decodeFile } from '../../src/package/node-picture';
import type { EvaluatedModel } from '../evaluation/model';
import { openFileSink } from './file-sink';
import { partOf, type ListedPicture } from './picture-list';

export interface PartitionOptions {
  readonly pictures: readonly ListedPicture[];
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
export type Embedder = Pick<EvaluatedModel, 'weights' | 'made' | 'encodePictures'>;

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
 * @throws what the disk and the model throw
 */
export async function embedPartition(
  { pictures, number, of, out }: PartitionOptions,
  model: Embedder,
  say: (done: number, total: number) => void,
): Promise<PartitionResult> {
  const own = partOf(pictures, number, of);
  const names = partitionNames(number, of);
  const digits = path.basename(names.embeddings).replace(/\D/g, '');
  const listed = JSON.stringify([
    model.weights,
    model.made,
    number,
    of,
    own.map(({ path: file, bytes }) => [file, bytes]),
  ]);
  const identity = await shortDigest(new TextEncoder().encode(listed).buffer);
  const statsFile = path.join(out, `stats/stats_${digits}.json`);
  const before = await statsOf(statsFile);
  if (before?.identity === identity)
    return { embedded: before.embedded, skipped: before.skipped, found: own.length };

  const logFile = path.join(out, `unfinished/embeddings_${digits}`);
  const log = await EmbeddingLog.open(await openLogFile(logFile), identity);
  const found = log.samples.length + log.skipped.length;
  try {
    for (let done = found; done < own.length; done += BATCH) {
      say(done, own.length);
      const some = own.slice(done, done + BATCH);
      const read = await Promise.all(some.map(decoded));
      const rasters = read.flatMap((one) => ('raster' in one ? one.raster : []));
      const samples = some.flatMap(({ path: key }, at): EmbeddedSample[] =>
        'raster' in read[at]! ? [{ key, answer: [] }] : [],
      );
      const skipped = some.flatMap(({ path: key }, at) => {
        const one = read[at]!;
        return 'message' in one ? [{ key, message: one.message }] : [];
      });
      const rows =
        rasters.length === 0
          ? { count: 0, dim: 0, data: new Float32Array(0) }
          : await model.encodePictures(rasters);
      await log.addPictures({ samples, skipped, position: some.at(-1)!.path }, rows);
    }
    say(own.length, own.length);
    await write(out, names, log, model.made);
    const { samples, skipped } = log;
    await writeBeside(
      out,
      `failures/failures_${digits}.jsonl`,
      skipped.map((one) => `${JSON.stringify({ image_path: one.key, message: one.message })}\n`).join(''),
    );
    const stats: PartitionStats = {
      identity,
      embedded: samples.length,
      skipped: skipped.length,
      sample_count: own.length,
    };
    // Last: with it the partition is done.
    await writeBeside(out, `stats/stats_${digits}.json`, `${JSON.stringify(stats)}\n`);
    return { embedded: samples.length, skipped: skipped.length, found };
  } finally {
    await log.close();
    if ((await statsOf(statsFile))?.identity === identity) {
      await rm(logFile, { force: true });
      // Unless another partition is being embedded.
      await rmdir(path.dirname(logFile)).catch(() => undefined);
    }
  }
}

async function write(
  out: string,
  names: ReturnType<typeof partitionNames>,
  log: EmbeddingLog,
  made: Embedder['made'],
): Promise<void> {
  const [embeddings, metadata] = [
    await openFileSink(path.join(out, names.embeddings)),
    await openFileSink(path.join(out, names.metadata)),
  ];
  const writer = new PartitionWriter({ embeddings, metadata }, [PATH_COLUMN], made);
  const rows = log.pictures();
  if (rows.count > 0) await writer.add({ ...rows, cells: log.samples.map(({ key }) => [key]) });
  await writer.finish();
  await embeddings.finish();
  await metadata.finish();
}

async function decoded({ read }: ListedPicture) {
  try {
    return { raster: await decodeFile(await read(), { isUpright: true }) };
  } catch (error) {
    return { message: messageOf(error) };
  }
}

async function writeBeside(out: string, name: string, text: string): Promise<void> {
  const file = await openFileSink(path.join(out, name));
  await file.write(new TextEncoder().encode(text));
  await file.finish();
}

/** What a partition says of itself; undefined where it is not done, or what it says is no JSON. */
async function statsOf(file: string): Promise<PartitionStats | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as PartitionStats;
  } catch {
    return undefined;
  }
}
