/** A person's photos, the browser in which they are kept, and what becomes of both. */
import type { AppState } from '../../src/ui/app/app-state.svelte';
import { unpacked } from '../../src/library/photo-pack';
import { FIRST_LIBRARY } from '../../src/library/records';
import { filesOfDirectory } from '../../src/ui/kit/given-files';
import { createLibraryApi } from '../../workers/library/library-api';
import type { ClipApi, ImageApi, LibraryApi } from '../../workers/api';
import { memoryShelves } from '../library/memory-store';
import { clip, failure, images, keyOf, memoryIn, modelsWorker, rows, summary } from '../ui/fakes';
import { testApp } from '../ui/app/test-app';
import { MemoryDisk } from './memory-disk';
import { mortal, mortalStore, secondTabLibrary } from './visit-life';

/** Folders that are given with a handle: the second lies in the first. */
export const FOLDERS = ['P', 'P/Q', 'R'] as const;
/** Folders of one name that are given without. */
export const CARDS = ['X/DCIM', 'Y/DCIM'] as const;
/** Files that are given by themselves. */
export const SINGLES = ['S/a.jpg', 'S/b.jpg', 'S/d.jpg'] as const;
const PATHS = [
  'P/a.jpg',
  'P/b.jpg',
  'P/Q/a.jpg',
  'P/Q/b.jpg',
  'R/a.jpg',
  'R/b.jpg',
  'X/DCIM/a.jpg',
  'X/DCIM/b.jpg',
  'Y/DCIM/a.jpg',
  'Y/DCIM/b.jpg',
  ...SINGLES,
];
const SPARE = ['P/c.jpg', 'P/Q/c.jpg', 'R/c.jpg', 'X/DCIM/c.jpg'];
const MODELS = ['tiny', 'other'];

/** What happened in all walks. */
export interface Tally {
  events: number;
  visits: number;
  encoded: number;
  removed: number;
  found: number;
}

/** A visit that ends when it is let go: then nothing it does arrives anywhere. */
interface Visit {
  readonly app: AppState;
  readonly library: LibraryApi;
  alive: boolean;
}

export class PhotoWorld {
  readonly disk = new MemoryDisk();
  /** Contents that were embedded, stored and acknowledged, as "model key". */
  readonly stored = new Set<string>();
  /** Contents that were embedded again although their row was there. */
  readonly twice: string[] = [];
  readonly given = new Set<string>();
  /** What was removed, by its path on the disk: its content. */
  readonly removed = new Map<string, string>();
  isShortOfMemory = false;
  doesReaderDie = false;
  doesTowerFail = false;
  readonly #tally: Tally;
  readonly #shelves = memoryShelves();
  readonly #memory = new Map<string, string>();
  readonly #underWay = new Set<string>();
  readonly #angles = new Map<string, string>();
  #model = 'tiny';
  #content = 10;
  #clock = 1;
  #visit: Visit | undefined;
  /** What the last removal took, in case it is undone. */
  #lastRemoved: string[] = [];

  constructor(tally: Tally) {
    this.#tally = tally;
    for (const path of PATHS) this.write(path);
  }

  get app(): AppState {
    return this.#visit!.app;
  }

  /** What a search finds. */
  search(): ReturnType<LibraryApi['search']> {
    return this.#visit!.library.search(rows(this.#model, 0), 1000);
  }

  /** A new picture, of three bytes like most others, or of four. */
  write(path: string, isLonger = false): void {
    const angle = `${this.#content++}`;
    const content = angle.padStart(isLonger ? 4 : 3, ' ');
    this.#angles.set(keyOf(content), angle);
    this.disk.put(path, content, this.#clock++);
  }

  /** The tab is closed in the middle of whatever it does, and another one opened. */
  async visit(): Promise<void> {
    if (this.#visit) this.#visit.alive = false;
    this.#tally.visits++;
    this.#underWay.clear();
    this.disk.allowed.clear();
    const life = { alive: true };
    const library = this.#library(life);
    const { app } = testApp({
      library,
      models: modelsWorker(MODELS.map((id) => summary(id, id === 'tiny' ? 'built-in' : 'folder'))),
      towers: mortal(life, this.#towers()),
      pictures: mortal(life, this.#pictures()),
      memory: memoryIn(this.#memory),
    });
    this.#visit = Object.assign(life, { app, library });
    await app.gallery.restore();
    await this.#forgetStored(library);
    await app.models.start(this.#model, undefined);
  }

  otherModel(): Promise<void> {
    this.#model = MODELS.find((model) => model !== this.#model)!;
    return this.app.models.choose(this.#model);
  }

  /** Gives a folder, as a person drops it, or picks it where there are no handles; or a file by itself. */
  async give(folder: string): Promise<void> {
    this.given.add(folder);
    if (this.disk.isAway) return;
    if (this.disk.files.has(folder)) {
      if (!this.disk.locked.has(folder))
        await this.app.photoImport.addFiles([this.disk.file(folder)], 'chosen');
    } else if (folder.endsWith('.jpg')) return;
    else if (folder.endsWith('DCIM')) await this.app.photoImport.addFiles(this.#listed(folder), 'folder');
    else {
      this.disk.allowed.add(folder);
      await this.app.photoImport.add(filesOfDirectory(this.disk.directory(folder)), 'chosen');
    }
  }

  /** A folder that no photo is left of is forgotten, with what was removed from it. */
  noticeFolders(): void {
    if (this.app.gallery.restoring) return;
    const { list } = this.app.gallery.folders;
    const isThere = (path: string) =>
      list.some(({ handle, name }) => {
        const folder = (handle as { path?: string } | undefined)?.path;
        return folder === undefined ? path.includes(`/${name}/`) : path.startsWith(`${folder}/`);
      });
    for (const path of this.removed.keys()) if (!isThere(path)) this.removed.delete(path);
  }

  /**
   * Removes a photo that is shown, unless it is the last one of its folder, which would go with it. One that was given
   * by itself is forgotten, and comes back when it is given again.
   */
  async remove(pick: number): Promise<void> {
    const { photos, gallery } = this.app;
    // What is removed before it was ever stored is not known on the next visit, and comes as a new photo.
    await photos.keep().catch(() => undefined);
    const { folders } = gallery;
    const mine = photos.list.filter(
      ({ folder }) =>
        folders.get(folder)?.kind === 'single' ||
        photos.list.filter((each) => each.folder === folder).length > 2,
    );
    const photo = mine[pick % Math.max(1, mine.length)];
    const path = photo && this.placeOf(photo.id);
    if (!photo || path === undefined || photo.key === undefined) return;
    const stored = [...this.disk.files.values()].find(({ content }) => keyOf(content) === photo.key);
    if (!stored) return;
    gallery.remove([photo.id]);
    this.#tally.removed++;
    const isSingle = folders.get(photo.folder)?.kind === 'single';
    if (!isSingle) this.removed.set(path, stored.content);
    this.#lastRemoved = isSingle ? [] : [path];
  }

  undo(): void {
    if (this.app.photos.removed.length === 0) return;
    this.app.gallery.undoRemoval();
    for (const path of this.#lastRemoved) this.removed.delete(path);
    this.#lastRemoved = [];
  }

  move(from: number, to: number): void {
    const path = PATHS[from % PATHS.length]!;
    const stored = this.disk.files.get(path);
    if (!stored) return;
    this.disk.files.delete(path);
    this.disk.files.set(SPARE[to % SPARE.length]!, { ...stored });
  }

  copy(from: number, to: number): void {
    const stored = this.disk.files.get(PATHS[from % PATHS.length]!);
    if (stored) this.disk.files.set(SPARE[to % SPARE.length]!, { ...stored });
  }

  swap(one: number, other: number): void {
    const [a, b] = [PATHS[one % PATHS.length]!, PATHS[other % PATHS.length]!];
    const [x, y] = [this.disk.files.get(a), this.disk.files.get(b)];
    if (!x || !y || a === b) return;
    this.disk.files.set(a, { ...y });
    this.disk.files.set(b, { ...x });
  }

  /** Another date, the same content. */
  touch(pick: number): void {
    const stored = this.disk.files.get(PATHS[pick % PATHS.length]!);
    if (stored) this.disk.put(PATHS[pick % PATHS.length]!, stored.content, this.#clock++);
  }

  edit(pick: number, isLonger: boolean): void {
    this.write(PATHS[pick % PATHS.length]!, isLonger);
  }

  spoil(pick: number): void {
    this.disk.put(PATHS[pick % PATHS.length]!, `x${this.#content++}`, this.#clock++);
  }

  delete(pick: number): void {
    this.disk.files.delete(PATHS[pick % PATHS.length]!);
  }

  lock(pick: number): void {
    this.disk.locked.add(PATHS[pick % PATHS.length]!);
  }

  /** Another tab takes photos while this one has the library. */
  async secondTab(folder: string): Promise<void> {
    const { app } = testApp({ library: secondTabLibrary(), models: modelsWorker([summary('tiny')]) });
    await app.gallery.restore();
    this.disk.allowed.add(folder);
    await app.photoImport.add(filesOfDirectory(this.disk.directory(folder)), 'chosen');
  }

  /** Until nothing is under way. */
  async idle(): Promise<void> {
    const { app } = this;
    for (let quiet = 0; quiet < 25;) {
      await new Promise((resolve) => setImmediate(resolve));
      const isBusy =
        app.photoImport.reading ||
        app.gallery.restoring ||
        app.models.status.phase !== 'ready' ||
        ['running', 'waiting'].includes(app.indexing.phase);
      quiet = isBusy ? 0 : quiet + 1;
    }
    await app.photos.keep().catch(() => undefined);
  }

  /** All obstacles go, and the person gives once more what they had given. */
  async clear(): Promise<void> {
    await this.idle();
    // The offer to undo goes by itself.
    this.app.gallery.keepRemoval();
    this.noticeFolders();
    this.disk.isAway = false;
    this.disk.locked.clear();
    [this.isShortOfMemory, this.doesReaderDie, this.doesTowerFail] = [false, false, false];
    for (const problem of this.app.notices.problems) problem.action?.run();
    this.app.indexing.resume();
    await this.idle();
    for (const folder of this.given) await this.give(folder);
    await this.idle();
    for (const { id } of this.app.gallery.folders.waiting) await this.app.gallery.allow(id);
    await this.app.tryAgain();
    await this.idle();
  }

  /** The path on the disk of a photo; undefined where the page itself no longer knows it. */
  placeOf(id: number): string | undefined {
    const { gallery, photos } = this.app;
    const photo = photos.current(id);
    if (!photo) return undefined;
    const folder = gallery.folders.get(photo.folder);
    const below = photo.path.slice(photo.path.indexOf('/'));
    if (folder?.handle) return (folder.handle as unknown as { path: string }).path + below;
    return (gallery.originals.given(id) as { diskPath?: string } | undefined)?.diskPath;
  }

  #listed(folder: string): File[] {
    const paths = [...this.disk.files.keys()].filter((path) => path.startsWith(`${folder}/`));
    return paths
      .filter((path) => !this.disk.locked.has(path))
      .map((path) =>
        Object.defineProperty(this.disk.file(path), 'webkitRelativePath', { value: path.slice(2) }),
      );
  }

  /** Rows of contents that no photo has any more may go between visits. */
  async #forgetStored(library: LibraryApi): Promise<void> {
    const photos = (await library.photosFrom(0, Infinity)).flatMap(unpacked);
    const angles = new Set(photos.map(({ key }) => this.#angles.get(key ?? '')));
    for (const name of this.stored) if (!angles.has(name.split(' ')[1])) this.stored.delete(name);
  }

  #towers(): Omit<ClipApi, 'load' | 'unload'> {
    const tower = clip();
    return {
      ...tower,
      encodeImages: async (model, batch) => {
        if (this.doesTowerFail) throw failure('OutOfMemory');
        for (let at = 0; at < batch.count; at++) {
          const name = `${model} ${batch.data[3 * at]}`;
          if (this.stored.has(name) || this.#underWay.has(name)) this.twice.push(name);
          this.#underWay.add(name);
          this.#tally.encoded++;
        }
        await new Promise((resolve) => setImmediate(resolve));
        for (let at = 0; at < batch.count; at++) this.#underWay.delete(`${model} ${batch.data[3 * at]}`);
        return tower.encodeImages(model, batch);
      },
    };
  }

  #pictures(): ImageApi {
    const check = (file: Blob) => {
      if (this.doesReaderDie) throw failure('WorkerDied');
      if (this.isShortOfMemory) throw failure('OutOfMemory');
      return file;
    };
    return {
      ...images,
      async prepare(file, ...rest) {
        const picture = await images.prepare(check(file), ...rest);
        return picture.ok ? { ...picture, key: keyOf(await file.text()) } : picture;
      },
      keyOf: async (file) => images.keyOf(check(file)),
    };
  }

  #library(visit: { alive: boolean }): LibraryApi {
    const api = createLibraryApi({
      list: async () => [FIRST_LIBRARY],
      put: async () => true,
      takeOff: async () => undefined,
      lock: async () => true,
      openStore: async () => mortalStore(visit, await this.#shelves.open(), this.disk),
      removeStore: async () => undefined,
      removeIndexesMadeBy: async () => undefined,
      openDevice: async () => undefined,
    });
    const add: LibraryApi['add'] = async (readings, rows, thumbnails) => {
      await api.add(readings, rows, thumbnails);
      if (!visit.alive) return;
      for (const { key } of readings) this.stored.add(`${rows.model} ${this.#angles.get(key)}`);
    };
    return mortal(visit, { ...api, add });
  }
}
