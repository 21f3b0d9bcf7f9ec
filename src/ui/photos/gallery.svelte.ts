import type { LibraryApi } from '../../../workers/api';
import { Failure, failureName, type FailureName } from '../../core/failure';
import { once } from '../../core/tasks';
import type { Schedule } from '../kit/frames';
import { plural } from '../kit/words';
import { Folders } from './folders.svelte';
import { Libraries, type LibrariesParts } from './libraries.svelte';
import type { Notices } from '../kit/notices.svelte';
import { Originals } from './originals';
import { Photos } from './photos.svelte';
import { Thumbnails } from './thumbnails.svelte';

/** What whoever gives photos their rows is told. */
export interface PhotoEvents {
  /** These photos are here, new or again: they may be without a row. */
  readonly onFresh: (ids: readonly number[]) => void;
  /** What was made of these photos is of no use: they are gone, or their files are others now. */
  readonly onStale: (ids: readonly number[]) => void;
  /** Photos came or went. */
  readonly onCount: () => void;
}

export interface GalleryParts extends PhotoEvents, Pick<LibrariesParts, 'memories' | 'reload'> {
  readonly library: LibraryApi;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  readonly schedule: Schedule;
  /** Fetches a picture of the sample album by its file's name. */
  readonly albumPicture: (name: string) => Promise<File>;
  /** A folder and its photos are taken off the page. */
  readonly onFolderGone: (folder: number) => void;
  /** The library begins anew: it is to be opened for the current model. */
  readonly onForgotten: () => void;
  /** Reads a remembered folder again. */
  readonly lookAgain: (folder: number) => Promise<void>;
}

/** Photos that are fetched in one piece. */
const AT_ONCE = 5000;

/** The person's photos from visit to visit: where they lie, what they look like, and what happens when they go. */
export class Gallery {
  readonly libraries: Libraries;
  readonly photos: Photos;
  readonly folders: Folders;
  readonly originals: Originals;
  readonly thumbnails: Thumbnails;
  #restoring = $state(true);
  #unkept = $state<FailureName | undefined>(undefined);
  /** Resolves when what was forgotten is gone from the disk. */
  #left: Promise<unknown> = Promise.resolve();
  readonly #parts: GalleryParts;

  constructor(parts: GalleryParts) {
    const { library, notices, schedule, albumPicture, memories, reload } = parts;
    this.#parts = parts;
    this.photos = new Photos({ schedule, library });
    const keep = () => this.settle();
    this.libraries = new Libraries({ library, notices, memories, keep, reload });
    this.folders = new Folders({ library, notices });
    const { folders } = this;
    this.originals = new Originals({ folder: (id) => folders.get(id), albumPicture });
    const { originals } = this;
    this.thumbnails = new Thumbnails({ library, originals });
  }

  /** Whether the photos of earlier visits are still being fetched. */
  get restoring(): boolean {
    return this.#restoring;
  }

  /** Why nothing that is added outlasts the page; undefined where it does. */
  get unkept(): FailureName | undefined {
    return this.#unkept;
  }

  /** Fetches the photos of earlier visits, then looks what has become of their folders. Failures are reported. */
  async restore(): Promise<void> {
    const { notices, lookAgain } = this.#parts;
    try {
      await this.fetched();
    } catch (error) {
      notices.report('library', error, { label: 'Try again', run: () => void this.restore() });
      return;
    }
    for (const { id } of this.folders.list) await lookAgain(id);
  }

  /**
   * Resolves when the photos of earlier visits are here. None may be added before: a new one could be given the number
   * of one that is kept. Where that failed it is tried again by the next call. @throws WorkerDied
   */
  readonly fetched = once(() => this.#fetch());

  async #fetch(): Promise<void> {
    const { library, notices, onFresh, onCount } = this.#parts;
    this.#restoring = true;
    this.#unkept = undefined;
    try {
      const { folders, unkept } = await library.restore(await this.libraries.choose());
      await this.folders.restore(folders);
      await this.#fetchPhotos();
      notices.clear('library');
      onCount();
      onFresh(this.photos.ids());
      if (this.libraries.list.length > 1) notices.say(`${this.libraries.current.name} is open`);
      if (unkept) this.#keepsNothing(unkept);
    } catch (error) {
      this.#unkept = failureName(error) ?? 'StorageUnavailable';
      throw error;
    } finally {
      this.#restoring = false;
    }
  }

  /** A part at a time: a hundred thousand photos at once would keep the page from anything else. */
  async #fetchPhotos(): Promise<void> {
    for (let first = 0; ; first += AT_ONCE) {
      const photos = await this.#parts.library.photosFrom(first, AT_ONCE);
      const isLast = photos.length < AT_ONCE;
      // Not the ones between: to lay all of them out anew with every part would take longer than fetching them.
      this.photos.restore(photos, first === 0 || isLast);
      if (isLast) return;
    }
  }

  /** A new library worker knows no photo and keeps nothing, for this reason: it is told of all photos. */
  keepsNoMore(reason: FailureName): void {
    this.#keepsNothing(reason);
    this.photos.handOver();
  }

  /** Lets a remembered folder be read, in the person's click, and looks what has become of it. */
  async allow(folder: number): Promise<void> {
    if (!(await this.folders.allow(folder))) return;
    this.#parts.onFresh(this.photos.inFolder(folder).map(({ id }) => id));
    await this.#parts.lookAgain(folder);
  }

  /** Takes a folder and its photos off the page and forgets them. Its files are not touched. */
  async removeFolder(folder: number): Promise<void> {
    this.#drop(this.photos.inFolder(folder).map(({ id }) => id));
    this.#parts.onFolderGone(folder);
    await this.folders.remove(folder);
  }

  /** Forgets all photos, folders and embeddings of the open library, here and on the disk. */
  async forgetLibrary(): Promise<void> {
    const { library, notices, onForgotten } = this.#parts;
    this.keepRemoval();
    this.#drop(this.photos.ids());
    this.photos.clear();
    this.folders.clear();
    try {
      await library.forget();
      if (!this.libraries.isFirst) {
        this.libraries.leave();
        return;
      }
      notices.say('Everything that was kept of these photos is forgotten');
    } catch (error) {
      notices.report('library', error);
    }
    onForgotten();
  }

  /** Takes photos out; `undoRemoval` brings them back until `keepRemoval` or the next removal. */
  remove(ids: readonly number[]): void {
    this.keepRemoval();
    this.photos.remove(ids);
    this.#parts.onCount();
    this.#parts.notices.say(`${plural(this.photos.removed.length, 'photo')} removed`);
  }

  undoRemoval(): void {
    const { notices, onFresh, onCount } = this.#parts;
    const back = this.photos.undo();
    onFresh(back);
    onCount();
    notices.say(`${plural(back.length, 'photo')} brought back`);
  }

  /**
   * Makes a removal final. Reading a folder again does not bring its photos back; a folder none of whose photos is
   * left is forgotten, and so is every other photo.
   */
  keepRemoval(): void {
    const gone = this.photos.settle();
    if (gone.length === 0) return;
    const used = new Set(this.photos.ids().map((id) => this.photos.current(id)?.folder));
    const hidden = gone.filter(
      ({ folder }) => this.folders.get(folder)?.kind === 'directory' && used.has(folder),
    );
    this.photos.hide(hidden);
    this.#parts.onStale(hidden.map(({ id }) => id));
    const isHidden = new Set(hidden);
    this.forget(gone.filter((photo) => !isHidden.has(photo)).map(({ id }) => id));
    const emptied = new Set(gone.map(({ folder }) => folder).filter((folder) => !used.has(folder)));
    for (const folder of emptied) if (this.folders.get(folder)) this.#leaving(this.removeFolder(folder));
  }

  /** The files of these photos are others now. */
  changed(ids: readonly number[]): void {
    this.thumbnails.drop(ids);
    this.#parts.onStale(ids);
  }

  /** Forgets photos for good. */
  forget(ids: readonly number[]): void {
    if (ids.length === 0) return;
    this.#drop(ids);
    this.#leaving(this.#parts.library.remove(ids));
  }

  /** Makes the last removal final and resolves when all of it is on the disk. */
  async settle(): Promise<void> {
    this.keepRemoval();
    await this.photos.keep();
    await this.#left;
  }

  #keepsNothing(reason: FailureName): void {
    this.#unkept = reason;
    this.#parts.notices.report('library', unkeptFailure(reason));
  }

  #leaving(forgotten: Promise<void>): void {
    // A library that died has forgotten them already.
    this.#left = Promise.all([this.#left, forgotten.catch(() => undefined)]);
  }

  #drop(ids: readonly number[]): void {
    this.photos.forget(ids);
    this.thumbnails.drop(ids);
    this.originals.forget(ids);
    this.#parts.onStale(ids);
    this.#parts.onCount();
  }
}

function unkeptFailure(name: FailureName): Failure {
  const why =
    name === 'StorageBusy'
      ? 'Another tab has your photos open: what is added here lasts only as long as this tab'
      : 'This browser keeps nothing for this page: photos last only as long as this tab';
  return new Failure(name, why);
}
