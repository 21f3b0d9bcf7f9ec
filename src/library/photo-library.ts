import type { Decoding } from '../core/decoding';
import { firstOf } from '../core/first-of';
import type { PhotoKey } from '../core/photo-key';
import { serial } from '../core/tasks';
import type { Embeddings } from '../core/unit-rows';
import { findDuplicates, type DuplicateGroup, type DuplicatesOptions } from '../search/duplicates/duplicates';
import { ModelIndexes, type PhotoEmbeddings } from '../search/model-indexes';
import type { Scored, Subset } from '../search/top-k';
import { TwinSearch } from '../search/twin-search';
import { ContentIds } from './content-ids';
import { KeptIndexes } from './kept-indexes';
import type { LibraryStore } from './library-store';
import { photoCountIn, writeCount, type PhotoCount } from './photo-count';
import { withRows, type PhotoRows } from './photo-rows';
import { hasNewContent, isRead, stateOf, withReading } from './photo-state';
import type { PhotoPack } from './photo-pack';
import { PhotoTable } from './photo-table';
import { readingOf } from './reading';
import type { FolderRecord, PhotoRecord, Reading } from './records';
import { comparer } from './thumbnail-look';
import { tidyingOf } from './tidying';
import { WantedRows } from './wanted-rows';

type Ids = Int32Array<ArrayBuffer>;

/**
 * The photos of a library and their embeddings by every model, on disk and in memory. Changes run one after another and
 * are on disk once their promise resolves. Without a `store`, everything is in memory only.
 */
export class PhotoLibrary {
  /** The embeddings, by photo id. */
  readonly #rows = new ModelIndexes();
  readonly #store: LibraryStore | undefined;
  readonly #twins: TwinSearch;
  readonly #photos = new PhotoTable();
  readonly #folders = new Map<number, FolderRecord>();
  #idsOf = new ContentIds();
  /** Photos as they were when they were removed or became others in this visit, by content key. */
  readonly #former = new Map<PhotoKey, PhotoRecord>();
  /** Undefined without a store. */
  readonly #kept: KeptIndexes | undefined;
  /** Names of rows that are in memory only. */
  readonly #passing = new Set<string>();
  readonly #wanted = new WantedRows();
  readonly #inTurn = serial();
  #count: PhotoCount | undefined;
  #tidying: (() => Promise<void>)[] = [];
  #tidied: Promise<void> | undefined;
  #isClosed = false;
  #missing = 0;

  /** @param twins performs searches; default: CPU only */
  constructor(store: LibraryStore | undefined, twins = new TwinSearch(async () => undefined)) {
    this.#store = store;
    this.#kept = store && new KeptIndexes(store);
    this.#twins = twins;
  }

  /** Loads the stored library; await it before any other call. @throws StorageUnavailable */
  async restore(): Promise<void> {
    if (!this.#store) return;
    const { database } = this.#store;
    const [folders, kept] = [await database.folders(), await database.photos()];
    for (const folder of folders) this.#folders.set(folder.id, folder);
    this.#photos.take(kept.packs);
    for (const photo of kept.loose) this.#photos.set(photo);
    for (const id of kept.gone) this.#photos.delete(id);
    this.#idsOf = this.#photos.contents();
    const isNeeded = (key: PhotoKey) => this.#idsOf.has(key) || this.#former.has(key);
    this.#tidying = tidyingOf(database, kept, this.#photos, isNeeded);
    // A browser that cannot open the file keeps photos all the same.
    this.#count = await this.#store.openCount().then(photoCountIn, () => undefined);
    this.#missing = Math.max(0, (this.#count?.read() ?? 0) - this.#photos.size);
  }

  get folders(): FolderRecord[] {
    return [...this.#folders.values()];
  }

  /** Number of photos that this device had and whose records are gone, though nobody removed them. */
  get missing(): number {
    return this.#missing;
  }

  /** Resolves once what can be tidied up of earlier visits is, after a model was opened. */
  get tidied(): Promise<void> {
    return this.#tidied ?? Promise.resolve();
  }

  /** Number of rows of `model` that were found damaged on disk when it was opened. Their photos have none. */
  damaged(model: string): number {
    return this.#kept?.damaged(model) ?? 0;
  }

  /** By ascending id. */
  get photos(): PhotoRecord[] {
    return [...this.#photos.values()];
  }

  /** As `PhotoTable.packsFrom`. */
  packsFrom(first: number, count: number): PhotoPack[] {
    return this.#photos.packsFrom(first, count);
  }

  /**
   * Makes `model` the current one and returns the ids that have a row, ascending. Rows made by other weights with the
   * same model id are discarded.
   * @param decoding exact: rows of pictures decoded at a scale are as if they were not there
   * @throws IndexUnreadable, StorageFull, StorageBusy, StorageUnavailable
   */
  open(model: string, dim: number, weights: string, decoding?: Decoding): Promise<Ids> {
    return this.#inTurn(async () => {
      await this.#hold(model, dim, weights, decoding);
      // Not before: it would delay the answer by seconds. What fails stays as it is until the next visit.
      this.#tidied ??= this.#tidy().catch(() => undefined);
      return this.#rows.open(model, dim);
    });
  }

  /**
   * As `open`, beside the current model, which stays the current one. Without `weights`, `model` is a name for rows that
   * are in memory only, until `closeModel`.
   */
  openBeside(model: string, dim: number, weights?: string, decoding?: Decoding): Promise<Ids> {
    return this.#inTurn(async () => {
      if (weights === undefined) this.#passing.add(model);
      await this.#hold(model, dim, weights, decoding);
      return this.#rows.openBeside(model, dim);
    });
  }

  /**
   * Drops the rows of `model` from memory until `open` reads them again; rows added meanwhile are ignored. A library
   * without a store keeps them: it could not read them again.
   */
  closeModel(model: string): Promise<void> {
    return this.#inTurn(async () => {
      const isHeld = this.#kept?.close(model) ?? false;
      if (this.#passing.delete(model) || isHeld) await this.#dropFromMemory(model);
    });
  }

  /**
   * The `k` best matches of a model by cosine with the first row of `query`, descending; ties by ascending id.
   * @throws ModelNotLoaded if the rows' model is not open, RangeError if its rows have another length
   */
  search(query: Embeddings, k: number, among?: Subset): Promise<Scored[]> {
    return this.#twins.topK(this.#rows.indexFor(query), query.data.subarray(0, query.dim), k, among);
  }

  /** The unit-length row of a photo by `model`: a copy; undefined if there is none. */
  row(model: string, id: number): Float32Array<ArrayBuffer> | undefined {
    return this.#rows.get(model, id);
  }

  /** As `ModelIndexes.rowsOf`. @throws ModelNotLoaded */
  rowsOf(model: string, first: number, count: number): PhotoEmbeddings {
    return this.#rows.rowsOf(model, first, count);
  }

  /** What its embeddings are asked without a search. */
  get embeddings(): Pick<ModelIndexes, 'cosines' | 'nearestQueries'> {
    return this.#rows;
  }

  /**
   * Groups of near-duplicate photos, by the current model's rows and, where thumbnails are stored, by their looks.
   * @throws ModelNotLoaded, Cancelled
   */
  async duplicates(options: DuplicatesOptions): Promise<DuplicateGroup[]> {
    const isAlike = this.#store && comparer((keys) => this.thumbnails(keys));
    const photos = this.photos.filter(isRead);
    return findDuplicates(photos, this.#rows.current, { ...options, ...(isAlike && { isAlike }) });
  }

  /** Stores photo records. Hidden and bad photos, and those with new content, lose their rows. */
  putPhotos(records: readonly PhotoRecord[]): Promise<void> {
    return this.#inTurn(async () => {
      const photos = records.map((record) => withReading(record, this.#photos.get(record.id)));
      await this.#store?.database.putPhotos(photos);
      const stale = photos.filter(
        (photo) => stateOf(photo) !== 'shown' || hasNewContent(this.#photos.get(photo.id), photo),
      );
      for (const photo of photos) {
        const before = this.#photos.get(photo.id);
        if (before?.key !== undefined && hasNewContent(before, photo)) this.#former.set(before.key, before);
        this.#set(photo);
      }
      await writeCount(this.#count, this.#photos.size);
      this.#rows.remove(stale.map(({ id }) => id));
    });
  }

  putFolder(folder: FolderRecord): Promise<void> {
    return this.#inTurn(async () => {
      await this.#store?.database.putFolder(folder);
      this.#folders.set(folder.id, folder);
    });
  }

  /** Removes a folder and its photos. */
  async removeFolder(id: number): Promise<void> {
    const ids = this.photos.filter(({ folder }) => folder === id).map((photo) => photo.id);
    await this.remove(ids);
    return this.#inTurn(async () => {
      await this.#store?.database.removeFolder(id);
      this.#folders.delete(id);
    });
  }

  /**
   * Assigns existing rows of `model` to photos by content: that of another photo, of one of this visit that is gone, or
   * their own, if they had a row before. Stores them as read and returns their readings.
   */
  claim(model: string, contents: readonly Pick<Reading, 'id' | 'key'>[]): Promise<Reading[]> {
    return this.#inTurn(async () => {
      const claimed: Reading[] = [];
      for (const { id, key } of contents) {
        if (!this.#photos.has(id)) continue;
        const twins = this.#idsOf.of(key);
        const known = [...twins.map((twin) => this.#photos.get(twin)), this.#former.get(key)];
        const reading = firstOf(known, (photo) => photo && readingOf(photo, id));
        if (!reading) continue;
        const kept = await this.#kept?.get(model)?.readRow(key);
        const data = kept ?? firstOf(twins, (twin) => this.#rows.get(model, twin));
        if (!data) continue;
        await this.#read([reading], new Map());
        this.#addRow(model, id, data);
        claimed.push(reading);
      }
      return claimed;
    });
  }

  /**
   * Stores photo readings, their rows in the same order, and their thumbnails. Ignores photos removed meanwhile, and rows
   * that are not exact if they are to be, or that other weights made than the model was opened with.
   * @throws StorageFull, StorageUnavailable: memory is then unchanged, and anything already on disk is valid
   */
  add(
    readings: readonly Reading[],
    rows: PhotoRows,
    thumbnails: ReadonlyMap<PhotoKey, Blob> = new Map(),
  ): Promise<void> {
    return this.#inTurn(async () => {
      const here = withRows(readings, rows).filter(({ reading }) => this.#photos.has(reading.id));
      const wanted = here.filter(({ decoding }) => this.#wanted.wants(rows, decoding));
      // Why photos first: a photo without its row is embedded again, but a row without its photo is useless.
      await this.#read(
        here.map(({ reading }) => reading),
        thumbnails,
      );
      const puts = wanted.map((each) => [each.reading.key, each.row, each.decoding] as const);
      await this.#kept?.get(rows.model)?.append(puts);
      if (this.#kept && !this.#kept.get(rows.model) && !this.#passing.has(rows.model)) return;
      for (const each of wanted) this.#addRow(rows.model, each.reading.id, each.row);
    });
  }

  /** Removes photos. Their rows and thumbnails stay on disk until the next visit, in case the content returns. */
  remove(ids: readonly number[]): Promise<void> {
    return this.#inTurn(async () => {
      const gone = ids.filter((id) => this.#photos.has(id));
      await writeCount(this.#count, this.#photos.size - gone.length);
      await this.#store?.database.removePhotos(gone);
      this.#rows.remove(gone);
      for (const id of gone) this.#delete(id);
    });
  }

  /** Deletes every row of `model`, at every image size. */
  drop(model: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#rows.drop(model);
      await this.#kept?.drop(model);
    });
  }

  /** The stored ones among them. */
  async thumbnails(keys: readonly PhotoKey[]): Promise<Map<PhotoKey, Blob>> {
    return (await this.#store?.database.thumbnails(keys)) ?? new Map<PhotoKey, Blob>();
  }

  /** Closes all files. The object must not be used afterwards. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      this.#isClosed = true;
      this.#kept?.closeAll();
      this.#count?.close();
      this.#store?.database.close();
    });
  }

  /** Opens the stored rows of a model, if there is a store; rows by other weights, or not exact enough, are not held. */
  async #hold(model: string, dim: number, weights?: string, decoding: Decoding = 'scaled'): Promise<void> {
    if (this.#wanted.turnTo(model, decoding, weights)) await this.#dropFromMemory(model);
    if (!this.#kept || weights === undefined || this.#kept.has({ model, weights }, decoding)) return;
    await this.#dropFromMemory(model);
    this.#rows.openBeside(model, dim);
    const index = this.#rows.indexFor({ model, dim });
    await this.#kept.open({ model, weights }, dim, decoding, (key, halves) => {
      const ids = this.#idsOf.ofWords(key);
      for (const id of ids) if (this.#photos.isShown(id)) index.setHalves(id, halves);
      return ids.length > 0;
    });
  }

  async #tidy(): Promise<void> {
    for (const step of this.#tidying) {
      await this.#inTurn(async () => (this.#isClosed ? undefined : step()));
    }
  }

  /** Those at another image size stay. */
  async #dropFromMemory(model: string): Promise<void> {
    const index = this.#rows.close(model);
    if (index) await this.#twins.release(index);
  }

  /** In memory only; none for a photo that is not shown. */
  #addRow(model: string, id: number, data: Float32Array<ArrayBuffer>): void {
    if (!this.#photos.isShown(id)) return;
    this.#rows.add([id], { model, count: 1, dim: data.length, data });
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
    if (before !== undefined && before !== photo.key) this.#idsOf.delete(before, photo.id);
    this.#photos.set(photo);
    if (photo.key !== undefined) this.#idsOf.add(photo.key, photo.id);
  }

  #delete(id: number): void {
    const photo = this.#photos.get(id);
    this.#photos.delete(id);
    if (photo?.key === undefined) return;
    this.#former.set(photo.key, photo);
    this.#idsOf.delete(photo.key, id);
  }
}
