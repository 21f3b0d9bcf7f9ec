import type { DroppedEntry } from '../../src/ui/kit/given-files';

/** What lies on a disk under a path. */
interface Stored {
  readonly content: string;
  readonly modified: number;
}

/** A file as it was when its handle was asked: it can be read for as long as it lies there unchanged. */
export class DiskFile extends File {
  readonly diskPath: string;
  readonly #check: () => void;

  constructor(path: string, { content, modified }: Stored, check: () => void) {
    super([content], path.split('/').at(-1)!, { lastModified: modified });
    this.diskPath = path;
    this.#check = check;
  }

  override async text(): Promise<string> {
    this.#check();
    return super.text();
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    this.#check();
    return super.arrayBuffer();
  }
}

/** A disk in memory, of files by their whole path. It may be changed, taken off, and closed to the page. */
export class MemoryDisk {
  readonly files = new Map<string, Stored>();
  /** Paths of files that another program holds. */
  readonly locked = new Set<string>();
  /** Paths of the folders that the page may read; those below them it may read too. */
  readonly allowed = new Set<string>();
  /** A drive that was taken off: nothing on it can be read. */
  isAway = false;
  /** Called before a file is read; `reads` counts this one. */
  onRead: (reads: number) => void = () => undefined;
  #reads = 0;

  put(path: string, content: string, modified = 1): void {
    this.files.set(path, { content, modified });
  }

  /** The names in a folder, and whether each is a file. */
  children(folder: string): Map<string, boolean> {
    const names = new Map<string, boolean>();
    for (const path of this.files.keys()) {
      if (!path.startsWith(`${folder}/`)) continue;
      const [name = '', ...rest] = path.slice(folder.length + 1).split('/');
      names.set(name, rest.length === 0);
    }
    return names;
  }

  /** A dropped folder or file as the system lists it, with every name. */
  entry(path: string): DroppedEntry {
    const name = path.split('/').at(-1)!;
    if (this.files.has(path)) return { isDirectory: false, name, file: (done) => done(this.file(path)) };
    const children = [...this.children(path).keys()].map((child) => this.entry(`${path}/${child}`));
    return {
      isDirectory: true,
      name,
      createReader: () => ({ readEntries: (done) => done(children.splice(0)) }),
    };
  }

  /** The handle of a folder, another object each time. */
  directory(path: string): FileSystemDirectoryHandle {
    return new Directory(this, path) as unknown as FileSystemDirectoryHandle;
  }

  /** The handle of a file. */
  fileHandle(path: string): FileSystemFileHandle {
    return new FileEntry(this, path) as unknown as FileSystemFileHandle;
  }

  /** @throws DOMException as a browser does */
  file(path: string): File {
    const stored = this.files.get(path);
    this.#check(path, stored);
    return new DiskFile(path, stored!, () => {
      this.onRead(++this.#reads);
      this.#check(path, stored);
    });
  }

  isAllowed(path: string): boolean {
    return [...this.allowed].some((folder) => path === folder || path.startsWith(`${folder}/`));
  }

  #check(path: string, stored: Stored | undefined): void {
    if (this.isAway || !stored || !this.files.has(path)) throw new DOMException(path, 'NotFoundError');
    if (this.locked.has(path) || this.files.get(path) !== stored) {
      throw new DOMException(path, 'NotReadableError');
    }
  }
}

class Entry {
  readonly disk: MemoryDisk;
  readonly path: string;

  constructor(disk: MemoryDisk, path: string) {
    this.disk = disk;
    this.path = path;
  }

  get name(): string {
    return this.path.split('/').at(-1)!;
  }

  async isSameEntry(other: Entry): Promise<boolean> {
    return other.disk === this.disk && other.path === this.path;
  }

  async queryPermission(): Promise<PermissionState> {
    return this.disk.isAllowed(this.path) ? 'granted' : 'prompt';
  }

  /** The person says yes. */
  async requestPermission(): Promise<PermissionState> {
    this.disk.allowed.add(this.path);
    return 'granted';
  }

  protected check(): void {
    if (!this.disk.isAllowed(this.path)) throw new DOMException(this.path, 'NotAllowedError');
    if (this.disk.isAway) throw new DOMException(this.path, 'NotFoundError');
  }
}

class FileEntry extends Entry {
  readonly kind = 'file';

  async getFile(): Promise<File> {
    this.check();
    return this.disk.file(this.path);
  }
}

class Directory extends Entry {
  readonly kind = 'directory';

  async resolve(other: Entry): Promise<string[] | null> {
    if (other.disk !== this.disk) return null;
    if (other.path === this.path) return [];
    return other.path.startsWith(`${this.path}/`) ? other.path.slice(this.path.length + 1).split('/') : null;
  }

  async *values(): AsyncGenerator<Directory | FileEntry> {
    this.check();
    for (const [name, isFile] of this.#children()) {
      this.check();
      const path = `${this.path}/${name}`;
      yield isFile ? new FileEntry(this.disk, path) : new Directory(this.disk, path);
    }
  }

  async getDirectoryHandle(name: string): Promise<Directory> {
    this.check();
    if (this.#children().get(name) !== false) throw new DOMException(name, 'NotFoundError');
    return new Directory(this.disk, `${this.path}/${name}`);
  }

  async getFileHandle(name: string): Promise<FileEntry> {
    this.check();
    if (this.#children().get(name) !== true) throw new DOMException(name, 'NotFoundError');
    return new FileEntry(this.disk, `${this.path}/${name}`);
  }

  /** Without the names that a browser's handles leave out. */
  #children(): Map<string, boolean> {
    return new Map([...this.disk.children(this.path)].filter(([name]) => !name.includes(':')));
  }
}
