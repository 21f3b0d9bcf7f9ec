import type { LibraryApi } from '../../../workers/api';
import { Failure, type FailureName } from '../../core/failure';
import { once } from '../../core/tasks';
import type { Schedule } from '../frames';
import { plural } from '../words';
import { Folders } from './folders.svelte';
import type { Indexing } from './indexing.svelte';
import type { Notices } from './notices.svelte';
import { Originals } from './originals';
import { Photos } from './photos.svelte';
import { Thumbnails } from './thumbnails.svelte';

export interface GalleryParts {
  readonly library: LibraryApi;
  readonly notices: Pick<Notices, 'say' | 'report'>;
  readonly schedule: Schedule;
  /** Fetches a picture of the sample album by its file's name. */
  readonly albumPicture: (name: string) => Promise<File>;
  readonly indexing: () => Pick<Indexing, 'enqueue' | 'forget' | 'recount'>;
  /** The library begins anew: it is to be opened for the model of the day. */
  readonly onForgotten: () => void;
  /** Reads a remembered folder again. */
  readonly lookAgain: (folder: number) => Promise<void>;
}

/** The person's photos from visit to visit: where they lie, what they look like, and what happens when they go. */
export class Gallery {
  readonly photos: Photos;
  readonly folders: Folders;
  readonly originals: Originals;
  readonly thumbnails: Thumbnails;
  #restoring = $state(true);
  readonly #parts: GalleryParts;

  constructor(parts: GalleryParts) {
    const { library, notices, schedule, albumPicture } = parts;
    this.#parts = parts;
    this.photos = new Photos({ schedule, library });
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

  /** Fetches the photos of earlier visits, then looks what has become of their folders. */
  async restore(): Promise<void> {
    await this.fetched();
    for (const { id } of this.folders.list) await this.#parts.lookAgain(id);
  }

  /** Resolves when the photos of earlier visits are here, before which none may be added. */
  readonly fetched = once(() => this.#fetch());

  async #fetch(): Promise<void> {
    const { library, notices, indexing } = this.#parts;
    try {
      const { photos, folders, unkept } = await library.restore();
      await this.folders.restore(folders);
      this.photos.restore(photos);
      indexing().enqueue(this.photos.ids());
      if (unkept) notices.report('library', unkeptFailure(unkept));
    } catch (error) {
      notices.report('library', error);
    } finally {
      this.#restoring = false;
    }
  }

  /** Lets a remembered folder be read, in the person's click, and looks what has become of it. */
  async allow(folder: number): Promise<void> {
    if (!(await this.folders.allow(folder))) return;
    this.#parts.indexing().enqueue(this.photos.inFolder(folder).map(({ id }) => id));
    await this.#parts.lookAgain(folder);
  }

  /** Takes a folder and its photos off the page and forgets them. Its files are not touched. */
  async removeFolder(folder: number): Promise<void> {
    this.#drop(this.photos.inFolder(folder).map(({ id }) => id));
    await this.folders.remove(folder);
  }

  /** Forgets all photos, folders and embeddings, here and on the disk. */
  async forgetAll(): Promise<void> {
    const { library, notices, onForgotten } = this.#parts;
    this.keepRemoval();
    this.#drop(this.photos.ids());
    this.photos.clear();
    this.folders.clear();
    try {
      await library.forget();
      notices.say('Everything that was kept of your photos is forgotten');
    } catch (error) {
      notices.report('library', error);
    }
    onForgotten();
  }

  /** Takes photos out; `undoRemoval` brings them back until `keepRemoval` or the next removal. */
  remove(ids: readonly number[]): void {
    this.keepRemoval();
    this.photos.remove(ids);
    this.#parts.indexing().recount();
    this.#parts.notices.say(`${plural(this.photos.removed.length, 'photo')} removed`);
  }

  undoRemoval(): void {
    const back = this.photos.undo();
    const indexing = this.#parts.indexing();
    indexing.enqueue(back);
    indexing.recount();
    this.#parts.notices.say(`${plural(back.length, 'photo')} brought back`);
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
    this.#parts.indexing().forget(hidden.map(({ id }) => id));
    const isHidden = new Set(hidden);
    this.forget(gone.filter((photo) => !isHidden.has(photo)).map(({ id }) => id));
    const emptied = new Set(gone.map(({ folder }) => folder).filter((folder) => !used.has(folder)));
    for (const folder of emptied) if (this.folders.get(folder)) void this.removeFolder(folder);
  }

  /** The files of these photos are others now. */
  changed(ids: readonly number[]): void {
    this.thumbnails.drop(ids);
    this.#parts.indexing().forget(ids);
  }

  /** Forgets photos for good. */
  forget(ids: readonly number[]): void {
    if (ids.length === 0) return;
    this.#drop(ids);
    // A library that died has forgotten them already.
    this.#parts.library.remove(ids).catch(() => undefined);
  }

  #drop(ids: readonly number[]): void {
    const indexing = this.#parts.indexing();
    this.photos.forget(ids);
    this.thumbnails.drop(ids);
    this.originals.forget(ids);
    indexing.forget(ids);
    indexing.recount();
  }
}

function unkeptFailure(name: FailureName): Failure {
  const why =
    name === 'StorageBusy'
      ? 'Another tab has your photos open: what is added here lasts only as long as this tab'
      : 'This browser keeps nothing for this page: photos last only as long as this tab';
  return new Failure(name, why);
}
