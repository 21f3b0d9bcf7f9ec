import { isMadeBy } from '../core/model-id';
import type { PhotoKey } from '../core/photo-key';
import { serial } from '../core/tasks';
import type { Embeddings } from '../core/unit-rows';
import { openIndexPair, type IndexPair } from '../search/index-file/index-pair';
import { findDuplicates, type DuplicateGroup, type DuplicatesOptions } from '../search/duplicates/duplicates';
import { ModelIndexes, type PhotoEmbeddings } from '../search/model-indexes';
import type { Scored, Subset } from '../search/top-k';
import { TwinSearch } from '../search/twin-search';
import type { SyncAccess } from '../storage/sync-access';
import type { IndexName, LibraryStore } from './library-store';
import { hasNewContent, isRead, stateOf } from './photo-state';
import type { FolderRecord, PhotoRecord, Reading } from './records';

/** An index on the disk that gives back room once more than this part of it is of no use. */
const WASTE = 0.25;

interface KeptIndex extends IndexName {
  readonly pair: IndexPair;
  readonly files: readonly SyncAccess[];
}

/**
 * The photos of a library and their embeddings by every model, on the disk and in memory. Calls that change something
 * wait for each other; a change is on the disk once its promise resolves. Without a `store` all of it lasts as long as
 * this object.
 */
export class PhotoLibrary {
  /** The embeddings, by photo id. */
  readonly #rows = new ModelIndexes();
  readonly #store: LibraryStore | undefined;
  readonly #twins: TwinSearch;
  readonly #photos = new Map<number, PhotoRecord>();
  readonly #folders = new Map<number, FolderRecord>();
  readonly #idsOf = new Map<PhotoKey, Set<number>>();
  /** Photos that were removed in this visit, by content. */
  readonly #removed = new Map<PhotoKey, PhotoRecord>();
  readonly #indexes = new Map<string, KeptIndex>();
  readonly #inTurn = serial();

  /** @param twins what searches, on the CPU alone unless given */
  constructor(store: LibraryStore | undefined, twins = new TwinSearch(async () => undefined)) {
    this.#store = store;
    this.#twins = twins;
  }

  /** Reads what is kept; to be awaited before anything else is called. @throws StorageUnavailable */
  async restore(): Promise<void> {
    if (!this.#store) return;
    const { database } = this.#store;
    const [folders, photos] = [await database.folders(), await database.photos()];
    for (const folder of folders) this.#folders.set(folder.id, folder);
    for (const photo of photos) this.#set(photo);
    await database.keepThumbnails((key) => this.#idsOf.has(key));
  }

  get folders(): FolderRecord[] {
    return [...this.#folders.values()];
  }

  /** By rising id as long as they were put in that order. */
  get photos(): PhotoRecord[] {
    return [...this.#photos.values()];
  }

  /**
   * Makes `model` the current one and returns the ids that have a row, rising. Rows made by other weights of that id
   * are given up.
   * @throws IndexUnreadable, StorageFull, StorageBusy, StorageUnavailable
   */
  open(model: string, dim: number, weights: string): Promise<Int32Array<ArrayBuffer>> {
    return this.#inTurn(async () => {
      const held = this.#indexes.get(model);
      if (this.#store && held?.weights !== weights) {
        if (held) this.#close(held);
        this.#rows.drop(model);
        await this.#store.removeIndexes((index) => index.model === model && index.weights !== weights);
        await this.#openIndex({ model, weights }, dim, this.#store);
      }
      return this.#rows.open(model, dim);
    });
  }

  /**
   * Takes what `model` made out of memory; `open` reads it again. Rows of it that are added meanwhile are left out. A
   * library without a store keeps them all: it could not have them again.
   */
  closeModel(model: string): Promise<void> {
    return this.#inTurn(async () => {
      const held = this.#indexes.get(model);
      if (!held) return;
      this.#close(held);
      const index = this.#rows.close(model);
      if (index) await this.#twins.release(index);
    });
  }

  /**
   * The `k` best of a model's photos by cosine with `query`'s first row, falling; equal scores by rising id.
   * @throws ModelNotLoaded when the rows' model is not open, RangeError when its rows have another length
   */
  search(query: Embeddings, k: number, among?: Subset): Promise<Scored[]> {
    return this.#twins.topK(this.#rows.indexFor(query), query.data.subarray(0, query.dim), k, among);
  }

  /** The row that `model` made of a photo, of length 1: a copy; undefined where there is none. */
  row(model: string, id: number): Float32Array<ArrayBuffer> | undefined {
    return this.#rows.get(model, id);
  }

  /** As `ModelIndexes.rowsOf`. @throws ModelNotLoaded */
  rowsOf(model: string, first: number, count: number): PhotoEmbeddings {
    return this.#rows.rowsOf(model, first, count);
  }

  /** As `ModelIndexes.cosines`. @throws ModelNotLoaded, RangeError */
  cosines(rows: Embeddings): ReturnType<ModelIndexes['cosines']> {
    return this.#rows.cosines(rows);
  }

  /** Groups of photos that show the same, by the current model's rows. @throws ModelNotLoaded, Cancelled */
  async duplicates(options: DuplicatesOptions): Promise<DuplicateGroup[]> {
    return findDuplicates(this.photos.filter(isRead), this.#rows.current, options);
  }

  /** Keeps photos as they were found. What is hidden, faulty or of a content that is not the old one loses its rows. */
  putPhotos(photos: readonly PhotoRecord[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#store?.database.putPhotos(photos);
      const stale = photos.filter(
        (photo) => stateOf(photo) !== 'shown' || hasNewContent(this.#photos.get(photo.id), photo),
      );
      for (const photo of photos) this.#set(photo);
      this.#rows.remove(stale.map(({ id }) => id));
    });
  }

  putFolder(folder: FolderRecord): Promise<void> {
    return this.#inTurn(async () => {
      await this.#store?.database.putFolder(folder);
      this.#folders.set(folder.id, folder);
    });
  }

  /** Forgets a folder and its photos. */
  async removeFolder(id: number): Promise<void> {
    const ids = this.photos.filter(({ folder }) => folder === id).map((photo) => photo.id);
    await this.remove(ids);
    return this.#inTurn(async () => {
      await this.#store?.database.removeFolder(id);
      this.#folders.delete(id);
    });
  }

  /**
   * What is known of those photos whose content has a row of `model`, because another photo has it, or had it before
   * it was removed in this visit. They are kept as read, with that row.
   */
  claim(model: string, contents: readonly Pick<Reading, 'id' | 'key'>[]): Promise<Reading[]> {
    return this.#inTurn(async () => {
      const claimed: Reading[] = [];
      for (const { id, key } of contents) {
        const twin = [...(this.#idsOf.get(key) ?? [])].find((other) => other !== id);
        const known = twin === undefined ? this.#removed.get(key) : this.#photos.get(twin);
        if (!known || !this.#photos.has(id)) continue;
        const kept = await this.#indexes.get(model)?.pair.readRow(key);
        const data = kept ?? (twin === undefined ? undefined : this.#rows.get(model, twin));
        const reading = data && readingOf(known, id);
        if (!reading) continue;
        await this.#read([reading], new Map());
        this.#addRow(model, id, data);
        claimed.push(reading);
      }
      return claimed;
    });
  }

  /**
   * Keeps what was read of photos with their rows, in the same order, and their thumbnails. Photos that are gone
   * meanwhile are left out.
   * @throws StorageFull, StorageUnavailable: none of it is in memory then, and what of it may be on the disk is right
   */
  add(
    readings: readonly Reading[],
    rows: Embeddings,
    thumbnails: ReadonlyMap<PhotoKey, Blob> = new Map(),
  ): Promise<void> {
    return this.#inTurn(async () => {
      const row = (at: number) => rows.data.subarray(at * rows.dim, (at + 1) * rows.dim);
      const here = readings.flatMap((reading, at) =>
        this.#photos.has(reading.id) ? [{ reading, row: row(at) }] : [],
      );
      // Why the photos first: a photo without its row is embedded again, a row whose photo is unknown is of no use.
      await this.#read(
        here.map(({ reading }) => reading),
        thumbnails,
      );
      await this.#indexes.get(rows.model)?.pair.append(here.map((each) => [each.reading.key, each.row]));
      if (this.#store && !this.#indexes.has(rows.model)) return;
      for (const each of here) this.#addRow(rows.model, each.reading.id, each.row);
    });
  }

  /** Forgets photos. Their rows and thumbnails stay on the disk until the next visit: they may come back as others. */
  remove(ids: readonly number[]): Promise<void> {
    return this.#inTurn(async () => {
      const gone = ids.filter((id) => this.#photos.has(id));
      await this.#store?.database.removePhotos(gone);
      this.#rows.remove(gone);
      for (const id of gone) this.#delete(id);
    });
  }

  /** Forgets every row that `model` made, at whatever image size. */
  drop(model: string): Promise<void> {
    return this.#inTurn(async () => {
      const isGone = (index: IndexName) => isMadeBy(model, index.model);
      for (const index of [...this.#indexes.values()].filter(isGone)) this.#close(index);
      this.#rows.drop(model);
      await this.#store?.removeIndexes(isGone);
    });
  }

  /** Those that are kept. */
  async thumbnails(keys: readonly PhotoKey[]): Promise<Map<PhotoKey, Blob>> {
    return (await this.#store?.database.thumbnails(keys)) ?? new Map<PhotoKey, Blob>();
  }

  /** Lets go of all files. Nothing may be called after that. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      for (const index of [...this.#indexes.values()]) this.#close(index);
      this.#store?.database.close();
    });
  }

  async #openIndex({ model, weights }: IndexName, dim: number, store: LibraryStore): Promise<void> {
    const files = await store.openIndex({ model, weights });
    try {
      const unused: PhotoKey[] = [];
      this.#rows.open(model, dim);
      const { index: pair } = await openIndexPair(
        files,
        { model: described(model, weights), dim },
        (key, data) => {
          const ids = [...(this.#idsOf.get(key) ?? [])];
          if (ids.length === 0) unused.push(key);
          const shown = ids.filter((id) => stateOf(this.#photos.get(id)!) === 'shown');
          for (const id of shown) this.#addRow(model, id, data);
        },
      );
      const waste = pair.dead + unused.length;
      if (waste > WASTE * (pair.live + pair.dead)) {
        await pair.append([], unused);
        await pair.compact();
      }
      this.#indexes.set(model, { model, weights, pair, files });
    } catch (error) {
      for (const file of files) file.close();
      throw error;
    }
  }

  /** In memory alone. */
  #addRow(model: string, id: number, data: Float32Array<ArrayBuffer>): void {
    this.#rows.add([id], { model, count: 1, dim: data.length, data });
  }

  #close({ model, files }: KeptIndex): void {
    this.#indexes.delete(model);
    for (const file of files) file.close();
  }

  async #read(readings: readonly Reading[], thumbnails: ReadonlyMap<PhotoKey, Blob>): Promise<void> {
    const read = readings.flatMap((reading) => {
      const photo = this.#photos.get(reading.id);
      return photo ? [{ ...photo, ...reading }] : [];
    });
    if (read.length === 0) return;
    await this.#store?.database.putPhotos(read, thumbnails);
    for (const photo of read) this.#set(photo);
  }

  #set(photo: PhotoRecord): void {
    const before = this.#photos.get(photo.id)?.key;
    if (before !== undefined && before !== photo.key) this.#unlink(before, photo.id);
    this.#photos.set(photo.id, photo);
    if (photo.key === undefined) return;
    const ids = this.#idsOf.get(photo.key) ?? new Set();
    this.#idsOf.set(photo.key, ids.add(photo.id));
  }

  #delete(id: number): void {
    const photo = this.#photos.get(id);
    this.#photos.delete(id);
    if (photo?.key === undefined) return;
    this.#removed.set(photo.key, photo);
    this.#unlink(photo.key, id);
  }

  #unlink(key: PhotoKey, id: number): void {
    const ids = this.#idsOf.get(key);
    ids?.delete(id);
    if (ids?.size === 0) this.#idsOf.delete(key);
  }
}

/** What was read of a photo, as if it had been read of photo `id`. */
function readingOf(
  { key, width, height, taken, camera, place }: PhotoRecord,
  id: number,
): Reading | undefined {
  if (key === undefined || width === undefined || height === undefined) return undefined;
  return {
    id,
    key,
    width,
    height,
    ...(taken !== undefined && { taken }),
    ...(camera !== undefined && { camera }),
    ...(place && { place }),
  };
}

/** What the index's header says of its rows: at most 200 bytes. */
function described(model: string, weights: string): string {
  const most = 200 - weights.length - 1;
  const name = new TextDecoder().decode(new TextEncoder().encode(model).subarray(0, most - 3));
  return `${weights} ${name}`;
}
