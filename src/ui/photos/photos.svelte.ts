import type { LibraryApi } from '../../../workers/api';
import type { PhotoKey } from '../../core/photo-key';
import { arrivalOf, stateOf } from '../../library/photo-state';
import type { PhotoRecord } from '../../library/records';
import type { FoundFile } from './arrivals';
import { batched, type Schedule } from '../kit/frames';
import { SINGLE_FILES, identity, photoOf, recordOf, type Arrival, type Developed, type Photo } from './photo';
import { nameOf } from './paths';
import { PendingRecords } from './pending-records';
import { SkippedFiles } from './skipped-files';

/** A file as it was found. */
type Stat = Pick<PhotoRecord, 'bytes' | 'modified' | 'handle' | 'unlisted'>;
type Place = Pick<PhotoRecord, 'folder' | 'path'>;

export interface PhotosParts {
  /** For what the user does. */
  readonly schedule: Schedule;
  /** For what arrives by itself. */
  readonly unhurried: Schedule;
  readonly library: Pick<LibraryApi, 'putPhotos'>;
}

/**
 * The photos, in order of arrival. The page's view is updated in batches, however many arrive at once;
 * changes are stored in the library with the view, or by `keep`. Removed photos are set aside until `settle`, so
 * that removal can be undone.
 */
export class Photos {
  #list = $state.raw<readonly Photo[]>([]);
  #skipped = $state.raw<SkippedFiles['list']>([]);
  #removed = $state.raw<readonly Photo[]>([]);

  /** The current state; `#list` and `#skipped` follow soon. */
  readonly #photos = new Map<number, Photo>();
  /** Files not shown: bad, or removed by the user. */
  readonly #others = new Map<number, PhotoRecord>();
  readonly #skips = new SkippedFiles();
  /** What was found at the places of photos whose content is yet to be compared. */
  readonly #touched = new Map<number, Stat>();
  /** Ids by folder and path; for single files also by time and size, since two may have the same name. */
  readonly #known = new Map<string, number>();
  /** Sizes of all files ever read, in bytes. */
  readonly #sizes = new Set<number>();
  #nextId = 0;
  readonly #pending: PendingRecords;
  /** Shows and stores what has changed, with the next frame. */
  readonly show: () => void;
  readonly #publishSoon: () => void;

  constructor({ schedule, unhurried, library }: PhotosParts) {
    this.#pending = new PendingRecords(library);
    const publish = () => {
      this.#list = [...this.#photos.values()];
      this.#skipped = this.#skips.list;
      // Callers that need a result use `keep`.
      this.keep().catch(() => undefined);
    };
    this.show = batched(schedule, publish);
    this.#publishSoon = batched(unhurried, publish);
  }

  get list(): readonly Photo[] {
    return this.#list;
  }

  get skipped(): SkippedFiles['list'] {
    return this.#skipped;
  }

  /** Removed photos that can still be restored. */
  get removed(): readonly Photo[] {
    return this.#removed;
  }

  /** Depends on the page's view of the list, so that components update when the photo changes. */
  get(id: number): Photo | undefined {
    return this.#list && this.#photos.get(id);
  }

  /** Like `get`, but not reactive. */
  current(id: number): Photo | undefined {
    return this.#photos.get(id);
  }

  /** Current ids of all photos, ascending. */
  ids(): number[] {
    return [...this.#photos.keys()];
  }

  /** All photos, also those not shown. */
  *all(): Generator<PhotoRecord> {
    for (const photo of this.#photos.values()) yield recordOf(photo);
    yield* this.#others.values();
  }

  /** All photos of a folder, also those not shown. */
  inFolder(folder: number): PhotoRecord[] {
    return [...this.all()].filter((photo) => photo.folder === folder);
  }

  /** Number of hidden photos of a folder. Reactive like `get`. */
  hiddenIn(folder: number): number {
    return this.#list && this.inFolder(folder).filter(({ hidden }) => hidden).length;
  }

  /** Restores photos of earlier visits; call it before anything else. `isShown` updates the page at once. */
  restore(records: readonly PhotoRecord[], isShown = true): void {
    for (const record of records) {
      this.#nextId = Math.max(this.#nextId, record.id + 1);
      this.#known.set(identity(record), record.id);
      if (stateOf(record) === 'shown') this.#photos.set(record.id, photoOf(record));
      else this.#others.set(record.id, record);
      if (record.key !== undefined) this.#sizes.add(record.bytes);
    }
    if (isShown) this.show();
  }

  /**
   * Adds a file and says what it is: only 'new' and 'changed' ones must be read, and the contents of 'touched' ones
   * compared, then told by `compared`.
   * @param isChosen whether the user chose this very file
   */
  add(
    { file, path, handle, isUnlisted }: FoundFile,
    folder: number,
    isChosen = folder === SINGLE_FILES,
  ): Arrival {
    const place = { folder, path };
    const { size: bytes, lastModified: modified } = file;
    const stat = { bytes, modified, ...(handle && { handle }), ...(isUnlisted && { unlisted: isUnlisted }) };
    const known = this.#known.get(identity({ ...place, ...stat }));
    const before = known === undefined ? undefined : this.#record(known);
    // Known but not listed: it was removed, which can still be undone.
    if (known !== undefined && !before) return { id: known, kind: 'hidden' };
    if (this.#skips.opened(path)) this.#publishSoon();
    const kind = arrivalOf(before, stat, isChosen);
    const id = known ?? this.#nextId;
    if (kind === 'new' || kind === 'changed') this.#arrive(id, place, stat);
    else if (kind === 'touched') this.#touched.set(id, stat);
    else this.#touched.delete(id);
    return { id, kind };
  }

  /** The photo known at a place; of a single file one of its very length and date. Undefined if it was just removed. */
  at(place: Parameters<typeof identity>[0]): PhotoRecord | undefined {
    const known = this.#known.get(identity(place));
    return known === undefined ? undefined : this.#record(known);
  }

  /** The content key of a photo, shown or not, if it was read. */
  contentOf(id: number): PhotoKey | undefined {
    return this.#record(id)?.key;
  }

  /** The file of a touched photo has the content it had, and only another date; or it holds another picture. */
  compared(id: number, isSame: boolean): void {
    const stat = this.#touched.get(id);
    const before = this.#record(id);
    this.#touched.delete(id);
    if (!stat || !before) return;
    if (isSame) this.#put({ ...before, ...stat });
    else this.#arrive(id, { folder: before.folder, path: before.path }, stat);
  }

  /** Gives photos other places, at which their files lie too. */
  move(places: ReadonlyMap<number, Place>): void {
    for (const [id, { folder, path }] of places) {
      const before = this.#record(id);
      if (!before) continue;
      this.#known.delete(identity(before));
      // A folder's handle opens its files.
      const { handle: _handle, ...rest } = before;
      this.#put({ ...rest, folder, path });
    }
  }

  /** A photo, shown or not. */
  #record(id: number): PhotoRecord | undefined {
    const photo = this.#photos.get(id);
    return photo ? recordOf(photo) : this.#others.get(id);
  }

  /** Replaces a photo's record by one of the same content and state. */
  #put(record: PhotoRecord): void {
    const { id } = record;
    if (this.#photos.has(id)) this.#photos.set(id, photoOf(record));
    else this.#others.set(id, record);
    this.#known.set(identity(record), id);
    this.#pending.set(record);
    this.#publishSoon();
  }

  #arrive(id: number, place: Place, stat: Stat): void {
    this.#nextId = Math.max(this.#nextId, id + 1);
    this.#touched.delete(id);
    this.#others.delete(id);
    this.#skips.delete(place.path);
    const photo = { id, ...place, ...stat, name: nameOf(place.path), size: undefined };
    this.#known.set(identity(photo), id);
    this.#photos.set(id, photo);
    this.#pending.set(recordOf(photo));
    this.#publishSoon();
  }

  /** Whether a file of this size was ever read: only then can its content be known. */
  hasSeen(bytes: number): boolean {
    return this.#sizes.has(bytes);
  }

  /**
   * A photo was read, from `file` if that was opened for it.
   *
   * Why with the file: it may have changed since the photo was found. Otherwise the same change would be noticed again,
   * as another picture.
   */
  developed(id: number, read: Developed, file?: Pick<File, 'size' | 'lastModified'>): void {
    const before = this.#photos.get(id);
    if (!before) return;
    const { width, height, ...rest } = read;
    const isChanged = file && (before.bytes !== file.size || before.modified !== file.lastModified);
    const stat = isChanged && { bytes: file.size, modified: file.lastModified };
    const photo = { ...before, ...rest, ...stat, size: { width, height } };
    this.#sizes.add(photo.bytes);
    // The library gets it with the photo's row.
    this.#photos.set(id, photo);
    if (isChanged) {
      this.#known.delete(identity(before));
      this.#known.set(identity(photo), id);
      this.#pending.set(recordOf(photo));
    }
    this.#publishSoon();
  }

  /** Lists a file that is not a photo, or could not be read: `isPassing`, until it is found again. */
  skipFile(path: string, reason: string, isPassing = false): void {
    this.#skips.add(path, reason, isPassing);
    this.#publishSoon();
  }

  /** Sets aside a photo whose own bytes are no picture, and lists it as skipped. */
  skip(id: number, reason: string): void {
    const photo = this.#photos.get(id);
    if (!photo) return;
    this.#setAside({ ...recordOf(photo), bad: reason });
    this.skipFile(photo.path, reason);
  }

  clearSkipped(): void {
    this.#skips.clear();
    this.show();
  }

  /** Takes files off the list that could not be read when they were found. */
  clearPassing(): void {
    this.#skips.clearPassing();
    this.show();
  }

  /** Removes photos; `undo` restores them until `settle`, which must be called before the next removal. */
  remove(ids: readonly number[]): void {
    const gone = ids.flatMap((id) => this.#photos.get(id) ?? []);
    for (const { id } of gone) this.#photos.delete(id);
    this.#removed = gone;
    this.show();
  }

  /** Restores the removed photos to their places and returns their ids. */
  undo(): number[] {
    const back = this.#removed;
    this.#insert(back);
    this.#removed = [];
    return back.map(({ id }) => id);
  }

  /** Makes the removal final and returns the photos, to be forgotten or hidden. */
  settle(): readonly Photo[] {
    const gone = this.#removed;
    for (const photo of gone) this.#known.delete(identity(photo));
    this.#removed = [];
    return gone;
  }

  /** Remembers photos as hidden, so that rescanning their folder does not restore them. */
  hide(photos: readonly Photo[]): void {
    for (const photo of photos) this.#setAside({ ...recordOf(photo), hidden: true });
    this.show();
  }

  /** Restores the hidden photos of a folder; returns their ids, to be read again. */
  unhide(folder: number): number[] {
    const back = this.inFolder(folder).filter(({ hidden }) => hidden);
    for (const { hidden: _hidden, ...photo } of back) {
      this.#others.delete(photo.id);
      this.#pending.set(photo);
    }
    this.#insert(back.map(photoOf));
    return back.map(({ id }) => id);
  }

  /** Removes files that no longer exist, with all their data. */
  forget(ids: readonly number[]): void {
    const gone = new Set(ids);
    for (const id of gone) {
      const photo = this.#record(id);
      if (photo) this.#known.delete(identity(photo));
      this.#photos.delete(id);
      this.#others.delete(id);
      this.#pending.delete(id);
      this.#touched.delete(id);
    }
    this.#removed = this.#removed.filter(({ id }) => !gone.has(id));
    this.show();
  }

  /** Removes everything, including skipped files. */
  clear(): void {
    for (const map of [this.#photos, this.#others, this.#known, this.#pending, this.#touched]) map.clear();
    this.#sizes.clear();
    this.#removed = [];
    this.clearSkipped();
  }

  /** Gives all photos to a new, empty library worker. */
  handOver(): void {
    for (const record of this.all()) this.#pending.set(record);
    this.show();
  }

  /** Stores pending changes in the library. If it rejects, they stay pending. */
  keep(): Promise<void> {
    return this.#pending.keep();
  }

  #setAside(record: PhotoRecord): void {
    this.#photos.delete(record.id);
    this.#others.set(record.id, record);
    this.#known.set(identity(record), record.id);
    this.#pending.set(record);
  }

  #insert(back: readonly Photo[]): void {
    const all = [...this.#photos.values(), ...back].sort((a, b) => a.id - b.id);
    this.#photos.clear();
    for (const photo of all) this.#photos.set(photo.id, photo);
    this.show();
  }
}
