import type { PhotoKey } from '../../src/core/photo-key';
import { slices, type Follower } from '../../src/core/slices';
import { CsvRowsWriter } from '../../src/exchange/csv-writer';
import { ParquetRowsWriter } from '../../src/exchange/parquet-writer';
import { partitionNames, PartitionWriter } from '../../src/exchange/partition-writer';
import {
  PATH_COLUMN,
  type Cell,
  type Column,
  type RowsWithCells,
  type RowsWriter,
} from '../../src/exchange/rows';
import type { Sink } from '../../src/exchange/sink';
import { namesOf, type PhotoLabels } from '../../src/library/photo-labels';
import type { PhotoLibrary } from '../../src/library/photo-library';
import { unpacked } from '../../src/library/photo-pack';
import type { PhotoRecord } from '../../src/library/records';
import { entriesOf, makeDirectory, removeEntry } from '../../src/storage/directory';
import { createFile, type FileWriter } from '../../src/storage/opfs-file';
import type { SavedFile } from '../models-api';
import { BlobSink } from './blob-sink';
import type { EmbeddingExport, ExportedEmbeddings } from './embedding-export';

/** Rows a partition holds at most, as clip-retrieval has it. */
const PARTITION_ROWS = 1_000_000;

/** Rows that are read and written at once. */
const AT_ONCE = 512;

const EMBEDDING = 'embedding';

/** What is written of a photo besides its embedding. */
const COLUMNS: readonly (Column & {
  readonly cell: (photo: PhotoRecord, labels: PhotoLabels | undefined) => Cell;
})[] = [
  { ...PATH_COLUMN, cell: ({ path }) => path },
  { name: 'content_key', type: 'text', cell: ({ key }) => key },
  { name: 'width', type: 'whole', cell: ({ width }) => width },
  { name: 'height', type: 'whole', cell: ({ height }) => height },
  { name: 'bytes', type: 'whole', cell: ({ bytes }) => bytes },
  { name: 'modified', type: 'time', cell: ({ modified }) => modified },
  // By the camera's own clock, so without a zone.
  {
    name: 'taken',
    type: 'text',
    cell: ({ taken }) => (taken === undefined ? undefined : new Date(taken).toISOString().slice(0, 19)),
  },
  { name: 'camera', type: 'text', cell: ({ camera }) => camera },
  {
    name: 'labels',
    type: 'text',
    cell: ({ keywords }, labels) => namesOf(labels, keywords).join(', ') || undefined,
  },
  { name: 'latitude', type: 'number', cell: ({ place }) => place?.latitude },
  { name: 'longitude', type: 'number', cell: ({ place }) => place?.longitude },
];

/** Photos with their rows, and labels by content. */
export interface ExportSource extends Pick<PhotoLibrary, 'packsFrom' | 'row'> {
  readonly labels: ReadonlyMap<PhotoKey, PhotoLabels>;
}

/** `LibraryApi.exportEmbeddings`. Searches are answered meanwhile. @throws Cancelled once `signal` is aborted */
export async function exportEmbeddings(
  source: ExportSource,
  request: EmbeddingExport,
  follower: Follower,
): Promise<ExportedEmbeddings> {
  const { model, folder } = request;
  const place = folder ? await newFolder(folder, folderName(model)) : undefined;
  const files = place ? pickedFiles(place) : blobFiles();
  try {
    const count = await writeAll(source, request, files, follower);
    return { count, ...(place && { folder: place.name }), files: await files.close() };
  } catch (error) {
    await files.abort();
    // No part of an export is left among the user's own files.
    if (folder && place) await removeEntry(folder, place.name).catch(() => undefined);
    throw error;
  }
}

/** Writes the rows of the photos that are still there, and returns their number. */
async function writeAll(
  source: ExportSource,
  request: EmbeddingExport,
  files: Files,
  follower: Follower,
): Promise<number> {
  const total = request.ids.length;
  const partitionRows = request.layout === 'clip-retrieval' ? PARTITION_ROWS : total;
  const partitions = Math.ceil(total / partitionRows);
  let [count, partition] = [0, 0];
  let writer: RowsWriter | undefined;
  for await (const rows of rowsOf(source, request, follower)) {
    writer ??= await openWriter(request, rows.dim, files, partition, partitions);
    await writer.add(rows);
    count += rows.count;
    if (count < (partition + 1) * partitionRows) continue;
    await writer.finish();
    writer = undefined;
    partition++;
  }
  await writer?.finish();
  return count;
}

/** The rows of the photos, by ascending id, `AT_ONCE` or fewer at a time. */
async function* rowsOf(
  source: ExportSource,
  { model, ids }: EmbeddingExport,
  follower: Follower,
): AsyncGenerator<RowsWithCells> {
  const wanted = new Set(ids);
  const pause = slices(follower, 'The export was stopped');
  let [first, done] = [0, 0];
  let photos: PhotoRecord[];
  while ((photos = source.packsFrom(first, AT_ONCE).flatMap(unpacked)).length > 0) {
    first = photos.at(-1)!.id + 1;
    const chosen = photos.filter(({ id }) => wanted.has(id));
    for (let at = 0; at < chosen.length; at += AT_ONCE) {
      await pause(done, ids.length);
      const found = chosen.slice(at, at + AT_ONCE).flatMap((photo) => {
        const row = source.row(model, photo.id);
        return row ? [{ row, photo }] : [];
      });
      done += Math.min(AT_ONCE, chosen.length - at);
      if (found.length > 0) yield joined(found, source.labels);
    }
  }
}

function joined(
  found: readonly { readonly row: Float32Array; readonly photo: PhotoRecord }[],
  labels: ExportSource['labels'],
): RowsWithCells {
  const dim = found[0]!.row.length;
  const data = new Float32Array(found.length * dim);
  for (const [at, { row }] of found.entries()) data.set(row, at * dim);
  const cells = found.map(({ photo }) => COLUMNS.map(({ cell }) => cell(photo, labels.get(photo.key ?? ''))));
  return { count: found.length, dim, data, cells };
}

async function openWriter(
  { layout, model, precision, preprocess }: EmbeddingExport,
  dim: number,
  files: Files,
  partition: number,
  partitions: number,
): Promise<RowsWriter> {
  const made = { model, dim, precision, preprocess };
  if (layout === 'parquet')
    return new ParquetRowsWriter(await files.open('embeddings.parquet'), COLUMNS, made, EMBEDDING);
  if (layout === 'csv') return new CsvRowsWriter(await files.open('embeddings.csv'), COLUMNS, dim, EMBEDDING);
  const names = partitionNames(partition, partitions);
  const sinks = {
    embeddings: await files.open(names.embeddings),
    metadata: await files.open(names.metadata),
  };
  return new PartitionWriter(sinks, COLUMNS, made);
}

/** Files that are being written. */
interface Files {
  open(path: string): Promise<Sink>;
  /** Completes them; those that are not on disk are returned. */
  close(): Promise<SavedFile[]>;
  /** Gives them up. */
  abort(): Promise<void>;
}

function pickedFiles(folder: FileSystemDirectoryHandle): Files {
  const writers: FileWriter[] = [];
  return {
    async open(path) {
      const steps = path.split('/');
      const directory = await makeDirectory(folder, ...steps.slice(0, -1));
      const writer = await createFile(directory, steps.at(-1)!, 'picked');
      writers.push(writer);
      return writer;
    },
    async close() {
      for (const writer of writers) await writer.close();
      return [];
    },
    async abort() {
      for (const writer of writers) await writer.abort();
    },
  };
}

function blobFiles(): Files {
  const sinks = new Map<string, BlobSink>();
  return {
    async open(path) {
      const sink = new BlobSink();
      sinks.set(path, sink);
      return sink;
    },
    close: async () => Array.from(sinks, ([name, { file }]) => ({ name, file })),
    abort: async () => sinks.clear(),
  };
}

/** What a system may refuse in a name is `-`. */
function folderName(model: string): string {
  return `embeddings ${model}`.replace(/[^\p{L}\p{N} _.,-]+/gu, '-');
}

/** Makes the folder `name`, or "name (2)" and so on if there is one. @throws StorageUnavailable */
async function newFolder(
  parent: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemDirectoryHandle> {
  const taken = new Set((await entriesOf(parent)).map((entry) => entry.name));
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name} (${number})`;
  return makeDirectory(parent, free);
}
