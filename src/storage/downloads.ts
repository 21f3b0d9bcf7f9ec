import { Failure } from '../core/failure';
import { entriesOf, findFile, makeDirectory, removeEntry } from './directory';
import { tryLock } from './lock';
import { writeFile } from './opfs-file';
import { arrivedBytes, LOG_NAME, openPartialFile, type PartialFile } from './partial-file';

/** The parent of the download directories. */
const DOWNLOADS_NAME = 'downloads';

/** The file with the owner's data for resuming a download. */
const RECORD_NAME = 'record.json';

const FILE_NAME = 'weights.part';

/** A download that was started but not finished. */
export interface UnfinishedDownload {
  readonly id: string;
  /** Parsed JSON; the reader must validate it. */
  readonly record: unknown;
  /** Bytes received. */
  readonly arrived: number;
}

/** A download, locked until it is closed or removed. */
export interface OpenDownload {
  /** The last saved record; undefined for a new download. */
  readonly record: unknown;
  /** Saves atomically and restarts the file. @throws StorageFull, StorageUnavailable */
  save(record: unknown): Promise<void>;
  /** The downloaded file, with the bytes received so far. @throws StorageFull, StorageUnavailable */
  file(byteLength: number): Promise<PartialFile>;
  /** Closes it, keeping everything for the next visit. */
  close(): Promise<void>;
  /** Deletes it. @throws StorageUnavailable */
  remove(): Promise<void>;
}

/** The store of unfinished downloads. */
export interface DownloadStore {
  /** Downloads not open in this or another tab. @throws StorageUnavailable */
  list(): Promise<UnfinishedDownload[]>;
  /** Opens download `id`, creating it if missing. @throws StorageBusy while another tab has it open */
  open(id: string): Promise<OpenDownload>;
  /** Deletes download `id`, if there is one. @throws StorageBusy while another tab has it open, StorageUnavailable */
  remove(id: string): Promise<void>;
}

/**
 * Opens the store of downloads under `root`, in `downloads/<id>/`.
 * @param pause awaited before retrying a busy download
 * @throws StorageFull, StorageUnavailable
 */
export async function openDownloads(
  root: FileSystemDirectoryHandle,
  pause: () => Promise<void> = () => new Promise((resolve) => setTimeout(resolve, 50)),
): Promise<DownloadStore> {
  const downloads = await makeDirectory(root, DOWNLOADS_NAME);

  async function open(id: string): Promise<OpenDownload> {
    const name = encodeURIComponent(id).replaceAll('.', '%2E');
    const release = await patiently(() => tryLock(lockName(name)), pause);
    if (!release) {
      throw new Failure('StorageBusy', 'Another tab is downloading this model.');
    }
    let file: PartialFile | undefined;
    let isSaved = false;
    try {
      const directory = await makeDirectory(downloads, name);
      const record = await readRecord(directory);
      isSaved = record !== undefined;
      return {
        record,
        async save(given) {
          // Bytes saved with another record belong to another file. The log first: it must not list deleted bytes.
          for (const old of [LOG_NAME, FILE_NAME]) await removeEntry(directory, old);
          await saveRecord(directory, given);
          isSaved = true;
        },
        async file(byteLength) {
          file = await openPartialFile(directory, FILE_NAME, byteLength);
          return file;
        },
        async close() {
          file?.close();
          // Without a record it could not be resumed.
          if (!isSaved) await removeEntry(downloads, name).catch(() => undefined);
          await release();
        },
        async remove() {
          file?.close();
          try {
            await removeEntry(downloads, name);
          } finally {
            await release();
          }
        },
      };
    } catch (error) {
      await release();
      throw error;
    }
  }

  return {
    async list() {
      const found: UnfinishedDownload[] = [];
      for (const directory of await entriesOf(downloads)) {
        const release = directory.kind === 'directory' ? await tryLock(lockName(directory.name)) : undefined;
        if (directory.kind !== 'directory' || !release) continue;
        try {
          const record = await readRecord(directory);
          if (record === undefined) continue;
          const log = await findFile(directory, LOG_NAME).then((file) => file?.text());
          found.push({ id: idOf(directory.name), record, arrived: arrivedBytes(log ?? '') });
        } finally {
          await release();
        }
      }
      return found;
    },
    open,
    async remove(id) {
      await (await open(id)).remove();
    },
  };
}

/** Retries, since `list` holds each download's lock for the short time it reads. */
async function patiently<T>(
  attempt: () => Promise<T | undefined>,
  pause: () => Promise<void>,
): Promise<T | undefined> {
  for (let tries = 0; tries < 5; tries++) {
    const result = await attempt();
    if (result !== undefined) return result;
    await pause();
  }
  return undefined;
}

function lockName(directory: string): string {
  return `clipscope/${DOWNLOADS_NAME}/${directory}`;
}

/** The id of a directory; a name that is not an encoded id is returned unchanged. */
function idOf(directory: string): string {
  try {
    return decodeURIComponent(directory);
  } catch {
    return directory;
  }
}

async function readRecord(directory: FileSystemDirectoryHandle): Promise<unknown> {
  const file = await findFile(directory, RECORD_NAME);
  try {
    return file && (JSON.parse(await file.text()) as unknown);
  } catch {
    return undefined;
  }
}

/** Written in place: a truncated record is not valid JSON, so the download starts over. */
async function saveRecord(directory: FileSystemDirectoryHandle, record: unknown): Promise<void> {
  await writeFile(directory, RECORD_NAME, [new TextEncoder().encode(JSON.stringify(record))]);
}
