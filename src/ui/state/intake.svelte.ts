import { fetchAlbum } from '../album';
import { arrivalText, CheckpointSearch, kindOf, type FoundFile } from '../arrivals';
import { sentence } from '../failures';
import type { Schedule } from '../frames';
import { filesOfDirectory, filesOfInput, type GivenFile } from '../../storage/folder-handle';
import type { Indexing } from './indexing.svelte';
import type { Notices } from './notices.svelte';
import type { Opening } from './opening.svelte';
import type { Photos } from './photos.svelte';

/** How the files came: chosen one by one, or found in a folder, where other files are to be expected. */
export type Origin = 'chosen' | 'folder';

export interface IntakeParts {
  readonly photos: Pick<Photos, 'add' | 'skipFile'>;
  readonly indexing: Pick<Indexing, 'enqueue'>;
  readonly opening: Pick<Opening, 'open'>;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  readonly schedule: Schedule;
  /** Lets the person pick a folder; undefined when they did not. `id` names what for. */
  readonly pickFolder: (id: string) => Promise<FileSystemDirectoryHandle | undefined>;
}

/** After this many files the page gets a frame. */
const FILES_A_FRAME = 12;

/** Takes in what the person drops, picks or pastes. */
export class Intake {
  #reading = $state(0);
  #album = $state(false);
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Whether files are still being read. */
  get reading(): boolean {
    return this.#reading > 0;
  }

  /** Whether the sample album was added. */
  get hasAlbum(): boolean {
    return this.#album;
  }

  /**
   * Adds the pictures among `files`. A checkpoint among them is opened as a model; any other file is counted where it
   * came in a folder, and listed as skipped where it was chosen. Failures are reported. Resolves with the number of
   * pictures, known ones included.
   */
  async add(files: AsyncIterable<GivenFile> | Iterable<GivenFile>, origin: Origin): Promise<number> {
    const { opening, notices } = this.#parts;
    const checkpoint = new CheckpointSearch();
    this.#reading++;
    notices.say('Reading files');
    try {
      const counts = await this.#read(files, origin, checkpoint);
      const found = checkpoint.found() ?? (counts.added === 0 ? checkpoint.foundAlone() : undefined);
      if (!found) counts.others += checkpoint.files;
      const onlyModel = found !== undefined && counts.added === 0;
      notices.say(onlyModel ? '' : arrivalText(counts.added, counts.already, counts.others));
      if (found) void opening.open(found);
      return counts.added + counts.already;
    } catch (error) {
      notices.report('intake', error);
      return 0;
    } finally {
      this.#reading--;
    }
  }

  /** Adds the files of an `<input>` or a paste. */
  async addFiles(files: ArrayLike<File>, origin: Origin): Promise<void> {
    await this.add(filesOfInput(files), origin);
  }

  /** Lets the person pick a folder and adds its pictures. */
  async addFolder(): Promise<void> {
    await this.#picked('photos', (folder) => this.add(filesOfDirectory(folder), 'folder'));
  }

  /** Lets the person pick a folder and opens it as a checkpoint. */
  async addCheckpointFolder(): Promise<void> {
    await this.#picked('checkpoint', (folder) => this.#addCheckpoint(filesOfDirectory(folder), folder.name));
  }

  /** Opens the files of an `<input webkitdirectory>` as a checkpoint. */
  async addCheckpointFiles(files: ArrayLike<File>): Promise<void> {
    await this.#addCheckpoint(filesOfInput(files), 'Checkpoint');
  }

  /** Opens the checkpoint among `files` as a model called `name`; what is missing is reported by the models worker. */
  async #addCheckpoint(files: AsyncIterable<GivenFile> | Iterable<GivenFile>, name: string): Promise<void> {
    const checkpoint = new CheckpointSearch();
    for await (const given of files) {
      const kind = given.ok ? kindOf(given.file) : 'other';
      if (given.ok && kind !== 'other' && kind !== 'picture') checkpoint.take(given, kind);
    }
    await this.#parts.opening.open(checkpoint.found() ?? checkpoint.foundAlone() ?? { name });
  }

  async #picked(
    what: 'photos' | 'checkpoint',
    use: (folder: FileSystemDirectoryHandle) => Promise<unknown>,
  ): Promise<void> {
    try {
      const folder = await this.#parts.pickFolder(what);
      if (folder) await use(folder);
    } catch (error) {
      this.#parts.notices.report('intake', error);
    }
  }

  /** Adds the sample album. @param base address of its folder, ending in `/` */
  async addAlbum(base: string): Promise<void> {
    this.#parts.notices.clear('intake');
    if ((await this.add(fetchAlbum(base, fetch), 'folder')) > 0) this.#album = true;
  }

  async #read(
    files: AsyncIterable<GivenFile> | Iterable<GivenFile>,
    origin: Origin,
    checkpoint: CheckpointSearch,
  ): Promise<{ added: number; already: number; others: number }> {
    const { photos, indexing, schedule } = this.#parts;
    const counts = { added: 0, already: 0, others: 0 };
    let fresh: number[] = [];
    let read = 0;
    for await (const given of files) {
      if (!given.ok) photos.skipFile(given.path, sentence(given.message));
      else {
        const id = this.#sort(given, origin, checkpoint, counts);
        if (id !== undefined) fresh.push(id);
      }
      if (++read % FILES_A_FRAME === 0) {
        indexing.enqueue(fresh);
        fresh = [];
        await new Promise<void>(schedule);
      }
    }
    indexing.enqueue(fresh);
    return counts;
  }

  /** Puts one file where it belongs; the id of the photo it became. */
  #sort(
    found: FoundFile,
    origin: Origin,
    checkpoint: CheckpointSearch,
    counts: { added: number; already: number; others: number },
  ): number | undefined {
    const kind = kindOf(found.file);
    if (kind === 'picture') {
      const id = this.#parts.photos.add(found);
      if (id === undefined) counts.already++;
      else counts.added++;
      return id;
    }
    if (kind !== 'other') checkpoint.take(found, kind);
    else if (origin === 'folder' || found.path.includes('/')) counts.others++;
    else this.#parts.photos.skipFile(found.path, 'This file is not a picture.');
    return undefined;
  }
}
