import type { Checkpoint } from '../../src/clip/checkpoint';
import { Failure } from '../../src/core/failure';
import { Spans, type Span } from '../../src/core/spans';
import type { ByteSource } from '../../src/formats/byte-source';
import { fileNameOf, stopped, type Connection } from '../../src/hub/connection';
import { gitBlobId, sha256 } from '../../src/hub/digest';
import { download } from '../../src/hub/download';
import { mismatch } from '../../src/hub/small-file';
import type { PartialFile } from '../../src/storage/partial-file';
import { arrivingSource } from './arriving-source';
import type { DownloadProgress } from './download-progress';
import type { DownloadPlan } from './download-record';

/** The rest of a checkpoint on its way, checked against its hash as it comes. */
export interface Arrival {
  /** The checkpoint's bytes; a slice waits until it has come, and is refused once anything has gone wrong. */
  readonly source: ByteSource;
  /**
   * Resolves once every byte is here and the hash is right.
   * @throws HashMismatch, Cancelled once it was stopped, and what `download` throws
   */
  readonly whole: Promise<unknown>;
  /** Stops what is still under way; resolves when nothing is. */
  end(): Promise<void>;
}

/** Fetches what `file` lacks, image tower first, and checks the whole of it, until `signal` is aborted. */
export function beginArrival(
  connection: Connection,
  plan: DownloadPlan,
  file: PartialFile,
  checkpoint: Checkpoint,
  progress: DownloadProgress,
  signal: AbortSignal,
): Arrival {
  const { url, modified } = plan.weights;
  const source = arrivingSource({ has: file.has, source: () => file });
  const stop = new AbortController();
  const ending = AbortSignal.any([signal, stop.signal]);
  const arriving = download(url, file, inOrder(checkpoint, file.byteLength), {
    connection,
    modified,
    signal: ending,
    onArrived() {
      source.arrived();
      progress.arrived();
    },
  });
  const verified = verify(plan, source, ending, progress);
  const whole = Promise.all([arriving, verified]);
  // Whoever reads waits for bytes that will not come.
  whole.catch((error: unknown) => source.fail(error));
  ending.addEventListener('abort', () => source.fail(stopped()));
  return {
    source,
    whole,
    async end() {
      stop.abort();
      await Promise.allSettled([arriving, verified]);
    },
  };
}

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
