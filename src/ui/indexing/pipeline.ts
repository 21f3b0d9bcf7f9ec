import type { ClipApi, Embeddings, ImageApi, LibraryApi, LoadedModel } from '../../../workers/api';
import { failureName, messageOf } from '../../core/failure';
import { isUnchanged } from '../../library/photo-state';
import { sentence } from '../kit/failures';
import { batchOf, type Prepared } from './picture-batch';
import type { Originals } from '../photos/originals';
import type { Photo } from '../photos/photo';
import type { Photos } from '../photos/photos.svelte';
import { SMALL_FILE, type Thumbnails } from '../photos/thumbnails.svelte';

export interface PipelineParts {
  readonly clip: Pick<ClipApi, 'encodeImages'>;
  readonly images: ImageApi;
  readonly library: Pick<LibraryApi, 'add' | 'claim'>;
  readonly photos: Pick<Photos, 'current' | 'developed' | 'skip' | 'keep' | 'hasSeen'>;
  readonly originals: Pick<Originals, 'open'>;
  readonly thumbnails: Pick<Thumbnails, 'put'>;
  /** Converts a file for the image worker: the file itself, or a rasterised SVG. */
  readonly pictureOf: (file: File) => Promise<Blob>;
}

/** Events of a pipeline; none after `end`. */
export interface PipelineEvents {
  /** Rows of these photos are in the library. */
  added(ids: readonly number[]): void;
  /** This many photos are done: indexed, skipped, removed meanwhile or unreachable. */
  done(count: number): void;
  /** This photo's file cannot be opened now. The photo stays, without a row. */
  unreachable(id: number): void;
  /** A batch failed. Its photos are back at the front of the queue and the pipeline is on hold. */
  failed(error: unknown): void;
  /** The queue is empty and all work is done. */
  finished(): void;
}

/** The shorter edge of a thumbnail, in pixels: sharp at the default row height on a dense screen. */
const THUMBNAIL_EDGE = 360;

const FIRST_BATCH = 4;

/** Minimum number of pictures prepared ahead: enough for every image worker. */
const LEAST_AHEAD = 8;

/**
 * Indexes photos with one model: image workers prepare pictures ahead while the tower encodes the previous batch. A bad
 * photo is listed as skipped and does not stop the rest.
 *
 * Why in turns if the tower uses every core: its threads synchronise at every step, so one that shares its core delays
 * all of them. On 2 cores taking turns made indexing a tenth faster with the largest built-in model and a sixth with a
 * ViT-B/32.
 */
export class Pipeline {
  readonly #model: LoadedModel;
  readonly #parts: PipelineParts;
  readonly #events: PipelineEvents;
  /** Whether pictures are prepared only while the tower is idle. */
  readonly #inTurns: boolean;
  #queue = new Set<number>();
  /** Photos taken from the queue but not done, with their record at that time. */
  readonly #underWay = new Map<number, Photo | undefined>();
  #ready: Prepared[] = [];
  #preparing = 0;
  #encoding = false;
  /** Batches being stored in the library. */
  #storing = 0;
  #batch = FIRST_BATCH;
  /** Maximum batch size, reduced when memory runs out. */
  #largest = Infinity;
  #running = false;
  #ended = false;

  constructor(model: LoadedModel, parts: PipelineParts, events: PipelineEvents) {
    this.#model = model;
    this.#parts = parts;
    this.#events = events;
    this.#inTurns = model.runsOn.takesAllCores === true;
  }

  /** Queues photos and returns how many were neither queued nor in progress. */
  add(ids: readonly number[]): number {
    const before = this.#queue.size;
    for (const id of ids) if (!this.#underWay.has(id)) this.#queue.add(id);
    const added = this.#queue.size - before;
    this.#pump();
    return added;
  }

  run(): void {
    this.#running = true;
    this.#pump();
  }

  /** Starts nothing new; work in progress is finished. */
  hold(): void {
    this.#running = false;
  }

  /** Ends permanently: drops the queue and sends no more events. */
  end(): void {
    this.#running = false;
    this.#ended = true;
  }

  /** Starts whatever can start. Called after every change. */
  #pump(): void {
    if (!this.#running) return;
    // Why two batches: one for the tower to take next, one being prepared meanwhile.
    const ahead = Math.max(LEAST_AHEAD, 2 * this.#batch);
    for (const id of this.#mayPrepare() ? this.#queue : []) {
      if (this.#preparing + this.#ready.length >= ahead) break;
      this.#queue.delete(id);
      this.#underWay.set(id, this.#parts.photos.current(id));
      void this.#prepare(id);
    }
    if (this.#encoding || (this.#inTurns && this.#preparing > 0)) return;
    const last = this.#queue.size === 0 && this.#preparing === 0;
    if (this.#ready.length >= this.#batch || (last && this.#ready.length > 0)) {
      void this.#encode(this.#ready.splice(0, this.#batch));
    } else if (last && this.#storing === 0) {
      this.#running = false;
      this.#events.finished();
    }
  }

  #mayPrepare(): boolean {
    return !this.#inTurns || (!this.#encoding && this.#ready.length < this.#batch);
  }

  async #prepare(id: number): Promise<void> {
    const { photos } = this.#parts;
    let prepared: Prepared | undefined;
    this.#preparing++;
    try {
      const photo = photos.current(id);
      const file = photo && (await this.#open(photo));
      if (photo && file) prepared = await this.#read(photo, file);
      if (prepared) this.#ready.push(prepared);
    } catch (error) {
      if (isOfPicture(error)) photos.skip(id, sentence(messageOf(error)));
      else this.#fail([id], error);
    } finally {
      this.#preparing--;
      if (!prepared) this.#done([id]);
      this.#pump();
    }
  }

  /** The file of a photo; undefined if it is unreachable, which is reported. */
  async #open(photo: Photo): Promise<File | undefined> {
    try {
      return await this.#parts.originals.open(photo);
    } catch {
      if (!this.#ended) this.#events.unreachable(photo.id);
      return undefined;
    }
  }

  /** Undefined if the photo needs no tower: it is not a picture, or its content already has a row. */
  async #read(photo: Photo, file: File): Promise<Prepared | undefined> {
    const { photos, images, thumbnails, pictureOf } = this.#parts;
    const { id } = photo;
    // Why only then: reading a file twice is expensive, and a file with a new length has new content.
    if (photo.key === undefined && photos.hasSeen(file.size) && (await this.#claim(id, file)))
      return undefined;
    const isSmall = file.size <= SMALL_FILE;
    const edge = photo.key !== undefined || isSmall ? 0 : THUMBNAIL_EDGE;
    const drawn = await pictureOf(file);
    const picture = await images.prepare(
      file,
      this.#model.preprocess,
      edge,
      drawn === file ? undefined : drawn,
    );
    if (!picture.ok) {
      photos.skip(id, sentence(picture.message));
      return undefined;
    }
    const { key, width, height, metadata, pixels } = picture;
    const small = picture.thumbnail ?? (isSmall && photo.key !== key ? file : undefined);
    photos.developed(id, { key, width, height, ...metadata });
    if (small) thumbnails.put(id, small);
    return { id, pixels, reading: { id, key, width, height, ...metadata }, thumbnail: small };
  }

  /** Tries to assign an existing row of this content, from a copy or a moved photo; whether there was one. */
  async #claim(id: number, file: File): Promise<boolean> {
    const { photos, images, library } = this.#parts;
    const key = await images.keyOf(file);
    await photos.keep();
    const claimed = await library.claim(this.#model.summary.id, [{ id, key }]);
    for (const reading of claimed) photos.developed(id, reading);
    if (claimed.length > 0 && !this.#ended) this.#events.added([id]);
    return claimed.length > 0;
  }

  async #encode(batch: readonly Prepared[]): Promise<void> {
    const { clip } = this.#parts;
    const ids = batch.map(({ id }) => id);
    this.#encoding = true;
    try {
      const rows = await clip.encodeImages(this.#model.summary.id, batchOf(this.#model, batch));
      this.#batch = Math.min(this.#largest, rows.nextBatch);
      void this.#store(batch, rows);
    } catch (error) {
      if (failureName(error) === 'OutOfMemory' && batch.length > 1) {
        this.#batch = this.#largest = Math.max(1, Math.floor(batch.length / 2));
        this.#again(ids);
      } else this.#fail(ids, error);
    } finally {
      this.#encoding = false;
      this.#pump();
    }
  }

  /** Stores a batch while the tower continues. */
  async #store(batch: readonly Prepared[], rows: Embeddings): Promise<void> {
    const { photos, library } = this.#parts;
    const ids = batch.map(({ id }) => id);
    this.#storing++;
    try {
      await photos.keep();
      const smalls = batch.flatMap(({ reading, thumbnail }) =>
        thumbnail ? [[reading.key, thumbnail] as const] : [],
      );
      // Photos whose file changed meanwhile are indexed again.
      const isStill = ids.map((id) => !isOther(this.#underWay.get(id), photos.current(id)));
      await library.add(
        batch.map(({ reading }) => reading).filter((_, at) => isStill[at]),
        rowsOf(rows, isStill),
        new Map(smalls),
      );
      if (this.#ended) return;
      this.#events.added(ids.filter((_, at) => isStill[at]));
      this.#done(ids);
    } catch (error) {
      this.#fail(ids, error);
    } finally {
      this.#storing--;
      this.#pump();
    }
  }

  #done(ids: readonly number[]): void {
    const others = ids.filter((id) => isOther(this.#underWay.get(id), this.#parts.photos.current(id)));
    for (const id of ids) this.#underWay.delete(id);
    for (const id of others) this.#queue.add(id);
    if (!this.#ended) this.#events.done(ids.length - others.length);
  }

  #fail(ids: readonly number[], error: unknown): void {
    if (this.#ended) return;
    this.#again(ids);
    this.#running = false;
    this.#events.failed(error);
  }

  /** Back to the front of the queue. Their pixels were transferred, so they are prepared again. */
  #again(ids: readonly number[]): void {
    for (const id of ids) this.#underWay.delete(id);
    this.#queue = new Set([...ids, ...this.#queue]);
  }
}

/** Whether a photo's file changed meanwhile. */
function isOther(before: Photo | undefined, now: Photo | undefined): boolean {
  return !!before && !!now && !isUnchanged(before, now);
}

/** The wanted rows. */
function rowsOf(rows: Embeddings, wanted: readonly boolean[]): Embeddings {
  if (wanted.every(Boolean)) return rows;
  const { dim, data } = rows;
  const kept = data.filter((_, at) => wanted[Math.floor(at / dim)]);
  return { ...rows, count: kept.length / dim, data: kept };
}

/** Whether a failure is caused by the picture, not by a worker or storage. */
function isOfPicture(error: unknown): boolean {
  const name = failureName(error);
  return name === undefined || name === 'FileUnreadable' || name.startsWith('Picture');
}
