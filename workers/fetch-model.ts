import { keptBytes, modelSizeOf } from '../src/clip/catalogue';
import { readCheckpoint, type Checkpoint } from '../src/clip/checkpoint';
import { Failure } from '../src/core/failure';
import { Spans, type Span } from '../src/core/spans';
import { once } from '../src/core/tasks';
import type { ByteSource } from '../src/formats/byte-source';
import { sha256 } from '../src/hub/digest';
import { download, type DownloadOptions } from '../src/hub/download';
import { mismatch } from '../src/hub/small-file';
import { storageRoot } from '../src/storage/directory';
import { openDownloads } from '../src/storage/downloads';
import type { PartialFile } from '../src/storage/partial-file';
import { requireRoom } from '../src/storage/room';
import { requireUsable } from './add-checkpoint';
import type { ModelSummary, Progress } from './api';
import { arrivingSource } from './arriving-source';
import { connection } from './connection';
import { downloadProgress, type DownloadProgress } from './download-progress';
import { idOf, makePlan, readPlan, requireUnchanged, textsOf, type DownloadPlan } from './download-plan';
import { ingest } from './ingest';
import { isWhole, listKept } from './kept-store';
import type { FetchRequest, InterruptedDownload } from './models-api';

const downloadStore = once(async () => openDownloads(await storageRoot()));

/** What this worker is downloading, by id. */
const running = new Map<string, { stop(how: 'pause' | 'discard'): Promise<void> }>();

/** @throws as `ModelsApi.fetchModel` */
export async function fetchModel(
  request: FetchRequest,
  onProgress: (progress: Progress) => void,
): Promise<ModelSummary> {
  const id = await idOf(request);
  const existing = (await listKept()).find((summary) => summary.id === id);
  if (existing !== undefined && (await isWhole(id))) return existing;
  const kept = await (await downloadStore()).open(id);
  const controller = new AbortController();
  const { signal } = controller;
  let stopped: 'pause' | 'discard' | undefined;
  let ended = (): void => undefined;
  const end = new Promise<void>((resolve) => (ended = resolve));
  running.set(id, {
    stop(how) {
      stopped = how;
      controller.abort();
      return end;
    },
  });
  try {
    let plan = readPlan(kept.record);
    if (plan) await requireUnchanged(plan);
    else {
      plan = await makePlan(request, signal);
      await kept.save(plan);
    }
    const file = await kept.file(plan.weights.byteLength);
    const summary = await bring(id, plan, file, { signal, onProgress });
    await kept.remove();
    return summary;
  } catch (error) {
    const isWrong = error instanceof Failure && error.name === 'HashMismatch';
    await (stopped === 'discard' || isWrong ? kept.remove() : kept.close());
    throw stopped === undefined ? error : new Failure('Cancelled', 'The download was stopped.');
  } finally {
    running.delete(id);
    ended();
  }
}

/** Ends a download: 'pause' keeps what has arrived, 'discard' deletes it, whichever worker had begun it. */
export async function stopFetching(id: string, how: 'pause' | 'discard'): Promise<void> {
  const own = running.get(id);
  if (own) await own.stop(how);
  else if (how === 'discard') await (await downloadStore()).remove(id);
}

/** Downloads that were begun and are not at work in this worker. */
export async function interruptedDownloads(): Promise<InterruptedDownload[]> {
  const found = await (await downloadStore()).list();
  return found.flatMap(({ id, record, arrived }) => {
    const plan = readPlan(record);
    if (plan === undefined || running.has(id)) return [];
    return [{ id, request: plan.request, done: arrived, total: plan.weights.byteLength }];
  });
}

/** Downloads, verifies and converts, all at once. @throws HashMismatch, and what any of the three throws */
async function bring(
  id: string,
  plan: DownloadPlan,
  file: PartialFile,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: Progress) => void },
): Promise<ModelSummary> {
  const { request, commit, licence, weights } = plan;
  const progress = downloadProgress(file, onProgress);
  const stop = new AbortController();
  const options = { connection, signal: AbortSignal.any([signal, stop.signal]) };
  const checkpoint = await readBegun(plan, file, { ...options, onArrived: () => progress.arrived() });
  requireUsable(checkpoint, plan.tokenizer, plan.tokenizerConfig);
  await requireRoom(
    bytesToCome(checkpoint, request.precision, file),
    'The download with the model made of it',
  );

  const source = arrivingSource({ has: file.has, source: () => file });
  const onArrived = () => {
    source.arrived();
    progress.arrived();
  };
  const arriving = download(weights.url, file, inOrder(checkpoint, file.byteLength), {
    ...options,
    onArrived,
  });
  arriving.catch((error: unknown) => source.fail(error));
  const verified = verify(plan, source, options.signal, progress);
  verified.catch(() => undefined);
  const about = {
    ...({ name: request.name, origin: 'hub' } as const),
    ...(request.source.kind === 'hub' && { repository: request.source.repository }),
    ...(commit !== undefined && { commit }),
    ...(licence !== undefined && { licence }),
  };
  try {
    return await ingest(
      {
        ...{ id, about, checkpoint, precision: request.precision, weights: source, texts: textsOf(plan) },
        ...(weights.sha256 !== undefined && { sourceHash: weights.sha256 }),
      },
      {
        onBytes: (done) => progress.converted(done),
        onImageTower: () => progress.imageTower(),
        beforeCommit: async () => {
          await arriving;
          await verified;
        },
      },
    );
  } finally {
    stop.abort();
    await Promise.allSettled([arriving, verified]);
    await progress.ended();
  }
}

/** The header and the scalars, fetched as they are asked for. */
async function readBegun(
  { weights, config }: DownloadPlan,
  file: PartialFile,
  options: DownloadOptions,
): Promise<Checkpoint> {
  const source: ByteSource = {
    byteLength: file.byteLength,
    async slice(start, end) {
      const least = Math.min(file.byteLength, start + HEADER_BYTES);
      await download(weights.url, file, [{ start, end: Math.max(end, least) }], options);
      return file.slice(start, end);
    },
  };
  return readCheckpoint(config, source);
}

/** Asked for at a time while a header is read: as long as those of most models. */
const HEADER_BYTES = 2 ** 18;

/**
 * The order in which a file is fetched.
 *
 * Why the image tower comes first: photos can be indexed with it while the text tower is on its way. Why the rest comes at
 * all: the hub's hash is that of the whole file.
 */
function inOrder({ tensors }: Checkpoint, byteLength: number): Span[] {
  return [
    ...(['image', 'text'] as const).flatMap((tower) => {
      const spans = new Spans();
      for (const { start, end } of tensors[tower].values()) spans.add({ start, end });
      return spans.list;
    }),
    { start: 0, end: byteLength },
  ];
}

/** @throws HashMismatch */
async function verify(
  { weights }: DownloadPlan,
  source: ByteSource,
  signal: AbortSignal,
  progress: DownloadProgress,
): Promise<void> {
  if (weights.sha256 === undefined) return;
  const found = await sha256(source, (done) => progress.verified(done), signal);
  if (found === weights.sha256) return;
  const name = new URL(weights.url).pathname.split('/').at(-1) ?? '';
  throw new Failure('HashMismatch', mismatch(name, weights.sha256, found));
}

/** Bytes that are still to be written: what has not arrived, and the converted model. */
function bytesToCome({ architecture }: Checkpoint, precision: FetchRequest['precision'], file: PartialFile) {
  const { image, text } = modelSizeOf(architecture);
  return file.byteLength - file.arrived + keptBytes(image, precision) + keptBytes(text, precision);
}
