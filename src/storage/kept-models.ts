import { grouped } from '../core/digits';
import { Failure } from '../core/failure';
import { entriesOf, findDirectory, findFile, makeDirectory, removeEntry } from './directory';
import { tryLock } from './lock';
import {
  MANIFEST_NAME,
  parseManifest,
  STAGED_NAME,
  type ManifestReading,
  type StoredFile,
  type StoredManifest,
} from './manifest';
import { createModelWriter, type ModelWriter } from './model-writer';
import { storageFailure } from './storage-failure';

/** The directory that holds a directory for each model. */
const MODELS_NAME = 'models';

/** A kept model whose files are all there in full. */
export interface OpenedModel {
  readonly manifest: StoredManifest;
  /** False for a model that is still being written: what its manifest names is there in full, the rest is to come. */
  readonly complete: boolean;
  /** One of the manifest's files. @throws ModelDamaged when it has gone or changed since */
  file(name: string): Promise<File>;
}

/** A directory with a manifest that cannot be used: damaged, or of another version of the program. */
export interface UnreadableModel {
  readonly id: string;
  /** A clause with what is wrong. */
  readonly reason: string;
}

/** The models kept on this device. */
// Why the manifest comes last: a tab may be closed, or the browser killed, at any byte. A directory is a model only
// once it holds a manifest, which is written when every other byte is on disk, and removed before any of them.
export interface ModelStore {
  /** Every model with a manifest that can be read. Files are checked by `open`. @throws StorageUnavailable */
  list(): Promise<StoredManifest[]>;
  /** What `list` leaves out. It takes room until it is removed or written anew. @throws StorageUnavailable */
  unreadable(): Promise<UnreadableModel[]>;
  /**
   * Begins to write model `id`. One that is kept under this id is removed first.
   * @throws StorageBusy while another tab is writing this model, StorageUnavailable, StorageFull
   */
  begin(id: string): Promise<ModelWriter>;
  /**
   * Checks the length of every file against the manifest. `staged` also takes one that is still being written, as far
   * as it has been staged.
   * @throws ModelUnknown when there is none, ModelDamaged with the reason when it cannot be used
   */
  open(id: string, staged?: 'staged'): Promise<OpenedModel>;
  /** @throws ModelUnknown when there is none, StorageBusy while another tab is writing it */
  remove(id: string): Promise<void>;
  /** What a model takes on disk, manifest included. @throws ModelUnknown, StorageUnavailable */
  bytes(id: string): Promise<number>;
}

/**
 * The models kept below `root`, in `models/<id>/`. Clears away what interrupted writers have left, but nothing that
 * another tab is writing just now.
 * @throws StorageFull, StorageUnavailable
 */
export async function openModelStore(root: FileSystemDirectoryHandle): Promise<ModelStore> {
  const models = await makeDirectory(root, MODELS_NAME);
  await sweep(models);

  async function find(id: string): Promise<FileSystemDirectoryHandle> {
    const directory = await findDirectory(models, directoryName(id));
    if (!directory) throw new Failure('ModelUnknown', `No model ${id} is kept on this device`);
    return directory;
  }

  return {
    async list() {
      const readings = await readAll(models);
      return readings.flatMap(({ reading }) => (reading.ok ? [reading.manifest] : []));
    },

    async unreadable() {
      const readings = await readAll(models);
      return readings.flatMap(({ id, reading }) => (reading.ok ? [] : [{ id, reason: reading.reason }]));
    },

    async begin(id) {
      const release = await lock(id);
      try {
        await erase(models, directoryName(id));
        const directory = await makeDirectory(models, directoryName(id));
        return createModelWriter({ directory, parent: models, id, release });
      } catch (error) {
        await release();
        throw error;
      }
    },

    async open(id, staged) {
      const directory = await find(id);
      const finished = await read(directory, MANIFEST_NAME);
      const reading = finished ?? (staged && (await readStaged(directory)));
      if (!reading) throw new Failure('ModelUnknown', `The model ${id} was never written to its end`);
      if (!reading.ok) throw new Failure('ModelDamaged', `The model ${id} cannot be used: ${reading.reason}`);
      const { manifest } = reading;
      for (const file of manifest.files) await wholeFile(directory, file);
      return {
        manifest,
        complete: finished !== undefined,
        async file(name) {
          const file = manifest.files.find((one) => one.name === name);
          if (!file) throw new Failure('ModelDamaged', `The model ${id} has no file ${name}`);
          return wholeFile(directory, file);
        },
      };
    },

    async remove(id) {
      const release = await lock(id);
      try {
        await find(id);
        await erase(models, directoryName(id));
      } finally {
        await release();
      }
    },

    async bytes(id) {
      let total = 0;
      const directory = await find(id);
      for (const { name, kind } of await entriesOf(directory)) {
        if (kind === 'file') total += (await findFile(directory, name))?.size ?? 0;
      }
      return total;
    },
  };
}

/** Removes every directory without a manifest that nobody is writing. */
async function sweep(models: FileSystemDirectoryHandle): Promise<void> {
  for (const directory of await directories(models)) {
    const release = await tryLock(lockName(directory.name));
    if (!release) continue;
    try {
      // Looked up under the lock: the writer may have ended meanwhile.
      if (!(await findFile(directory, MANIFEST_NAME))) await removeEntry(models, directory.name);
    } catch {
      // What cannot be cleared away now is tried again the next time.
    } finally {
      await release();
    }
  }
}

/** Removes a model, manifest first. Nothing happens where there is none. */
async function erase(models: FileSystemDirectoryHandle, name: string): Promise<void> {
  const directory = await findDirectory(models, name);
  if (!directory) return;
  await removeEntry(directory, MANIFEST_NAME);
  await removeEntry(models, name);
}

/** The manifests of all directories that have one. */
async function readAll(
  models: FileSystemDirectoryHandle,
): Promise<{ id: string; reading: ManifestReading }[]> {
  const readings = [];
  for (const directory of await directories(models)) {
    const reading = await read(directory, MANIFEST_NAME);
    if (reading) readings.push({ id: idOf(directory.name), reading });
  }
  return readings;
}

/** The directory's manifest under the name `manifestName`; undefined where there is none. */
async function read(
  directory: FileSystemDirectoryHandle,
  manifestName: string,
): Promise<ManifestReading | undefined> {
  const file = await findFile(directory, manifestName);
  if (!file) return undefined;
  let text: string;
  try {
    text = await file.text();
  } catch (error) {
    throw await storageFailure(error, `Reading ${manifestName}`);
  }
  const reading = parseManifest(text);
  if (reading.ok && directoryName(reading.manifest.id) !== directory.name) {
    return { ok: false, reason: `the manifest belongs to the model ${reading.manifest.id}` };
  }
  return reading;
}

/** The staged manifest of a model whose writer is at work; one that a dead writer left behind makes nothing. */
async function readStaged(directory: FileSystemDirectoryHandle): Promise<ManifestReading | undefined> {
  const release = await tryLock(lockName(directory.name));
  if (!release) return read(directory, STAGED_NAME);
  await release();
  return undefined;
}

/** The file, when it is as long as the manifest says. */
async function wholeFile(directory: FileSystemDirectoryHandle, { name, bytes }: StoredFile): Promise<File> {
  const file = await findFile(directory, name);
  if (file?.size === bytes) return file;
  const found = file ? `has ${grouped(file.size)}` : 'is missing';
  const model = idOf(directory.name);
  throw new Failure(
    'ModelDamaged',
    `The model ${model} is damaged: ${name} should have ${grouped(bytes)} bytes and ${found}`,
  );
}

/** Takes the model's lock. @throws StorageBusy when another tab holds it */
async function lock(id: string): Promise<() => Promise<void>> {
  const release = await tryLock(lockName(directoryName(id)));
  if (release) return release;
  const message = `The model ${id} is being written, perhaps by another tab: wait until it has ended`;
  throw new Failure('StorageBusy', message);
}

function lockName(directory: string): string {
  return `clipscope/${MODELS_NAME}/${directory}`;
}

/** The directory of model `id`: any text as one name that is neither "." nor "..". */
function directoryName(id: string): string {
  return encodeURIComponent(id).replaceAll('.', '%2E');
}

/** The reverse of `directoryName`; a name that it did not make is returned as it is. */
function idOf(directory: string): string {
  try {
    return decodeURIComponent(directory);
  } catch {
    return directory;
  }
}

async function directories(parent: FileSystemDirectoryHandle): Promise<FileSystemDirectoryHandle[]> {
  return (await entriesOf(parent)).filter((entry) => entry.kind === 'directory');
}
