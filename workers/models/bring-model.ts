import { keptBytesOf, modelSizeOf } from '../../src/clip/footprint';
import { readCheckpoint, type Checkpoint } from '../../src/clip/checkpoint';
import { Failure } from '../../src/core/failure';
import { Spans, type Span } from '../../src/core/spans';
import { requireUsable } from '../../src/engine/model-source';
import type { ByteSource } from '../../src/formats/byte-source';
import { during, fileNameOf, stopped } from '../../src/hub/connection';
import { gitBlobId, sha256 } from '../../src/hub/digest';
import { download, type DownloadOptions } from '../../src/hub/download';
import { mismatch } from '../../src/hub/small-file';
import type { PartialFile } from '../../src/storage/partial-file';
import { requireRoom } from '../../src/storage/room';
import type { ModelSummary, Progress } from '../api';
import { arrivingSource } from './arriving-source';
import { connection } from './connection';
import { downloadProgress, type DownloadProgress } from './download-progress';
import { requireUnchanged, textsOf } from './download-plan';
import type { DownloadPlan } from './download-record';
import { ingest } from './ingest';
import type { FetchRequest } from '../models-api';

/** Downloads, verifies and converts, all at once. @throws HashMismatch, and what any of the three throws */
export async function bringModel(
  id: string,
  plan: DownloadPlan,
  file: PartialFile,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: Progress) => void },
): Promise<ModelSummary> {
  const { request, commit, licence, weights } = plan;
  const progress = downloadProgress(file, onProgress);
  const stop = new AbortController();
  const options = { connection, signal: AbortSignal.any([signal, stop.signal]), modified: weights.modified };
  const checkpoint = await readBegun(plan, file, { ...options, onArrived: () => progress.arrived() });
  requireUsable(checkpoint.architecture, plan);
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
  verified.catch((error: unknown) => source.fail(error));
  signal.addEventListener('abort', () => source.fail(stopped()));
  const about = {
    ...({ name: request.name, origin: 'hub' } as const),
    ...(request.source.kind === 'hub' && { repository: request.source.repository }),
    ...(commit !== undefined && { commit }),
    ...(licence !== undefined && { licence }),
  };
  try {
    return await ingest(
      {
        id,
        about,
        checkpoint,
        precision: request.precision,
        weights: source,
        texts: textsOf(plan),
        ...(weights.sha256 !== undefined && { sourceHash: weights.sha256 }),
      },
      {
        onBytes: (done) => progress.converted(done),
        onImageTower: () => progress.imageTower(),
        beforeCommit: async () => {
          // Beside the tensors the file has a header.
          progress.converted(file.byteLength);
          await arriving;
          await verified;
          await requireUnchanged(plan, during(connection, signal));
          signal.throwIfAborted();
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
  const { sha256: sha, gitBlob } = weights;
  const wanted = sha ?? gitBlob;
  if (wanted === undefined) return;
  const found = await (sha === undefined ? gitBlobId : sha256)(
    source,
    (done) => progress.verified(done),
    signal,
  );
  if (found === wanted) return;
  const name = fileNameOf(weights.url);
  throw new Failure('HashMismatch', mismatch(name, wanted, found));
}

/** Bytes of room that are still to be taken: by what has not arrived, and by the converted model. */
function bytesToCome({ architecture }: Checkpoint, precision: FetchRequest['precision'], file: PartialFile) {
  const converted = keptBytesOf(modelSizeOf(architecture), precision);
  return Math.max(0, file.byteLength - file.taken) + converted;
}
