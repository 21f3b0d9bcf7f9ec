import type { FolderRecord, PhotoRecord } from '../../library/records';
import type { GivenFile } from '../kit/given-files';
import { Contents, type ContentsParts } from './contents';
import type { Folders } from './folders.svelte';
import { alignments, isSameFolder, maySameFolder, type Alignment } from './listing-match';
import { SINGLE_FILES } from './photo';
import type { Photos } from './photos.svelte';

type Found = Extract<GivenFile, { ok: true }>;

/** Where a given folder belongs: a folder of the library, and its path there. */
interface Base {
  readonly folder: number;
  readonly path: string;
}

/** Where a file belongs: a folder of the library, and its path there. */
export interface Home extends Base {
  /** The path of the folder with which it was given; empty if that is not read as a whole. */
  readonly base: string;
}

export interface HomesParts extends ContentsParts {
  readonly folders: Pick<Folders, 'list' | 'around' | 'below' | 'create' | 'merge' | 'isExcluded'>;
  readonly photos: Pick<Photos, 'all' | 'inFolder' | 'move' | 'keep'>;
  /** Makes the last removal final: its photos may get another place. */
  readonly keepRemoval: () => void;
  /** Runs what looks up a folder and may add it, after what was begun before: two drops may give the same folder. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /**
   * Resolves once no other listing is being read, with what ends that of this one.
   *
   * Why: whether two listings are one folder shows in their files, so those of the first must be known.
   */
  readonly listingTurn: () => Promise<() => void>;
}

/** Number of files whose contents tell whether two folders are one. */
const SAMPLE = 4;

/**
 * Where the files given at one time belong. A folder that lies in a known one becomes a part of it, and known folders
 * within a given one become parts of that: each photo stands once.
 */
export class Homes {
  readonly #parts: HomesParts;
  readonly #contents: Contents;
  /** By what the files were given with: a handle, the mark of a listing, or a folder's name alone. */
  readonly #bases = new Map<unknown, Base>();
  /** Listings that are not like any known one, so that nothing must be known of them beforehand. */
  readonly #streamed = new Set<object>();
  #endListing: (() => void) | undefined;

  constructor(parts: HomesParts) {
    this.#parts = parts;
    this.#contents = new Contents(parts);
  }

  /** `files`, but those of a folder without a handle only when all are known, if it could be a known folder. */
  async *gathered(files: AsyncIterable<GivenFile> | Iterable<GivenFile>): AsyncGenerator<GivenFile> {
    let group: Found[] = [];
    for await (const given of files) {
      const listing = given.ok ? given.listing : undefined;
      if (given.ok && group[0] && group[0].listing !== listing) {
        yield* await this.#decided(group);
        group = [];
      }
      const isListing = given.ok && listing && !given.root;
      if (isListing) this.#endListing ??= await this.#parts.listingTurn();
      if (isListing && !this.#isStreamed(listing)) group.push(given);
      else yield given;
    }
    yield* await this.#decided(group);
  }

  /** All files were read, or will not be. */
  end(): void {
    this.#endListing?.();
  }

  /** Undefined if its folder was removed while it was being read. */
  async of({ root, listing, ...found }: Found): Promise<Home | undefined> {
    const [top = '', ...rest] = found.path.split('/');
    if (rest.length === 0) return this.#ofSingle(found);
    const mark = root ?? listing ?? top;
    const base =
      this.#bases.get(mark) ??
      (await this.#parts.inTurn(() => (root ? this.#ofRoot(root) : this.#ofName(top))));
    this.#bases.set(mark, base);
    if (this.#isThere(base)) return { ...base, base: base.path, path: [base.path, ...rest].join('/') };
    // It may have become a part of another, which reads it as a whole.
    const around = root && (await this.#parts.folders.around(root));
    return around && { ...around, base: '', path: [around.path, ...rest].join('/') };
  }

  #isThere({ folder }: Base): boolean {
    return this.#parts.folders.list.some(({ id }) => id === folder);
  }

  #isStreamed(listing: object): boolean {
    if (!this.#parts.folders.list.some(isListed)) this.#streamed.add(listing);
    return this.#streamed.has(listing);
  }

  /** A single file may lie in a known folder, which its handle tells. */
  async #ofSingle({ handle, path }: Pick<Found, 'handle' | 'path'>): Promise<Home> {
    const { folders } = this.#parts;
    const around = handle && (await folders.around(handle));
    const single = { folder: SINGLE_FILES, path, base: '' };
    if (!around || folders.isExcluded(around.folder, around.inside)) return single;
    return { ...around, base: '' };
  }

  async #ofRoot(root: FileSystemDirectoryHandle): Promise<Base> {
    const { folders, photos } = this.#parts;
    const around = await folders.around(root);
    if (around?.inside === '') await this.#takeIn(around, root);
    if (around) return around;
    const { id } = await folders.create({ name: root.name, kind: 'directory', handle: root });
    await this.#takeIn({ folder: id, path: root.name }, root);
    const places = new Map<number, Base>();
    for (const { id: photo, folder, handle } of photos.all()) {
      const inside = folder === SINGLE_FILES && handle ? await root.resolve(handle) : undefined;
      if (inside) places.set(photo, { folder: id, path: [root.name, ...inside].join('/') });
    }
    photos.move(places);
    return { folder: id, path: root.name };
  }

  /** Makes the known folders that lie in this one parts of it, also where an earlier visit ended before that was done. */
  takeIn({ id, name, handle }: FolderRecord): Promise<void> {
    return this.#parts.inTurn(async () => {
      if (handle) await this.#takeIn({ folder: id, path: name }, handle);
    });
  }

  async #takeIn({ folder, path }: Base, root: FileSystemDirectoryHandle): Promise<void> {
    for (const inner of await this.#parts.folders.below(root)) {
      await this.#absorb(inner.folder, { folder, path: `${path}/${inner.inside}` });
    }
  }

  /** Files that come with a path alone. */
  async #ofName(name: string): Promise<Base> {
    const { folders } = this.#parts;
    const known = folders.list.find((folder) => isListed(folder) && folder.name === name);
    const { id } = known ?? (await folders.create({ name, kind: 'listed' }));
    return { folder: id, path: name };
  }

  async #decided(files: readonly Found[]): Promise<readonly Found[]> {
    const [first] = files;
    if (first) await this.#parts.inTurn(() => this.#decide(first, files));
    return files;
  }

  /** Decides where the files of a whole listing belong. */
  async #decide(first: Found, files: readonly Found[]): Promise<void> {
    const { folders } = this.#parts;
    const [top = ''] = first.path.split('/');
    const known = this.#listings();
    const given = new Map(
      files.map(({ file, path }) => [path, { bytes: file.size, modified: file.lastModified, file }]),
    );
    let base: Base | undefined;
    const inner: (readonly [FolderRecord, string])[] = [];
    for (const folder of folders.list.filter(isListed)) {
      const listing = known.get(folder.id);
      if (!listing) continue;
      for (const alignment of alignments(given, listing)) {
        if (!(await this.#isOne(alignment, given, listing))) continue;
        const { inListing, inFolder } = alignment;
        if (inListing === top) base ??= { folder: folder.id, path: inFolder };
        else inner.push([folder, inListing]);
        break;
      }
    }
    base ??= { folder: (await folders.create({ name: top, kind: 'listed' })).id, path: top };
    this.#bases.set(first.listing, base);
    for (const [folder, path] of inner) {
      await this.#absorb(folder, { ...base, path: base.path + path.slice(top.length) });
    }
  }

  /**
   * Whether two folders are one: most of what they have in common is the same. Some contents are compared, also where
   * lengths and dates are equal: those of pictures without compression are, on two cards whose clocks stood still.
   */
  async #isOne(
    alignment: Alignment,
    given: ReadonlyMap<string, { readonly file: File }>,
    known: ReadonlyMap<string, PhotoRecord>,
  ): Promise<boolean> {
    if (!maySameFolder(alignment)) return false;
    const isLikely = isSameFolder(alignment);
    let isCompared = false;
    for (const [path, place] of (isLikely ? alignment.same : alignment.dated).slice(0, SAMPLE)) {
      const content = await this.#contents.ofPhoto(known.get(place)!);
      const found = content && (await this.#contents.of(given.get(path)!.file));
      if (!found) continue;
      if (found === content) return true;
      isCompared = true;
    }
    return isLikely && !isCompared;
  }

  /** The photos of each folder, by path. */
  #listings(): Map<number, Map<string, PhotoRecord>> {
    const listings = new Map<number, Map<string, PhotoRecord>>();
    for (const photo of this.#parts.photos.all()) {
      const listing = listings.get(photo.folder) ?? new Map<string, PhotoRecord>();
      listings.set(photo.folder, listing.set(photo.path, photo));
    }
    return listings;
  }

  /** A known folder becomes a part of another: its photos go there, and what it leaves out is left out there. */
  async #absorb(folder: FolderRecord, into: Base): Promise<void> {
    const { folders, photos, keepRemoval } = this.#parts;
    keepRemoval();
    const places = new Map<number, Base>();
    for (const photo of photos.inFolder(folder.id)) {
      const path = into.path + photo.path.slice(photo.path.indexOf('/'));
      places.set(photo.id, { ...into, path });
    }
    photos.move(places);
    // The library removes a folder with the photos that it still has.
    await photos.keep();
    await folders.merge(folder.id, into.folder, into.path.slice(into.path.indexOf('/') + 1));
  }
}

function isListed({ kind }: FolderRecord): boolean {
  return kind === 'listed';
}
