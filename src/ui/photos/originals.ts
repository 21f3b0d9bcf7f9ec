import { Failure, messageOf } from '../../core/failure';
import type { FolderRecord } from '../../library/records';
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

  /** Opens the file of a photo. @throws FileUnreadable if it cannot be reached, NetworkFailed */
  async open(photo: Photo): Promise<File> {
    const given = this.#given.get(photo.id);
    if (given) return given;
    const folder = this.#parts.folder(photo.folder);
    if (folder?.kind === 'album') return this.#parts.albumPicture(photo.name);
    const root = folder?.handle;
    if (!photo.handle && !root) {
      const again = folder ? `the folder ${folder.name}` : 'it';
      throw new Failure(
        'FileUnreadable',
        `This browser cannot open ${photo.path} again by itself. Add ${again} once more to see it whole.`,
      );
    }
    try {
      if (photo.handle) return await photo.handle.getFile();
      return await fileBelow(root!, photo.path.split('/').slice(1));
    } catch (error) {
      throw new Failure('FileUnreadable', whyUnopened(photo.path, error), { cause: error });
    }
  }
}

/** Why a file was not opened, in a person's words where the browser's are known. */
function whyUnopened(path: string, error: unknown): string {
  switch (error instanceof DOMException ? error.name : undefined) {
    case 'NotFoundError':
      return `${path} is not there any more. It was moved, renamed or deleted, or its drive is not connected.`;
    case 'NotAllowedError':
      return `The browser asks you first before ${path} may be read.`;
    case 'NotReadableError':
      return `${path} is there but cannot be read. Another program may be using it.`;
    default:
      return `${path} could not be opened: ${messageOf(error)}`;
  }
}

async function fileBelow(root: FileSystemDirectoryHandle, parts: readonly string[]): Promise<File> {
  let directory = root;
  for (const name of parts.slice(0, -1)) directory = await directory.getDirectoryHandle(name);
  const handle = await directory.getFileHandle(parts.at(-1) ?? '');
  return handle.getFile();
}
