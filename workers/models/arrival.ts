import type { Checkpoint } from '../../src/clip/checkpoint';
import { Failure } from '../../src/core/failure';
import { Spans, type Span } from '../../src/core/spans';
import { placesOf } from '../../src/formats/safetensors';
import { partOf, type ByteSource } from '../../src/formats/byte-source';
import { fileNameOf, stopped, type Connection } from '../../src/hub/connection';
import { gitBlobId, sha256 } from '../../src/hub/digest';
import { download } from '../../src/hub/download';
import { mismatch } from '../../src/hub/small-file';
import type { PartialFile } from '../../src/storage/partial-file';
import { arrivingSource } from './arriving-source';
import type { DownloadProgress } from './download-progress';
import type { DownloadPlan } from './download-record';
import { partOfFile, placedFiles, type PlacedFile } from './placed-files';

/** The download of a checkpoint's missing bytes, with its hash check. */
export interface Arrival {
  /** The checkpoint's bytes; a slice waits until it has arrived, and rejects once anything has failed. */
  readonly source: ByteSource;
  /**
   * Resolves once every byte has arrived and the hash matches.
   * @throws HashMismatch, Cancelled after `end`, and what `download` throws
   */
  readonly whole: Promise<unknown>;
  /** Stops the download and the check; resolves when both have ended. */
  end(): Promise<void>;
}

/** Downloads what `file` lacks, image tower first, and verifies the whole file, until `signal` aborts. */
export function beginArrival(
  connection: Connection,
  plan: DownloadPlan,
  file: PartialFile,
  checkpoint: Checkpoint,
  progress: DownloadProgress,
  signal: AbortSignal,
): Arrival {
  const source = arrivingSource({ has: file.has, source: () => file });
  const stop = new AbortController();
  const ending = AbortSignal.any([signal, stop.signal]);
  const arriving = downloadAll();
  const verified = verify(plan, source, ending, progress);
  const whole = Promise.all([arriving, verified]);
  // Otherwise readers would wait for bytes that never arrive.
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

  /** Of several files one after the other, as one tower after the other needs them. */
  async function downloadAll(): Promise<void> {
    const onArrived = () => {
      source.arrived();
      progress.arrived();
    };
    for (const { url, modified, start, byteLength, spans } of perFile(
      plan,
      inOrder(checkpoint, file.byteLength),
    )) {
      const options = { connection, modified, signal: ending, onArrived };
      await download(url, partOfFile(file, start, byteLength), spans, options);
    }
  }
}

/**
 * The order in which a file is downloaded.
 *
 * Why the image tower first: it can index photos while the text tower downloads. Why the unused rest at all: the hub's
 * hash covers the whole file.
 */
function inOrder({ tensors }: Checkpoint, byteLength: number): Span[] {
  return [
    ...(['image', 'text'] as const).flatMap((tower) => {
      const spans = new Spans();
      for (const { start, end } of [...tensors[tower].values()].flatMap(placesOf)) spans.add({ start, end });
      return spans.list;
    }),
    { start: 0, end: byteLength },
  ];
}

/** The same spans by files, each from its own beginning; of one file in a row as one. */
function perFile(
  { weights }: DownloadPlan,
  spans: readonly Span[],
): readonly (PlacedFile & { readonly spans: readonly Span[] })[] {
  const files = placedFiles(weights);
  const groups: (PlacedFile & { readonly spans: Span[] })[] = [];
  for (const span of spans) {
    for (const file of files) {
      const start = Math.max(span.start - file.start, 0);
      const end = Math.min(span.end - file.start, file.byteLength);
      if (start >= end) continue;
      if (groups.at(-1)?.start !== file.start) groups.push({ ...file, spans: [] });
      groups.at(-1)!.spans.push({ start, end });
    }
  }
  return groups;
}

/** @throws HashMismatch */
async function verify(
  { weights }: DownloadPlan,
  source: ByteSource,
  signal: AbortSignal,
  progress: DownloadProgress,
): Promise<void> {
  for (const { url, sha256: sha, gitBlob, start, byteLength } of placedFiles(weights)) {
    const wanted = sha ?? gitBlob;
    if (wanted === undefined) continue;
    const found = await (sha === undefined ? gitBlobId : sha256)(
      partOf(source, start, byteLength),
      (done) => progress.verified(start + done),
      signal,
    );
    if (found !== wanted) throw new Failure('HashMismatch', mismatch(fileNameOf(url), wanted, found));
  }
}
