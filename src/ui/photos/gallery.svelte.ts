import type { LibraryApi } from '../../../workers/api';
import { Failure, failureName, type FailureName } from '../../core/failure';
import { once } from '../../core/tasks';
import { PACK_IDS, unpacked } from '../../library/photo-pack';
import type { Schedule } from '../kit/frames';
import { plural } from '../kit/words';
import { Folders } from './folders.svelte';
import { Libraries, type LibrariesParts } from './libraries.svelte';
import type { Notices } from '../kit/notices.svelte';
import { Originals } from './originals';
import type { OtherTabs } from './other-tabs';
import type { Photo } from './photo';
import { Photos } from './photos.svelte';
import { RemovedPhotos } from './removed-photos';
import { Thumbnails } from './thumbnails.svelte';
import type { Memory } from '../kit/memory';

/** Events for indexing. */
export interface PhotoEvents {
  /** These photos were added or restored: they may lack a row. */
  readonly onFresh: (ids: readonly number[]) => void;
  /** These photos were found again where they were: they can be read, if they lack a row. */
  readonly onSeen: (ids: readonly number[]) => void;
  /** Data derived from these photos is stale: they were removed, or their files changed. */
  readonly onStale: (ids: readonly number[]) => void;
  /** Photos were added or removed. */
  readonly onCount: () => void;
}

export interface GalleryParts extends PhotoEvents, Pick<LibrariesParts, 'memories' | 'reload'> {
  readonly library: LibraryApi;
  readonly notices: Pick<Notices, 'say' | 'report' | 'warn' | 'clear'>;
  readonly schedule: Schedule;
  readonly unhurried: Schedule;
  /** Where removed photos are remembered from visit to visit. */
  readonly memory: Memory | undefined;
  readonly otherTabs: OtherTabs;
  /** Ends every worker, for good. */
  readonly leave: () => void;
  /** Fetches a picture of the sample album by its file's name. */
  readonly albumPicture: (name: string) => Promise<File>;
  /** A folder was removed, with its photos or because it has become a part of another. */
  readonly onFolderGone: (folder: number) => void;
  /** The library was emptied and must be opened for the current model. */
  readonly onForgotten: () => void;
  /** Rescans a remembered folder. */
  readonly lookAgain: (folder: number, isQuiet?: boolean) => Promise<void>;
}

/** Photos fetched at a time: a pack, at least. */
const AT_ONCE = PACK_IDS;

/** The user's photos across visits: their folders, files and thumbnails, and their removal. */
export class Gallery {
  readonly libraries: Libraries;
  readonly photos: Photos;
  readonly folders: Folders;
  readonly originals: Originals;
  readonly thumbnails: Thumbnails;
  #restoring = $state(true);
  #unkept = $state<FailureName | undefined>(undefined);
  /** Number of photos whose records the browser lost. */
  #missing = 0;
  readonly #removed: RemovedPhotos;
  /** Photos whose removal is final, but not yet on disk. */
  #leaves: readonly Photo[] = [];
  /** Resolves when removed data is deleted from disk; with whether all of it was. */
  #left: Promise<boolean> = Promise.resolve(true);
  readonly #parts: GalleryParts;

  constructor(parts: GalleryParts) {
    const { library, notices, schedule, unhurried, albumPicture, memories, reload } = parts;
    this.#parts = parts;
    this.#removed = new RemovedPhotos(parts.memory);
    this.photos = new Photos({ schedule, unhurried, library });
    const keep = () => this.settle();
    this.libraries = new Libraries({ library, notices, memories, keep, reload });
    this.folders = new Folders({ library, notices, onMerge: (id) => parts.onFolderGone(id) });
    const { folders } = this;
    this.originals = new Originals({ folder: (id) => folders.get(id), albumPicture });
    const { originals } = this;
    this.thumbnails = new Thumbnails({ schedule, unhurried, library, originals });
  }

  /** Whether the photos of earlier visits are still being fetched. */
  get restoring(): boolean {
    return this.#restoring;
  }

  /** Why additions are lost when the page closes; undefined if they are stored. */
  get unkept(): FailureName | undefined {
    return this.#unkept;
  }

  /** Whether another tab has the library open: it can be used only there, or here instead. */
  get isElsewhere(): boolean {
    return this.#unkept === 'StorageBusy';
  }

  /** The open library's name, where it is stored and there are others to tell it from. */
  get libraryName(): string | undefined {
    const { list, current } = this.libraries;
    return list.length > 1 && !this.unkept ? current.name : undefined;
  }

  /** Fetches the photos of earlier visits, then rescans their folders. Failures are reported. */
  async restore(): Promise<void> {
    const { notices, lookAgain } = this.#parts;
    try {
      await this.fetched();
    } catch (error) {
      notices.report('library', error, { label: 'Try again', run: () => void this.restore() });
      return;
    }
    const before = this.photos.ids().length;
    for (const { id } of this.folders.list) await lookAgain(id, true);
    this.#tellOfMissing(this.#missing - (this.photos.ids().length - before));
  }

  /**
   * Resolves when the photos of earlier visits are loaded. No photo may be added before, since it could get the id of a
   * stored one. After a failure the next call tries again. @throws WorkerDied
   */
  readonly fetched = once(() => this.#fetch());

  async #fetch(): Promise<void> {
    const { library, notices, otherTabs, onFresh, onCount } = this.#parts;
    this.#restoring = true;
    this.#unkept = undefined;
    try {
      const id = await this.libraries.choose();
      otherTabs.listen(id, () => void this.#giveUp());
      const { folders, unkept, missing = 0 } = await library.restore(id);
      this.#missing = missing;
      await this.folders.restore(folders);
      await this.#fetchPhotos();
      if (!unkept) this.#removeAgain();
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

  /** In parts: a hundred thousand photos at once would block the page. */
  async #fetchPhotos(): Promise<void> {
    for (let first = 0; ;) {
      const photos = (await this.#parts.library.photosFrom(first, AT_ONCE)).flatMap(unpacked);
      const isLast = photos.length < AT_ONCE;
      // Only the first and last part: a new layout for every part would take longer than fetching.
      this.photos.restore(photos, first === 0 || isLast);
      if (isLast) return;
      first = photos.at(-1)!.id + 1;
    }
  }

  /** Opens the library here instead of in another tab; false if that tab does not give it up. */
  async takeOver(): Promise<boolean> {
    const isFree = await this.#parts.otherTabs.take(this.libraries.current.id);
    if (isFree) this.#parts.reload();
    return isFree;
  }

  /** A replacement library worker has no photos and no storage, for this reason: it is given all photos. */
  keepsNoMore(reason: FailureName): void {
    this.#keepsNothing(reason);
    this.photos.handOver();
  }

  /**
   * Requests access to a remembered folder, during a user's click, and rescans it.
   * @param onallowed called before that
   */
  async allow(folder: number, onallowed?: () => void): Promise<void> {
    if (!(await this.folders.allow(folder))) {
      this.#parts.notices.say(`The browser did not allow reading ${this.folders.get(folder)?.name}`);
      return;
    }
    onallowed?.();
    this.#parts.onFresh(this.photos.inFolder(folder).map(({ id }) => id));
    await this.#parts.lookAgain(folder);
  }

  /** Removes a folder and its photos from the library. Its files are not touched. */
  async removeFolder(folder: number): Promise<void> {
    this.#drop(this.photos.inFolder(folder).map(({ id }) => id));
    this.#parts.onFolderGone(folder);
    await this.folders.remove(folder);
  }

  /** Deletes all photos, folders and embeddings of the open library, here and on disk. */
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
      notices.say('The library is deleted from this browser. Your files are as they were');
    } catch (error) {
      notices.report('library', error);
    }
    onForgotten();
  }

  /** Removes photos; `undoRemoval` restores them until `keepRemoval` or the next removal. */
  remove(ids: readonly number[]): void {
    this.keepRemoval();
    this.photos.remove(ids);
    this.#remember();
    this.#parts.onCount();
    this.#parts.notices.say(`${plural(this.photos.removed.length, 'photo')} removed`);
  }

  undoRemoval(): void {
    const { notices, onFresh, onCount } = this.#parts;
    const back = this.photos.undo();
    this.#remember();
    onFresh(back);
    onCount();
    notices.say(`${plural(back.length, 'photo')} brought back`);
  }

  /**
   * Makes a removal final. Photos of a folder are hidden, so that rescanning does not restore them; an empty folder is
   * removed, and so are all other removed photos.
   */
  keepRemoval(): void {
    const gone = this.photos.settle();
    if (gone.length === 0) return;
    this.#leaves = [...this.#leaves, ...gone];
    const used = new Set(this.photos.ids().map((id) => this.photos.current(id)?.folder));
    const hidden = gone.filter(({ folder }) => this.#isKnownAgain(folder) && used.has(folder));
    this.photos.hide(hidden);
    this.#parts.onStale(hidden.map(({ id }) => id));
    const isHidden = new Set(hidden);
    this.forget(gone.filter((photo) => !isHidden.has(photo)).map(({ id }) => id));
    const emptied = new Set(gone.map(({ folder }) => folder).filter((folder) => !used.has(folder)));
    for (const folder of emptied) if (this.folders.get(folder)) this.#leaving(this.removeFolder(folder));
    void this.#forgetRemoved(gone);
  }

  /** Remembers what is removed but not yet on disk: else the next visit would bring it back. */
  #remember(): void {
    if (!this.unkept) this.#removed.set(this.libraries.current.id, [...this.#leaves, ...this.photos.removed]);
  }

  /** Whether a folder's files can be given again together, of which those removed must then stay out. */
  #isKnownAgain(folder: number): boolean {
    const kind = this.folders.get(folder)?.kind;
    return kind === 'directory' || kind === 'listed';
  }

  /** Once a removal is final on disk. */
  async #forgetRemoved(gone: readonly Photo[]): Promise<void> {
    const isHidden = await succeeds(this.photos.keep());
    // Else the next visit removes them.
    if (!isHidden || !(await this.#left)) return;
    this.#leaves = this.#leaves.filter((photo) => !gone.includes(photo));
    this.#remember();
  }

  /** Makes a removal final with which an earlier visit ended. */
  #removeAgain(): void {
    const ids = this.#removed.of(this.libraries.current.id, (id) => this.photos.current(id)?.path);
    this.photos.remove(ids);
    this.keepRemoval();
  }

  /** The files of these photos changed. */
  changed(ids: readonly number[]): void {
    this.thumbnails.drop(ids);
    this.#parts.onStale(ids);
  }

  /** Removes photos permanently. */
  forget(ids: readonly number[]): void {
    if (ids.length === 0) return;
    this.#drop(ids);
    this.#leaving(this.#parts.library.remove(ids));
  }

  /** Makes the last removal final and resolves when everything is on disk. */
  async settle(): Promise<void> {
    this.keepRemoval();
    await this.photos.keep();
    await this.#left;
  }

  #keepsNothing(reason: FailureName): void {
    this.#unkept = reason;
    // What is elsewhere takes the place of the whole page.
    if (!this.isElsewhere) this.#parts.notices.report('library', unkeptFailure(reason));
  }

  /** Another tab gets the library, once everything is on disk. */
  async #giveUp(): Promise<void> {
    if (this.isElsewhere) return;
    await succeeds(this.settle());
    this.#unkept = 'StorageBusy';
    this.#parts.leave();
  }

  /** @param missing after the folders were looked through, which finds again what is in them */
  #tellOfMissing(missing: number): void {
    if (missing <= 0) return;
    this.#parts.notices.warn('missing photos', {
      happened: `This browser has lost what it kept about ${plural(missing, 'photo')}. The files themselves are where they were.`,
      todo: 'Add the folders again that are not in “Your photos”, and the photos that were added without a folder.',
    });
  }

  #leaving(forgotten: Promise<void>): void {
    // A library worker that died has lost them already.
    this.#left = Promise.all([this.#left, succeeds(forgotten)]).then((all) => all.every(Boolean));
  }

  #drop(ids: readonly number[]): void {
    this.photos.forget(ids);
    this.thumbnails.drop(ids);
    this.originals.forget(ids);
    this.#parts.onStale(ids);
    this.#parts.onCount();
  }
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

function unkeptFailure(name: FailureName): Failure {
  return new Failure(name, 'This browser keeps nothing for this page: photos last only as long as this tab');
}
