import type { FoundFile } from '../arrivals';
import { batched, type Schedule } from '../frames';

/** A picture the person gave. */
export interface Photo {
  /** A whole number, rising in the order of arrival, never used twice. */
  readonly id: number;
  /** File name without folders. */
  readonly name: string;
  readonly path: string;
  readonly file: File;
  /** Object URL of a small copy, or of the file itself where that is small. */
  readonly thumbnail: string | undefined;
  /** Upright, in pixels; undefined until it was read. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
}

/** A file that is no photo of ours, and why. */
export interface Skipped {
  readonly name: string;
  readonly path: string;
  readonly reason: string;
}

/** A file up to this many bytes is its own thumbnail. */
const SMALL_FILE = 128 * 1024;

/**
 * The photos, in the order they came. What the page sees changes at most once a frame, however many arrive at once.
 * Removed photos are kept aside until `settle`, so that removing can be undone.
 */
export class Photos {
  #list = $state.raw<readonly Photo[]>([]);
  #skipped = $state.raw<readonly Skipped[]>([]);
  #removed = $state.raw<readonly Photo[]>([]);

  /** The truth; `#list` and `#skipped` follow with the next frame. */
  readonly #photos = new Map<number, Photo>();
  readonly #skips: Skipped[] = [];
  readonly #known = new Set<string>();
  #nextId = 0;
  readonly #publish: () => void;

  constructor(schedule: Schedule) {
    this.#publish = batched(schedule, () => {
      this.#list = [...this.#photos.values()];
      this.#skipped = [...this.#skips];
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

  /** Adds one photo and returns its id, or undefined when the same file is already here. */
  add({ file, path }: FoundFile): number | undefined {
    const known = identity(file, path);
    if (this.#known.has(known)) return undefined;
    this.#known.add(known);
    const id = this.#nextId++;
    const thumbnail = file.size <= SMALL_FILE ? URL.createObjectURL(file) : undefined;
    this.#photos.set(id, { id, name: file.name, path, file, thumbnail, size: undefined });
    this.#publish();
    return id;
  }

  /** A photo was read: its size, and a small copy where one was made. */
  developed(id: number, size: { width: number; height: number }, small: Blob | undefined): void {
    const photo = this.#photos.get(id);
    if (!photo) return;
    const thumbnail = photo.thumbnail ?? (small && URL.createObjectURL(small));
    this.#photos.set(id, { ...photo, size: { width: size.width, height: size.height }, thumbnail });
    this.#publish();
  }

  /** Lists a file that is no photo. */
  skipFile(path: string, reason: string): void {
    this.#skips.push({ name: path.slice(path.lastIndexOf('/') + 1), path, reason });
    this.#publish();
  }

  /** Takes a photo that cannot be read out and lists it. */
  skip(id: number, reason: string): void {
    const photo = this.#photos.get(id);
    if (!photo) return;
    this.#photos.delete(id);
    this.#forget(photo);
    this.skipFile(photo.path, reason);
  }

  clearSkipped(): void {
    this.#skips.length = 0;
    this.#publish();
  }

  /** Takes photos out; `undo` brings these back until `settle` or the next removal. Returns what that settled. */
  remove(ids: readonly number[]): number[] {
    const settled = this.settle();
    const gone = ids.flatMap((id) => this.#photos.get(id) ?? []);
    for (const { id } of gone) this.#photos.delete(id);
    this.#removed = gone;
    this.#publish();
    return settled;
  }

  /** Brings the removed photos back to their places and returns their ids. */
  undo(): number[] {
    const back = this.#removed;
    const all = [...this.#photos.values(), ...back].sort((a, b) => a.id - b.id);
    this.#photos.clear();
    for (const photo of all) this.#photos.set(photo.id, photo);
    this.#removed = [];
    this.#publish();
    return back.map(({ id }) => id);
  }

  /** Gives the removed photos up for good and returns their ids. */
  settle(): number[] {
    const gone = this.#removed;
    for (const photo of gone) this.#forget(photo);
    this.#removed = [];
    return gone.map(({ id }) => id);
  }

  #forget(photo: Photo): void {
    this.#known.delete(identity(photo.file, photo.path));
    if (photo.thumbnail) URL.revokeObjectURL(photo.thumbnail);
  }
}

/** The same for the same file added twice. */
function identity(file: File, path: string): string {
  return `${path}\n${file.size}\n${file.lastModified}`;
}
