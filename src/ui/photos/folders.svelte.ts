import type { LibraryApi } from '../../../workers/api';
import { excluder } from '../../library/excludes';
import type { FolderRecord } from '../../library/records';
import type { Notices } from '../kit/notices.svelte';
import { SINGLE_FILES } from './photo';

/** Whether the page may read a folder: 'ask' needs a click by the user, 'never' cannot be read again. */
export type Access = 'allowed' | 'ask' | 'never';

export interface FoldersParts {
  readonly library: Pick<LibraryApi, 'putFolder' | 'removeFolder'>;
  readonly notices: Pick<Notices, 'report'>;
  /** A folder has become a part of another. */
  readonly onMerge: (id: number) => void;
}

/** Methods of a directory handle that TypeScript does not declare yet. */
interface Permissions {
  queryPermission?(descriptor: { mode: 'read' }): Promise<PermissionState>;
  requestPermission?(descriptor: { mode: 'read' }): Promise<PermissionState>;
}

const ALBUM: Omit<FolderRecord, 'id'> = { name: 'Sample album', kind: 'album', exclude: [] };

/** The folders of photos, remembered across visits. */
export class Folders {
  #list = $state.raw<readonly FolderRecord[]>([]);
  #access = $state.raw<ReadonlyMap<number, Access>>(new Map());
  readonly #parts: FoldersParts;
  /** Never given again in a visit: files of a folder that was removed may still arrive. */
  #lastId = SINGLE_FILES;
  /** Cached excluders, by a folder's patterns. */
  readonly #excluders = new WeakMap<readonly string[], (path: string) => boolean>();

  constructor(parts: FoldersParts) {
    this.#parts = parts;
  }

  /** All folders, without the one for single files. */
  get list(): readonly FolderRecord[] {
    return this.#list;
  }

  get(id: number): FolderRecord | undefined {
    return this.#list.find((folder) => folder.id === id);
  }

  /** Whether a folder's patterns exclude `path` below it. */
  isExcluded(id: number, path: string): boolean {
    const patterns = this.get(id)?.exclude;
    if (!patterns) return false;
    const excludes = this.#excluders.get(patterns) ?? excluder(patterns);
    this.#excluders.set(patterns, excludes);
    return excludes(path);
  }

  access(id: number): Access {
    return this.#access.get(id) ?? 'never';
  }

  /** Folders that can be read after a click. */
  get waiting(): readonly FolderRecord[] {
    return this.#list.filter(({ id }) => this.access(id) === 'ask');
  }

  /** Restores the folders of earlier visits. */
  async restore(records: readonly FolderRecord[]): Promise<void> {
    this.#list = records;
    this.#lastId = Math.max(this.#lastId, ...records.map(({ id }) => id));
    for (const { id, handle } of records) this.#set(id, await accessTo(handle));
  }

  /**
   * The known folder in which an entry lies, or which it is: `path` begins with that folder's name, `inside` does not.
   * One that was given itself may be read from now on.
   */
  async around(
    entry: FileSystemHandle,
  ): Promise<{ readonly folder: number; readonly path: string; readonly inside: string } | undefined> {
    for (const folder of this.#list) {
      const inside = await folder.handle?.resolve(entry);
      if (!inside) continue;
      if (inside.length === 0) await this.#givenAgain(folder, entry as FileSystemDirectoryHandle);
      return { folder: folder.id, path: [folder.name, ...inside].join('/'), inside: inside.join('/') };
    }
    return undefined;
  }

  /** The known folders inside a directory, with their paths below it. */
  async below(
    root: FileSystemDirectoryHandle,
  ): Promise<{ readonly folder: FolderRecord; readonly inside: string }[]> {
    const found: { folder: FolderRecord; inside: string }[] = [];
    for (const folder of this.#list) {
      const inside = folder.handle && (await root.resolve(folder.handle));
      if (inside && inside.length > 0) found.push({ folder, inside: inside.join('/') });
    }
    return found;
  }

  /** Adds a folder. */
  create(parts: Pick<FolderRecord, 'name' | 'kind' | 'handle'>): Promise<FolderRecord> {
    return this.#add({ ...parts, exclude: [] });
  }

  /** Removes a folder that has become a part of another, `inside` it: what it leaves out is left out there. */
  async merge(id: number, into: number, inside: string): Promise<void> {
    const [inner, outer] = [this.get(id), this.get(into)];
    // A pattern without "/" holds at any depth.
    const patterns = (inner?.exclude ?? []).flatMap((pattern) =>
      pattern.includes('/') ? [`${inside}/${pattern}`] : [`${inside}/${pattern}`, `${inside}/**/${pattern}`],
    );
    if (outer && patterns.length > 0) await this.change(into, { exclude: [...outer.exclude, ...patterns] });
    await this.remove(id);
    this.#parts.onMerge(id);
  }

  /** The folder of the sample album. */
  async album(): Promise<number> {
    const known = this.#list.find(({ kind }) => kind === 'album');
    return (known ?? (await this.#add(ALBUM))).id;
  }

  /** Requests permission to read a folder, during a user's click; resolves with whether it was granted. */
  async allow(id: number): Promise<boolean> {
    const handle = this.get(id)?.handle as Permissions | undefined;
    const state = (await handle?.requestPermission?.({ mode: 'read' })) ?? 'granted';
    this.#set(id, state === 'granted' ? 'allowed' : 'ask');
    return state === 'granted';
  }

  /** Changes a folder's record. */
  async change(id: number, changes: Partial<Pick<FolderRecord, 'exclude' | 'looked'>>): Promise<void> {
    const folder = this.get(id);
    if (!folder) return;
    const changed = { ...folder, ...changes };
    this.#list = this.#list.map((each) => (each.id === id ? changed : each));
    await this.#keep(changed);
  }

  /** Removes a folder, but not its photos. */
  async remove(id: number): Promise<void> {
    this.#list = this.#list.filter((folder) => folder.id !== id);
    try {
      await this.#parts.library.removeFolder(id);
    } catch (error) {
      this.#parts.notices.report('library', error);
    }
  }

  /** Removes all folders here, but not from storage. */
  clear(): void {
    this.#list = [];
    this.#access = new Map();
  }

  /** A known folder with a handle that the user has just given, by which it may be read. */
  async #givenAgain(folder: FolderRecord, handle: FileSystemDirectoryHandle): Promise<void> {
    const given = { ...folder, handle };
    this.#list = this.#list.map((each) => (each.id === folder.id ? given : each));
    this.#set(folder.id, 'allowed');
    await this.#keep(given);
  }

  async #add(parts: Omit<FolderRecord, 'id'>): Promise<FolderRecord> {
    const id = ++this.#lastId;
    const folder = { ...parts, id };
    this.#list = [...this.#list, folder];
    if (folder.handle) this.#set(id, 'allowed');
    await this.#keep(folder);
    return folder;
  }

  async #keep(folder: FolderRecord): Promise<void> {
    try {
      await this.#parts.library.putFolder(folder);
    } catch (error) {
      this.#parts.notices.report('library', error);
    }
  }

  #set(id: number, access: Access): void {
    this.#access = new Map([...this.#access, [id, access]]);
  }
}

async function accessTo(handle: FileSystemDirectoryHandle | undefined): Promise<Access> {
  if (!handle) return 'never';
  try {
    const state = await (handle as Permissions).queryPermission?.({ mode: 'read' });
    return state === undefined || state === 'granted' ? 'allowed' : 'ask';
  } catch {
    return 'ask';
  }
}
