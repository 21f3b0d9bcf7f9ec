import type { LibraryApi } from '../../../workers/api';
import { isUnchanged, stateOf } from '../../library/photo-state';
import type { PhotoRecord } from '../../library/records';
import type { FoundFile } from './arrivals';
import { batched, type Schedule } from '../kit/frames';
import {
  SINGLE_FILES,
  identity,
  nameOf,
  photoOf,
  recordOf,
  skipped,
  type Arrival,
  type Developed,
  type Photo,
  type Skipped,
} from './photo';

export interface PhotosParts {
  readonly schedule: Schedule;
  readonly library: Pick<LibraryApi, 'putPhotos'>;
}

/**
 * The photos, in the order they came. What the page sees changes at most once a frame, however many arrive at once;
 * what is to outlast it is handed to the library with the same frame, or by `keep`. Removed photos are kept aside until
 * `settle`, so that removing can be undone.
 */
export class Photos {
  #list = $state.raw<readonly Photo[]>([]);
  #skipped = $state.raw<readonly Skipped[]>([]);
  #removed = $state.raw<readonly Photo[]>([]);

  /** The truth; `#list` and `#skipped` follow with the next frame. */
  readonly #photos = new Map<number, Photo>();
  /** Files that are no photos here: unreadable, or taken out by the person. */
  readonly #others = new Map<number, PhotoRecord>();
  #skips: Skipped[] = [];
  /** Ids by folder and path, of single files by time and size too: two of them may bear one name. */
  readonly #known = new Map<string, number>();
  /** Lengths of all files that were ever read, in bytes. */
  readonly #sizes = new Set<number>();
  #nextId = 0;
  readonly #library: Pick<LibraryApi, 'putPhotos'>;
  readonly #unkept = new Map<number, PhotoRecord>();
  #keeping: Promise<void> = Promise.resolve();
  readonly #publish: () => void;

  constructor({ schedule, library }: PhotosParts) {
    this.#library = library;
    this.#publish = batched(schedule, () => {
      this.#list = [...this.#photos.values()];
      this.#skipped = [...this.#skips];
      // Whoever needs it to be kept asks by `keep` and is told.
      this.keep().catch(() => undefined);
    });
  }

  get list(): readonly Photo[] {
    return this.#list;
  }

  get skipped(): readonly Skipped[] {
    return this.#skipped;
  }

  /** Removed photos that can still be brought back. */
  get removed(): readonly Photo[] {
    return this.#removed;
  }

  /** Follows the page's view of the list, so that whoever shows the photo is told when it changes. */
  get(id: number): Photo | undefined {
    return this.#list && this.#photos.get(id);
  }

  /** As `get`, for work that shows nothing. */
  current(id: number): Photo | undefined {
    return this.#photos.get(id);
  }

  /** Ids of all photos at this moment, rising. */
  ids(): number[] {
    return [...this.#photos.keys()];
  }

  /** Ids and paths of all that came with a folder, photos or not. */
  inFolder(folder: number): { id: number; path: string }[] {
    return [...this.#photos.values(), ...this.#others.values()]
      .filter((photo) => photo.folder === folder)
      .map(({ id, path }) => ({ id, path }));
  }

  /** How many photos of a folder were taken out. Followed as `get`. */
  hiddenIn(folder: number): number {
    const others = this.#list && [...this.#others.values()];
    return others.filter((photo) => photo.folder === folder && photo.hidden).length;
  }

  /** Takes photos of earlier visits; to be called first, for all of them. The page sees them at once where `isShown`. */
  restore(records: readonly PhotoRecord[], isShown = true): void {
    for (const record of records) {
      this.#nextId = Math.max(this.#nextId, record.id + 1);
      this.#known.set(identity(record), record.id);
      if (stateOf(record) === 'shown') this.#photos.set(record.id, photoOf(record));
      else this.#others.set(record.id, record);
      if (record.key !== undefined) this.#sizes.add(record.bytes);
    }
    if (isShown) this.#publish();
  }

  /** Takes in a file and says what it is: only 'new' and 'changed' ones need to be read. */
  add({ file, path, handle }: FoundFile, folder: number): Arrival {
    const { size: bytes, lastModified: modified } = file;
    const found = { folder, path, bytes, modified, ...(handle && { handle }) };
    const known = this.#known.get(identity(found));
    const before = known === undefined ? undefined : (this.#photos.get(known) ?? this.#others.get(known));
    // Known without being here: it was removed, which can still be undone.
    if (known !== undefined && !before) return { id: known, kind: 'hidden' };
    if (before) {
      const state = stateOf(before);
      const isRetried = folder === SINGLE_FILES && state === 'faulty';
      const isSame = isUnchanged(before, found) && !isRetried;
      if (isSame || state === 'hidden') return { id: before.id, kind: state === 'shown' ? 'known' : state };
      this.#others.delete(before.id);
      this.#skips = this.#skips.filter((skip) => skip.path !== path);
    }
    const id = known ?? this.#nextId++;
    this.#known.set(identity(found), id);
    const photo = { id, ...found, name: nameOf(path), size: undefined };
    this.#photos.set(id, photo);
    this.#unkept.set(id, recordOf(photo));
    this.#publish();
    return { id, kind: before ? 'changed' : 'new' };
  }

  /** Whether a file of this length was read before, here or on an earlier visit: only then may it be known. */
  hasSeen(bytes: number): boolean {
    return this.#sizes.has(bytes);
  }

  /** A photo was read. */
  developed(id: number, read: Developed): void {
    const photo = this.#photos.get(id);
    if (!photo) return;
    const { width, height, ...rest } = read;
    this.#sizes.add(photo.bytes);
    // The library learns of it with the photo's row.
    this.#photos.set(id, { ...photo, ...rest, size: { width, height } });
    this.#publish();
  }

  /** Lists a file that is no photo. */
  skipFile(path: string, reason: string): void {
    this.#skips.push(skipped(path, reason));
    this.#publish();
  }

  /** Takes a photo that cannot be read out and lists it. */
  skip(id: number, reason: string): void {
    const photo = this.#photos.get(id);
    if (!photo) return;
    this.#setAside({ ...recordOf(photo), fault: reason });
    this.skipFile(photo.path, reason);
  }

  clearSkipped(): void {
    this.#skips = [];
    this.#publish();
  }

  /** Takes photos out; `undo` brings these back until `settle`, which is to be called before the next removal. */
  remove(ids: readonly number[]): void {
    const gone = ids.flatMap((id) => this.#photos.get(id) ?? []);
    for (const { id } of gone) this.#photos.delete(id);
    this.#removed = gone;
    this.#publish();
  }

  /** Brings the removed photos back to their places and returns their ids. */
  undo(): number[] {
    const back = this.#removed;
    this.#insert(back);
    this.#removed = [];
    return back.map(({ id }) => id);
  }

  /** Gives the removed photos up for good, to be forgotten or hidden, and returns them. */
  settle(): readonly Photo[] {
    const gone = this.#removed;
    for (const photo of gone) this.#known.delete(identity(photo));
    this.#removed = [];
    return gone;
  }

  /** Remembers photos as taken out: reading their folder again does not bring them back. */
  hide(photos: readonly Photo[]): void {
    for (const photo of photos) this.#setAside({ ...recordOf(photo), hidden: true });
    this.#publish();
  }

  /** Brings back what was taken out of a folder for good; returns their ids, to be read again. */
  unhide(folder: number): number[] {
    const back = [...this.#others.values()].filter((photo) => photo.folder === folder && photo.hidden);
    for (const { hidden: _hidden, ...photo } of back) {
      this.#others.delete(photo.id);
      this.#unkept.set(photo.id, photo);
    }
    this.#insert(back.map(photoOf));
    return back.map(({ id }) => id);
  }

  /** Forgets files that are not there any more, and all that was known of them. */
  forget(ids: readonly number[]): void {
    const gone = new Set(ids);
    for (const id of gone) {
      const photo = this.#photos.get(id) ?? this.#others.get(id);
      if (photo) this.#known.delete(identity(photo));
      this.#photos.delete(id);
      this.#others.delete(id);
      this.#unkept.delete(id);
    }
    this.#removed = this.#removed.filter(({ id }) => !gone.has(id));
    this.#publish();
  }

  /** Forgets everything, also what was skipped. */
  clear(): void {
    for (const map of [this.#photos, this.#others, this.#known, this.#unkept]) map.clear();
    this.#sizes.clear();
    this.#removed = [];
    this.clearSkipped();
  }

  /** Hands all photos to a library that knows none. */
  handOver(): void {
    for (const photo of this.#photos.values()) this.#unkept.set(photo.id, recordOf(photo));
    for (const record of this.#others.values()) this.#unkept.set(record.id, record);
    this.#publish();
  }

  /** Hands the library what it does not have yet. Rejects when it cannot keep it; it stays to be handed over then. */
  keep(): Promise<void> {
    if (this.#unkept.size === 0) return this.#keeping;
    const records = [...this.#unkept.values()];
    this.#unkept.clear();
    const before = this.#keeping.catch(() => undefined);
    this.#keeping = before
      .then(() => this.#library.putPhotos(records))
      .catch((error: unknown) => {
        for (const record of records) {
          if (!this.#unkept.has(record.id)) this.#unkept.set(record.id, record);
        }
        throw error;
      });
    return this.#keeping;
  }

  #setAside(record: PhotoRecord): void {
    this.#photos.delete(record.id);
    this.#others.set(record.id, record);
    this.#known.set(identity(record), record.id);
    this.#unkept.set(record.id, record);
  }

  #insert(back: readonly Photo[]): void {
    const all = [...this.#photos.values(), ...back].sort((a, b) => a.id - b.id);
    this.#photos.clear();
    for (const photo of all) this.#photos.set(photo.id, photo);
    this.#publish();
  }
}
