import { messageOf } from '../../core/failure';
import { isSecure } from '../../core/secure-context';
import { isJunk } from './junk';

type Given = Extract<GivenFile, { ok: true }>;

/** A file given by the user, or the reason it could not be read. */
export type GivenFile =
  | {
      readonly ok: true;
      readonly file: File;
      /** Path starting with the given folder's name, separated by "/"; for a single file just its name. */
      readonly path: string;
      /** Handle of the given directory, if the browser provides one: it can be read again. */
      readonly root?: FileSystemDirectoryHandle;
      /** The same for a single file. */
      readonly handle?: FileSystemFileHandle;
      /**
       * Marks the files of one folder that the system itself has listed, with every name: two folders may have one
       * name, and handles leave names out.
       */
      readonly listing?: object;
      /** Its name, or that of a folder above it, is one that the handles of directories leave out. */
      readonly isUnlisted?: true;
    }
  | { readonly ok: false; readonly path: string; readonly message: string };

/** The used part of `DataTransferItem`. */
export interface DroppedItem {
  readonly kind: string;
  /** Media type; empty for a folder. */
  readonly type?: string;
  getAsFile(): File | null;
  getAsFileSystemHandle?(): Promise<FileSystemFileHandle | FileSystemDirectoryHandle | null | undefined>;
  webkitGetAsEntry?(): DroppedEntry | null;
}

/** The used part of `FileSystemEntry`: a file has `file`, a directory `createReader`. */
export interface DroppedEntry {
  readonly isDirectory: boolean;
  readonly name: string;
  file?(done: (file: File) => void, failed: (error: Error) => void): void;
  createReader?(): {
    readEntries(done: (entries: DroppedEntry[]) => void, failed: (error: Error) => void): void;
  };
}

/**
 * The files of a picked directory and its subdirectories, without hidden ones and junk, in no particular order. An
 * unreadable file is reported in its place and does not stop the rest.
 */
export async function* filesOfDirectory(
  root: FileSystemDirectoryHandle,
): AsyncGenerator<GivenFile, void, undefined> {
  yield* filesBelow(root, root.name, { root });
}

/** @param seen the same directory as the system lists it */
async function* filesBelow(
  directory: FileSystemDirectoryHandle,
  path: string,
  origin: Pick<Given, 'root' | 'listing'>,
  seen?: DroppedEntry,
): AsyncGenerator<GivenFile, void, undefined> {
  const unlisted = new Map<string, DroppedEntry>();
  try {
    if (seen) for await (const child of entriesOf(seen)) unlisted.set(child.name, child);
  } catch (error) {
    yield { ok: false, path, message: messageOf(error) };
  }
  try {
    for await (const entry of directory.values()) {
      const child = unlisted.get(entry.name);
      unlisted.delete(entry.name);
      if (isJunk(entry.name, directory.name)) continue;
      const place = `${path}/${entry.name}`;
      if (entry.kind === 'directory') yield* filesBelow(entry, place, origin, child);
      else yield await given(place, () => entry.getFile(), origin);
    }
    for (const child of unlisted.values()) {
      if (isJunk(child.name, directory.name)) continue;
      yield* filesOfEntry(child, `${path}/${child.name}`, { ...origin, isUnlisted: true });
    }
  } catch (error) {
    yield { ok: false, path, message: messageOf(error) };
  }
}

/**
 * The files of a drop, including those in dropped directories, like `filesOfDirectory`. Call it during the drop event;
 * the generator may be consumed later.
 */
// Why a drop is collected synchronously: a browser empties `items` when the event handler returns or awaits, so every
// handle is requested before the first is read. Why handles if available: an entry, or the size of a file without a
// handle, makes the page wait for the disk, which is noticeable with 200 files. Why an entry too where the item may be a
// folder: the handles of directories leave out names with `"` `:` `?` `*` or `\\`, with a leading space, with joiners as
// in Persian and in emoji, or that are reserved on Windows, and whole folders of such names; an entry lists them all.
export function filesOfDrop(transfer: {
  readonly items: ArrayLike<DroppedItem>;
}): AsyncGenerator<GivenFile, void, undefined> {
  const dropped = Array.from(transfer.items)
    .filter((item) => item.kind === 'file')
    .map((item): Dropped => {
      // A page that is not secure is ended by the browser when it asks for a handle.
      if (item.getAsFileSystemHandle && isSecure()) {
        const handle = item.getAsFileSystemHandle();
        // Awaited later, one by one: until then a rejection must not count as unhandled.
        handle.catch(() => undefined);
        const entry = item.type ? null : (item.webkitGetAsEntry?.() ?? null);
        return { handle, entry, file: item.getAsFile() };
      }
      return { handle: undefined, entry: item.webkitGetAsEntry?.() ?? null, file: item.getAsFile() };
    });
  return readDrop(dropped);
}

/** One dropped item, in every form provided by the browser. */
interface Dropped {
  readonly handle: ReturnType<NonNullable<DroppedItem['getAsFileSystemHandle']>> | undefined;
  readonly entry: DroppedEntry | null;
  readonly file: File | null;
}

async function* readDrop(dropped: readonly Dropped[]): AsyncGenerator<GivenFile, void, undefined> {
  for (const { handle, entry, file } of dropped) {
    const held = await handle?.catch(() => undefined);
    if (held?.kind === 'directory' && entry)
      yield* filesBelow(held, held.name, { root: held, listing: {} }, entry);
    else if (held?.kind === 'directory') yield* filesOfDirectory(held);
    else if (entry?.isDirectory) yield* filesOfEntry(entry, entry.name, { listing: {} });
    else if (isJunk(held?.name ?? file?.name ?? entry?.name ?? '')) continue;
    else if (held) yield await given(held.name, () => held.getFile(), { handle: held });
    else if (file) yield { ok: true, file, path: file.name };
    else if (entry) yield* filesOfEntry(entry, entry.name, {});
  }
}

async function* filesOfEntry(
  entry: DroppedEntry,
  path: string,
  origin: Omit<Given, 'ok' | 'file' | 'path'>,
): AsyncGenerator<GivenFile, void, undefined> {
  if (!entry.isDirectory) {
    yield await given(path, () => fileOf(entry), origin);
    return;
  }
  try {
    for await (const child of entriesOf(entry)) {
      if (!isJunk(child.name, entry.name)) yield* filesOfEntry(child, `${path}/${child.name}`, origin);
    }
  } catch (error) {
    yield { ok: false, path, message: messageOf(error) };
  }
}

function fileOf(entry: DroppedEntry): Promise<File> {
  return new Promise((done, failed) => {
    if (!entry.file) throw new TypeError(`${entry.name} is not a file`);
    entry.file(done, failed);
  });
}

async function* entriesOf(directory: DroppedEntry): AsyncGenerator<DroppedEntry, void, undefined> {
  const reader = directory.createReader?.();
  if (!reader) throw new TypeError(`${directory.name} is not a folder`);
  // A reader returns some entries at a time (100 in Chromium), then an empty list.
  for (;;) {
    const entries = await new Promise<DroppedEntry[]>((done, failed) => reader.readEntries(done, failed));
    if (entries.length === 0) return;
    yield* entries;
  }
}

/** The files of an `<input type="file">`, with or without `webkitdirectory`; without hidden ones and junk. */
export function filesOfInput(files: ArrayLike<File>): GivenFile[] {
  const listing = {};
  return Array.from(files)
    .map((file) => ({
      ok: true as const,
      file,
      path: file.webkitRelativePath || file.name,
      ...(file.webkitRelativePath && { listing }),
    }))
    .filter(({ path }) => {
      const names = path.split('/');
      // The picked folder itself may have any name; a single file may not.
      if (names.length === 1) return !isJunk(path);
      return !names.some((name, depth) => depth > 0 && isJunk(name, names[depth - 1]));
    });
}

async function given(
  path: string,
  open: () => Promise<File>,
  origin: Omit<Given, 'ok' | 'file' | 'path'>,
): Promise<GivenFile> {
  try {
    return { ok: true, file: await open(), path, ...origin };
  } catch (error) {
    return { ok: false, path, message: messageOf(error) };
  }
}
