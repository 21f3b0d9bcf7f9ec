/** A browser's private storage in memory, as far as Clipscope uses it: no timers, no disk, a quota that can be set. */
import type { SyncAccess } from '../../src/storage/sync-access';

/** What a browser keeps for a site. Sizes in bytes. */
export interface MemoryStorage {
  readonly root: FileSystemDirectoryHandle;
  /** What the site may take. What would exceed it is refused as a full disk does. */
  quota: number;
  /** As `navigator.storage`. */
  readonly manager: Pick<StorageManager, 'getDirectory' | 'estimate' | 'persisted'>;
  /** The paths of all files, sorted: `models/vit/manifest.json`. */
  paths(): string[];
  /** The bytes of a file. @throws NotFoundError */
  read(path: string): Uint8Array<ArrayBuffer>;
  /** Puts a file there, or another in its place, whoever has it open. */
  put(path: string, content: string | Uint8Array): void;
  remove(path: string): void;
}

interface MemoryFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** Of `bytes`, which grows ahead of its use. */
  length: number;
  isOpen: boolean;
}

type Folder = Map<string, MemoryFile | Folder>;

export function memoryStorage(quota = Infinity): MemoryStorage {
  const top: Folder = new Map();
  const storage: MemoryStorage = {
    root: directoryHandle('', top, grow),
    quota,
    manager: {
      getDirectory: async () => storage.root,
      estimate: async () => ({ usage: usage(), quota: storage.quota }),
      persisted: async () => true,
    },
    paths: () => [...files(top)].map(([path]) => path).sort(),
    read: (path) => contentOf(file(path)),
    put(path, content) {
      const { folder, name } = place(path);
      const bytes =
        typeof content === 'string' ? new TextEncoder().encode(content) : Uint8Array.from(content);
      folder.set(name, { bytes, length: bytes.length, isOpen: false });
    },
    remove(path) {
      const { folder, name } = place(path);
      folder.delete(name);
    },
  };
  return storage;

  function usage(): number {
    return [...files(top)].reduce((sum, [, { length }]) => sum + length, 0);
  }

  /** @throws QuotaExceededError */
  function grow(one: MemoryFile, length: number): void {
    if (length <= one.length) return;
    if (storage.quota < Infinity && usage() + length - one.length > storage.quota)
      throw named('QuotaExceededError');
    if (length > one.bytes.length) {
      const bytes = new Uint8Array(Math.max(length, 2 * one.bytes.length));
      bytes.set(one.bytes);
      one.bytes = bytes;
    }
    one.length = length;
  }

  /** Where `path` lies; folders that are missing are made. */
  function place(path: string): { folder: Folder; name: string } {
    const names = path.split('/');
    const name = names.pop() ?? '';
    const folder = names.reduce((parent, part) => {
      const found = parent.get(part) ?? new Map<string, MemoryFile | Folder>();
      if (!(found instanceof Map)) throw named('TypeMismatchError');
      parent.set(part, found);
      return found;
    }, top);
    return { folder, name };
  }

  function file(path: string): MemoryFile {
    const found = [...files(top)].find(([one]) => one === path)?.[1];
    if (found === undefined) throw named('NotFoundError');
    return found;
  }
}

function* files(folder: Folder, prefix = ''): Generator<[path: string, file: MemoryFile]> {
  for (const [name, entry] of folder) {
    if (entry instanceof Map) yield* files(entry, `${prefix}${name}/`);
    else yield [prefix + name, entry];
  }
}

/** The content of each directory, by its handle. */
const contents = new WeakMap<object, Folder>();

type Grow = (file: MemoryFile, length: number) => void;

function directoryHandle(name: string, folder: Folder, grow: Grow): FileSystemDirectoryHandle {
  const handle = (child: string, entry: MemoryFile | Folder) =>
    entry instanceof Map ? directoryHandle(child, entry, grow) : fileHandle(child, folder, entry, grow);
  const open = (child: string, create: boolean, make: () => MemoryFile | Folder): MemoryFile | Folder => {
    const found = folder.get(child) ?? (create ? make() : undefined);
    if (found === undefined) throw named('NotFoundError');
    folder.set(child, found);
    return found;
  };
  const directory = {
    kind: 'directory',
    name,
    async getDirectoryHandle(child: string, { create = false } = {}) {
      const entry = open(child, create, () => new Map());
      if (!(entry instanceof Map)) throw named('TypeMismatchError');
      return directoryHandle(child, entry, grow);
    },
    async getFileHandle(child: string, { create = false } = {}) {
      const entry = open(child, create, () => ({ bytes: new Uint8Array(0), length: 0, isOpen: false }));
      if (entry instanceof Map) throw named('TypeMismatchError');
      return fileHandle(child, folder, entry, grow);
    },
    async removeEntry(child: string, { recursive = false } = {}) {
      const entry = folder.get(child);
      if (entry === undefined) throw named('NotFoundError');
      const held = entry instanceof Map ? [...files(entry)].map(([, one]) => one) : [entry];
      if (held.some(({ isOpen }) => isOpen)) throw named('NoModificationAllowedError');
      if (entry instanceof Map && entry.size > 0 && !recursive) throw named('InvalidModificationError');
      folder.delete(child);
    },
    async *values() {
      for (const [child, entry] of [...folder]) yield handle(child, entry);
    },
  } as unknown as FileSystemDirectoryHandle;
  contents.set(directory, folder);
  return directory;
}

function fileHandle(name: string, folder: Folder, file: MemoryFile, grow: Grow): FileSystemFileHandle {
  function requireThere(): void {
    if (folder.get(name) !== file) throw named('NotFoundError');
  }

  function claim(): void {
    requireThere();
    if (file.isOpen) throw named('NoModificationAllowedError');
    file.isOpen = true;
  }

  return {
    kind: 'file',
    name,
    async getFile() {
      requireThere();
      return new File([contentOf(file)], name);
    },
    async createSyncAccessHandle(): Promise<SyncAccess> {
      claim();
      return syncAccess(file, grow);
    },
    /** Writes to a copy, which takes the file's place on `close`; the file is held meanwhile. */
    async createWritable() {
      claim();
      const copy: MemoryFile = { bytes: new Uint8Array(0), length: 0, isOpen: true };
      return {
        async write({ position, data }: { position: number; data: Uint8Array<ArrayBuffer> }) {
          grow(copy, position + data.length);
          copy.bytes.set(data, position);
        },
        async close() {
          Object.assign(file, copy, { isOpen: false });
        },
        async abort() {
          file.isOpen = false;
        },
      };
    },
    /** As WebKit has it, which takes no name alone. */
    async move(parent: FileSystemDirectoryHandle, ...[to]: [string]) {
      const target = contents.get(parent);
      if (target === undefined || to === undefined) throw new TypeError('Not enough arguments');
      requireThere();
      if (file.isOpen) throw named('NoModificationAllowedError');
      folder.delete(name);
      target.set(to, file);
    },
  } as unknown as FileSystemFileHandle;
}

function syncAccess(file: MemoryFile, grow: Grow): SyncAccess {
  let isClosed = false;
  function requireOpen(): void {
    if (isClosed) throw named('InvalidStateError');
  }
  return {
    read(bytes, { at }) {
      requireOpen();
      const found = file.bytes.subarray(at, Math.max(at, Math.min(file.length, at + bytes.length)));
      bytes.set(found);
      return found.length;
    },
    write(bytes, { at }) {
      requireOpen();
      grow(file, at + bytes.length);
      file.bytes.set(bytes, at);
      return bytes.length;
    },
    truncate(size) {
      requireOpen();
      grow(file, size);
      file.bytes.fill(0, size, file.length);
      file.length = size;
    },
    getSize() {
      requireOpen();
      return file.length;
    },
    flush: requireOpen,
    close() {
      if (!isClosed) file.isOpen = false;
      isClosed = true;
    },
  };
}

function contentOf({ bytes, length }: MemoryFile): Uint8Array<ArrayBuffer> {
  return bytes.slice(0, length);
}

function named(name: string): DOMException {
  return new DOMException(name, name);
}
