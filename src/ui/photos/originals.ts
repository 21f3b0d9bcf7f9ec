import type { FolderRecord } from '../../library/records';
import { OutOfReach, outOfReach } from './out-of-reach';
import type { Photo } from './photo';

export interface OriginalsParts {
  readonly folder: (id: number) => FolderRecord | undefined;
  /** Fetches a picture of the sample album by its file's name. */
  readonly albumPicture: (name: string) => Promise<File>;
}

/** The photos' files: those added in this visit, and others reopened from disk. */
export class Originals {
  readonly #given = new Map<number, File>();
  readonly #parts: OriginalsParts;

  constructor(parts: OriginalsParts) {
    this.#parts = parts;
  }

  /** Sets the file of photo `id`, added in this visit. */
  give(id: number, file: File): void {
    this.#given.set(id, file);
  }

  forget(ids: readonly number[]): void {
    for (const id of ids) this.#given.delete(id);
  }

  /** The file, if it was added in this visit. */
  given(id: number): File | undefined {
    return this.#given.get(id);
  }

  /** Drops a file that could not be read, if it can be opened anew: the file on the disk may be another by now. */
  drop(photo: Photo): void {
    if (photo.unlisted) return;
    if (photo.handle ?? this.#parts.folder(photo.folder)?.handle) this.#given.delete(photo.id);
  }

  /** Opens the file of a photo. @throws OutOfReach if that is not possible now, NetworkFailed */
  async open(photo: Photo): Promise<File> {
    const given = this.#given.get(photo.id);
    if (given) return given;
    const folder = this.#parts.folder(photo.folder);
    if (folder?.kind === 'album') return this.#parts.albumPicture(photo.name);
    const root = photo.unlisted ? undefined : folder?.handle;
    if (!photo.handle && !root) {
      const again = folder ? `the folder ${folder.name}` : 'it';
      throw new OutOfReach(
        'again',
        `This browser cannot open ${photo.path} again by itself. Add ${again} once more to see it whole.`,
      );
    }
    try {
      if (photo.handle) return await photo.handle.getFile();
      return await fileBelow(root!, photo.path.split('/').slice(1));
    } catch (error) {
      throw outOfReach(photo.path, error);
    }
  }

  /** The file of another name beside a photo in its folder; undefined if there is none, or that cannot be told. */
  async beside({ folder, path, handle, unlisted }: Photo, name: string): Promise<File | undefined> {
    const root = handle || unlisted ? undefined : this.#parts.folder(folder)?.handle;
    const parts = path.split('/').slice(1, -1);
    return root && fileBelow(root, [...parts, name]).catch(() => undefined);
  }
}

async function fileBelow(root: FileSystemDirectoryHandle, parts: readonly string[]): Promise<File> {
  let directory = root;
  for (const name of parts.slice(0, -1)) directory = await directory.getDirectoryHandle(name);
  const handle = await directory.getFileHandle(parts.at(-1) ?? '');
  return handle.getFile();
}
