import { grouped } from '../core/digits';
import { Failure } from '../core/failure';
import { xxh32 } from '../core/xxh32';
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

/** The parent of the model directories. */
const MODELS_NAME = 'models';

/** A kept model whose listed files are complete. */
export interface OpenedModel {
  readonly manifest: StoredManifest;
  /** False while the model is still being written: the files in its manifest are complete, others will follow. */
  readonly complete: boolean;
  /** One of the manifest's files. @throws ModelDamaged if it was removed or changed since */
  file(name: string): Promise<File>;
}

/** A directory with an unusable manifest: damaged, or of another version of the program. */
export interface UnreadableModel {
  readonly id: string;
  /** The problem, as a clause. */
  readonly reason: string;
}

/** The models kept on this device. */
// Why the manifest is written last: a tab may be closed, or the browser killed, at any byte. A directory is a model
// only if it has a manifest, which is written after every other byte is on disk, and removed first.
export interface ModelStore {
  /** Every model with a readable manifest. `open` checks the files. @throws StorageUnavailable */
  list(): Promise<StoredManifest[]>;
  /** Models that `list` omits. They take up space until removed or overwritten. @throws StorageUnavailable */
  unreadable(): Promise<UnreadableModel[]>;
  /**
   * Starts writing model `id`, after deleting any model stored under this id.
   * @throws StorageBusy while another tab is writing this model, StorageUnavailable, StorageFull
   */
  begin(id: string): Promise<ModelWriter>;
  /**
   * Opens a model after checking every file's length against the manifest, and the bytes of small ones. `staged` also accepts one still being
   * written, with the files staged so far.
   * @throws ModelUnknown if there is none, ModelDamaged with the reason if it cannot be used
   */
  open(id: string, staged?: 'staged'): Promise<OpenedModel>;
  /** @throws ModelUnknown if there is none, StorageBusy while another tab is writing it */
  remove(id: string): Promise<void>;
  /** A model's size on disk, including the manifest. @throws ModelUnknown, StorageUnavailable */
  bytes(id: string): Promise<number>;
}

/**
 * Opens the store of models under `root`, in `models/<id>/`. Deletes the leftovers of interrupted writers, but nothing
 * that another tab is writing.
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
      for (const file of manifest.files) await requireSum(directory, file, await wholeFile(directory, file));
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

/** Deletes every directory without a manifest, unless it is being written. */
async function sweep(models: FileSystemDirectoryHandle): Promise<void> {
  for (const directory of await directories(models)) {
    const release = await tryLock(lockName(directory.name));
    if (!release) continue;
    try {
      // Checked again under the lock: the writer may have finished meanwhile.
      if (!(await findFile(directory, MANIFEST_NAME))) await removeEntry(models, directory.name);
    } catch {
      // The next visit tries again.
    } finally {
      await release();
    }
  }
}

/** Deletes a model, manifest first. No-op if there is none. */
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

/** The directory's manifest in file `manifestName`; undefined if there is none. */
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

/** The staged manifest of a model that is being written; one left by a dead writer is ignored. */
async function readStaged(directory: FileSystemDirectoryHandle): Promise<ManifestReading | undefined> {
  const release = await tryLock(lockName(directory.name));
  if (!release) return read(directory, STAGED_NAME);
  await release();
  return undefined;
}

/** The file, if its length matches the manifest. */
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

/** @throws ModelDamaged if a file that has a sum is not as it was written */
async function requireSum(
  directory: FileSystemDirectoryHandle,
  { name, sum }: StoredFile,
  file: File,
): Promise<void> {
  if (sum === undefined || xxh32(new Uint8Array(await file.arrayBuffer())) === sum) return;
  const model = idOf(directory.name);
  throw new Failure('ModelDamaged', `The model ${model} is damaged: ${name} is not as it was kept`);
}

/** Takes the model's lock. @throws StorageBusy if another tab holds it */
async function lock(id: string): Promise<() => Promise<void>> {
  const release = await tryLock(lockName(directoryName(id)));
  if (release) return release;
  const message = `The model ${id} is being written, perhaps by another tab: wait until it has ended`;
  throw new Failure('StorageBusy', message);
}

function lockName(directory: string): string {
  return `clipscope/${MODELS_NAME}/${directory}`;
}

/** The directory name of model `id`: any text, encoded so that it is never "." or "..". */
function directoryName(id: string): string {
  return encodeURIComponent(id).replaceAll('.', '%2E');
}

/** The inverse of `directoryName`; other names are returned unchanged. */
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
