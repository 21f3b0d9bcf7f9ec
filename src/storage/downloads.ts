import { Failure } from '../core/failure';
import { entriesOf, findFile, makeDirectory, removeEntry } from './directory';
import { tryLock } from './lock';
import { writeFile } from './opfs-file';
import { arrivedBytes, LOG_NAME, openPartialFile, type PartialFile } from './partial-file';

/** The directory that holds a directory for each download. */
const DOWNLOADS_NAME = 'downloads';

/** What the owner of a download needs to go on with it. */
const RECORD_NAME = 'record.json';

const FILE_NAME = 'weights.part';

/** A download that was begun and has not ended. */
export interface UnfinishedDownload {
  readonly id: string;
  /** As it came out of JSON: to be checked by whoever reads it. */
  readonly record: unknown;
  /** Bytes of the file that are kept. */
  readonly arrived: number;
}

/** A download that nobody else can write until it is closed or removed. */
export interface OpenDownload {
  /** What was saved last; undefined for a new one. */
  readonly record: unknown;
  /** Whole or not at all; the file begins anew. @throws StorageFull, StorageUnavailable */
  save(record: unknown): Promise<void>;
  /** The file that is downloaded, with what has arrived of it. @throws StorageFull, StorageUnavailable */
  file(byteLength: number): Promise<PartialFile>;
  /** Keeps all that is there for the next visit. */
  close(): Promise<void>;
  /** Deletes all that is there. @throws StorageUnavailable */
  remove(): Promise<void>;
}

/** What is being downloaded to this device, each with the bytes that have arrived. */
export interface DownloadStore {
  /** Those that nobody has open, in this tab or another. @throws StorageUnavailable */
  list(): Promise<UnfinishedDownload[]>;
  /** Opens download `id`, a new one where there is none. @throws StorageBusy while another tab has it open */
  open(id: string): Promise<OpenDownload>;
  /** Deletes download `id`, if there is one. @throws StorageBusy while another tab has it open, StorageUnavailable */
  remove(id: string): Promise<void>;
}

/**
 * The downloads kept below `root`, in `downloads/<id>/`.
 * @param pause waited for before a download that is busy is tried again
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
          // Bytes that came under another record are another file's. The log first: it must tell of none that are gone.
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
          // Without a record nothing could be made of it.
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

/** `list` holds a download's lock while it reads: that is over before a person notices. */
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

/** The id of a directory; a name that was not made of one is returned as it is. */
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

/** Written in place: a record cut short is no JSON, and then the download begins anew. */
async function saveRecord(directory: FileSystemDirectoryHandle, record: unknown): Promise<void> {
  await writeFile(directory, RECORD_NAME, [new TextEncoder().encode(JSON.stringify(record))]);
}
