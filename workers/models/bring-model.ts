import { placeOf } from '../../src/core/hub-place';
import { keptBytesOf, modelSizeOf } from '../../src/clip/footprint';
import { readCheckpoint, type Checkpoint } from '../../src/clip/checkpoint';
import { requireUsable } from '../../src/engine/model-source';
import { joinedSource, type ByteSource } from '../../src/formats/byte-source';
import { during, type Connection } from '../../src/hub/connection';
import { download } from '../../src/hub/download';
import type { PartialFile } from '../../src/storage/partial-file';
import { requireRoom } from '../../src/storage/room';
import type { ModelSummary, Progress } from '../api';
import { beginArrival } from './arrival';
import { downloadProgress, type DownloadProgress } from './download-progress';
import { partOfFile, placedFiles } from './placed-files';
import { requireUnchanged, textsOf } from './download-plan';
import type { DownloadPlan } from './download-record';
import { ingest, type Ingestion } from './ingest';
import type { FetchRequest } from '../models-api';
import type { ModelsParts } from './parts';

/** Downloads, verifies and converts concurrently. @throws HashMismatch, and what any of the three throws */
export async function bringModel(
  { storage, models, connection }: ModelsParts,
  id: string,
  plan: DownloadPlan,
  file: PartialFile,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: Progress) => void },
): Promise<ModelSummary> {
  const progress = downloadProgress(file, onProgress);
  const checkpoint = await readBegun(connection, plan, file, progress, signal);
  await requireUsable(checkpoint.architecture, plan);
  await requireRoom(
    storage,
    bytesToCome(checkpoint, plan.request.precision, file),
    'The download with the model made of it',
  );

  const arrival = beginArrival(connection, plan, file, checkpoint, progress, signal);
  try {
    return await ingest(await models(), ingestionOf(id, plan, checkpoint, arrival.source), {
      onBytes: (done) => progress.converted(done),
      onImageTower: () => progress.imageTower(),
      beforeCommit: async () => {
        // The tensors do not include the file's header.
        progress.converted(file.byteLength);
        await arrival.whole;
        await requireUnchanged(plan, during(connection, signal));
        signal.throwIfAborted();
      },
    });
  } finally {
    await arrival.end();
    await progress.ended();
  }
}

/** Bytes requested at a time while reading a header: as long as most headers. */
const HEADER_BYTES = 2 ** 18;

/** The header and the scalars, fetched on demand. */
async function readBegun(
  connection: Connection,
  { weights, config }: DownloadPlan,
  file: PartialFile,
  progress: DownloadProgress,
  signal: AbortSignal,
): Promise<Checkpoint> {
  const onArrived = () => progress.arrived();
  const sources = placedFiles(weights).map(({ url, modified, start: at, byteLength }): ByteSource => {
    const part = partOfFile(file, at, byteLength);
    return {
      byteLength,
      async slice(start, end) {
        const least = Math.min(byteLength, start + HEADER_BYTES);
        const span = { start, end: Math.max(end, least) };
        await download(url, part, [span], { connection, modified, signal, onArrived });
        return part.slice(start, end);
      },
    };
  });
  return readCheckpoint(config, joinedSource(sources));
}

/** The checkpoint of a plan, to be kept as model `id`. */
function ingestionOf(id: string, plan: DownloadPlan, checkpoint: Checkpoint, weights: ByteSource): Ingestion {
  const { request, commit, licence } = plan;
  const { name, precision, source } = request;
  const { sha256 } = plan.weights;
  return {
    id,
    about: {
      name,
      origin: 'hub',
      ...(source.kind === 'hub' && { repository: placeOf(source) }),
      ...(commit !== undefined && { commit }),
      ...(licence !== undefined && { licence }),
    },
    checkpoint,
    precision,
    weights,
    texts: textsOf(plan),
    ...(sha256 !== undefined && { sourceHash: sha256 }),
  };
}

/** Bytes of storage still needed: for the rest of the download and for the converted model. */
function bytesToCome(
  { architecture, tensors }: Checkpoint,
  precision: FetchRequest['precision'],
  file: PartialFile,
) {
  const converted = keptBytesOf(modelSizeOf(architecture, tensors), precision);
  return Math.max(0, file.byteLength - file.taken) + converted;
}
