import { serial } from '../../core/tasks';
import { fetchAlbum } from './album';
import { arrivalText, holdsPicture, isPicture, type OtherFiles } from './arrivals';
import { sentence } from '../kit/failures';
import type { Schedule } from '../kit/frames';
import { filesOfDirectory, filesOfInput, type GivenFile } from '../kit/given-files';
import type { Folders } from './folders.svelte';
import { Homes, type Home, type HomesParts } from './homes';
import type { Notices } from '../kit/notices.svelte';
import type { PhotoEvents } from './gallery.svelte';
import type { Originals } from './originals';
import { SINGLE_FILES, type Arrival } from './photo';
import { belowTop, topOf } from './paths';
import type { Photos } from './photos.svelte';
import { SingleFiles } from './single-files';
import { TouchedPhotos, type TouchedPhotosParts } from './touched-photos';
import { WholeFolders } from './whole-folders';

/** The origin of files: chosen one by one, or found in a folder, where other files are expected. */
export type Origin = 'chosen' | 'folder';

export interface PhotoImportParts extends Pick<PhotoEvents, 'onFresh' | 'onSeen'> {
  readonly photos: TouchedPhotosParts['photos'] &
    HomesParts['photos'] &
    Pick<Photos, 'list' | 'add' | 'at' | 'current' | 'skipFile' | 'inFolder' | 'unhide' | 'show'>;
  readonly images: TouchedPhotosParts['images'];
  readonly keepRemoval: HomesParts['keepRemoval'];
  readonly originals: Pick<Originals, 'give' | 'given'>;
  readonly folders: HomesParts['folders'] & Pick<Folders, 'album' | 'get' | 'access' | 'change'>;
  /** Receives the non-picture files of one `add`. */
  readonly otherFiles: () => OtherFiles;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  readonly schedule: Schedule;
  /** Lets the user pick a folder; undefined if cancelled. `id` names the purpose. */
  readonly pickFolder: (id: string) => Promise<FileSystemDirectoryHandle | undefined>;
  /** Resolves when the photos of earlier visits are loaded. */
  readonly ready: () => Promise<void>;
  /** Milliseconds since 1970. */
  readonly today: () => number;
  /** The files of these photos changed: data on their content is stale. */
  readonly onChanged: (ids: readonly number[]) => void;
  /** The files of these photos no longer exist. */
  readonly onGone: (ids: readonly number[]) => void;
}

/** Yields a frame to the page after this many files. */
const FILES_A_FRAME = 48;

/** The state of one `add`. */
interface Pass {
  readonly origin: Origin;
  /** A remembered folder is read again: its photos are known, not given by the user. */
  readonly isLook: boolean;
  /** Files whose contents must be compared, by photo. */
  readonly touched: Map<number, File>;
  readonly others: OtherFiles;
  readonly homes: Homes;
  readonly whole: WholeFolders;
  /** Folders and files that could not be read. */
  readonly unread: string[];
  readonly counts: {
    added: number;
    changed: number;
    already: number;
    gone: number;
    others: number;
    unread: number;
  };
}

/** Imports what the user drops, picks or pastes. */
export class PhotoImport {
  #reading = $state(0);
  readonly #parts: PhotoImportParts;
  readonly #touchedPhotos: TouchedPhotos;
  readonly #singles: SingleFiles;
  readonly #inTurn = serial();
  readonly #listings = serial();

  constructor(parts: PhotoImportParts) {
    this.#parts = parts;
    this.#touchedPhotos = new TouchedPhotos(parts);
    this.#singles = new SingleFiles(parts);
  }

  /** Whether files are still being read. */
  get reading(): boolean {
    return this.#reading > 0;
  }

  /** Whether the sample album was added. */
  get hasAlbum(): boolean {
    const { folders, photos } = this.#parts;
    const album = folders.list.find(({ kind }) => kind === 'album');
    return album !== undefined && photos.list.some(({ folder }) => folder === album.id);
  }

  /**
   * Adds the pictures among `files`. A checkpoint among them is opened as a model; any other file is counted if it was
   * in a folder, and listed as skipped if it was chosen. Failures are reported. Resolves with the number of pictures,
   * including known ones.
   * @param isQuiet nothing is said unless something has changed
   */
  async add(
    files: AsyncIterable<GivenFile> | Iterable<GivenFile>,
    origin: Origin,
    folder?: number,
    isQuiet = false,
  ): Promise<number> {
    const { notices } = this.#parts;
    const others = this.#parts.otherFiles();
    const counts = { added: 0, changed: 0, already: 0, gone: 0, others: 0, unread: 0 };
    const isLook = folder !== undefined;
    const listingTurn = () =>
      new Promise<() => void>((begin) => {
        void this.#listings(() => new Promise<void>((end) => begin(end)));
      });
    const homes = new Homes({ ...this.#parts, inTurn: this.#inTurn, listingTurn });
    const pass: Pass = {
      origin,
      isLook,
      touched: new Map(),
      others,
      homes,
      whole: new WholeFolders(),
      unread: [],
      counts,
    };
    this.#reading++;
    if (!isQuiet) notices.say('Reading files');
    try {
      await this.#parts.ready();
      const looked = folder === undefined ? undefined : this.#parts.folders.get(folder);
      if (looked) await homes.takeIn(looked);
      if (looked) this.#begin(homeIn(looked.id, looked.name), looked.name, pass);
      await this.#read(files, pass, folder);
      await this.#compare(pass);
      await this.#finish(pass);
      this.#parts.photos.show();
      const isNoPhoto = others.end(counts.added === 0);
      if (!isNoPhoto) counts.others += others.count;
      counts.unread = pass.unread.length;
      const isNews = counts.added + counts.changed + counts.gone + counts.unread > 0;
      if (isNews || !isQuiet) notices.say(isNoPhoto && counts.added === 0 ? '' : arrivalText(counts));
      return counts.added + counts.changed + counts.already;
    } catch (error) {
      notices.say('');
      notices.report('import', error);
      return 0;
    } finally {
      homes.end();
      this.#reading--;
    }
  }

  /**
   * Rescans a remembered folder for new, changed, moved and deleted files. No-op without read permission.
   * @param isQuiet nothing is said unless something has changed
   */
  async lookAgain(id: number, isQuiet = false): Promise<void> {
    const { folders } = this.#parts;
    const handle = folders.get(id)?.handle;
    if (handle && folders.access(id) === 'allowed') {
      await this.add(filesOfDirectory(handle), 'folder', id, isQuiet);
    }
  }

  /** Excludes files of a folder by `patterns`, and adds files that are no longer excluded. */
  async exclude(id: number, patterns: readonly string[]): Promise<void> {
    await this.#parts.folders.change(id, { exclude: patterns });
    await this.lookAgain(id);
  }

  /** Restores the hidden photos of a folder. */
  unhide(id: number): void {
    this.#parts.onFresh(this.#parts.photos.unhide(id));
  }

  /** Adds the files of an `<input>` or a paste. */
  async addFiles(files: ArrayLike<File>, origin: Origin): Promise<void> {
    await this.add(filesOfInput(files), origin);
  }

  /** Lets the user pick a folder and adds its pictures. */
  async addFolder(): Promise<void> {
    try {
      const folder = await this.#parts.pickFolder('photos');
      if (folder) await this.add(filesOfDirectory(folder), 'folder');
    } catch (error) {
      this.#parts.notices.report('import', error);
    }
  }

  /** Adds the sample album. @param base URL of its folder, ending in `/` */
  async addAlbum(base: string): Promise<void> {
    this.#parts.notices.clear('import');
    await this.add(fetchAlbum(base, fetch), 'folder', await this.#parts.folders.album());
  }

  async #read(
    files: AsyncIterable<GivenFile> | Iterable<GivenFile>,
    pass: Pass,
    folder: number | undefined,
  ): Promise<void> {
    const { schedule } = this.#parts;
    let found: Arrival[] = [];
    let read = 0;
    for await (const given of pass.homes.gathered(files)) {
      if (!given.ok) this.#isUnread(given.path, sentence(given.message), pass);
      else {
        const arrival = await this.#sort(given, pass, folder);
        if (arrival) found.push(arrival);
      }
      if (++read % FILES_A_FRAME === 0) {
        this.#tell(found, pass);
        found = [];
        await new Promise<void>(schedule);
      }
    }
    this.#tell(found, pass);
    if (read === 0 && folder !== undefined) this.#isEmpty(folder, pass);
  }

  /** @param seesAll whether every name is seen, also those that handles leave out */
  #begin(home: Home, given: string, { whole }: Pass, seesAll = false): void {
    const held = () => this.#parts.photos.inFolder(home.folder);
    whole.begin(home, given, () => held().filter(({ unlisted }) => seesAll || !unlisted));
  }

  /**
   * A remembered folder is empty.
   *
   * Why its photos are kept: where a drive was taken off, its place may stay behind, empty.
   */
  #isEmpty(folder: number, pass: Pass): void {
    const { photos, folders } = this.#parts;
    const { name, kind } = folders.get(folder) ?? {};
    if (name === undefined || kind !== 'directory' || photos.inFolder(folder).length === 0) return;
    const why =
      'This folder is empty, or its drive is not connected. Its photos are kept until you remove it.';
    this.#isUnread(name, why, pass);
  }

  #isUnread(path: string, why: string, { unread }: Pass): void {
    unread.push(path);
    this.#parts.photos.skipFile(path, why, true);
  }

  /** Passes on what must be read, and what can be read if it was not. */
  #tell(found: readonly Arrival[], { isLook }: Pass): void {
    const { onFresh, onSeen } = this.#parts;
    const isKnown = ({ kind }: Arrival) => kind === 'known';
    onFresh(found.filter((each) => !isKnown(each)).map(({ id }) => id));
    (isLook ? onSeen : onFresh)(found.filter(isKnown).map(({ id }) => id));
  }

  async #compare(pass: Pass): Promise<void> {
    const { touched, counts } = pass;
    if (touched.size === 0) return;
    const changed = new Set(await this.#touchedPhotos.compare(touched));
    const shown = [...touched.keys()].filter((id) => this.#parts.photos.current(id));
    counts.changed += changed.size;
    counts.already += shown.length - changed.size;
    this.#tell(
      shown.map((id) => ({ id, kind: changed.has(id) ? 'changed' : 'known' })),
      pass,
    );
  }

  /** Sorts one file in; returns the photo, if it is one that is shown. */
  async #sort(
    found: Extract<GivenFile, { ok: true }>,
    pass: Pass,
    folder: number | undefined,
  ): Promise<Arrival | undefined> {
    const { origin, others, homes, counts } = pass;
    const { photos, folders } = this.#parts;
    if (!isPicture(found.file) && others.take(found)) return undefined;
    const isOne = await holdsPicture(found.file);
    if (isOne === undefined) this.#isUnread(found.path, 'This file cannot be read now.', pass);
    else if (isOne) {
      const isGone = folder !== undefined && !folders.get(folder);
      if (isGone) return undefined;
      const home = folder === undefined ? await homes.of(found) : homeIn(folder, found.path);
      if (!home || folders.isExcluded(home.folder, belowTop(home.path))) return undefined;
      if (found.root && home.base !== '')
        this.#begin(home, topOf(found.path), pass, found.listing !== undefined);
      if (home.folder !== SINGLE_FILES) return this.#arrive(found, home, pass);
      return this.#inTurn(async () => {
        const path = await this.#singles.nameOf(found);
        return this.#arrive(found, { ...home, path }, pass);
      });
    } else if (origin === 'folder' || found.path.includes('/')) counts.others++;
    else photos.skipFile(found.path, 'This file is not a picture.');
    return undefined;
  }

  #arrive(
    { file, path: given, handle, isUnlisted }: Extract<GivenFile, { ok: true }>,
    home: Home,
    { whole, touched, counts }: Pass,
  ): Arrival | undefined {
    const { photos, originals, onChanged } = this.#parts;
    const { folder, path } = home;
    const isSingle = folder === SINGLE_FILES;
    const found = { file, path, ...(isSingle && handle && { handle }), ...(isUnlisted && { isUnlisted }) };
    const arrival = photos.add(found, folder, !given.includes('/'));
    const { id, kind } = arrival;
    whole.saw(home, id);
    if (kind === 'hidden') return undefined;
    originals.give(id, file);
    if (kind === 'touched') touched.set(id, file);
    else if (kind === 'new') counts.added++;
    else if (kind === 'changed') counts.changed++;
    else counts.already++;
    if (kind === 'changed') onChanged([id]);
    return kind === 'bad' || kind === 'touched' ? undefined : arrival;
  }

  /** Removes photos whose files were missing from what was read completely. */
  async #finish({ whole, unread, counts }: Pass): Promise<void> {
    const { folders, today, onGone } = this.#parts;
    for (const { folder, base, ids } of whole.missing(unread)) {
      const { kind, name } = folders.get(folder) ?? {};
      if (kind !== 'directory') continue;
      counts.gone += ids.length;
      if (ids.length > 0) onGone(ids);
      if (base === name) await folders.change(folder, { looked: today() });
    }
  }
}

/** The place of a file that was found in a remembered folder. */
function homeIn(folder: number, path: string): Home {
  return { folder, path, base: topOf(path) };
}
