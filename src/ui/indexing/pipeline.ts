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
  /** What the image worker is given for a file: the file, or a drawing made into pixels. */
  readonly pictureOf: (file: File) => Promise<Blob>;
}

/** What a pipeline tells; nothing any more once it was ended. */
export interface PipelineEvents {
  /** Rows of these photos are in the library. */
  added(ids: readonly number[]): void;
  /** This many photos need no more work: indexed, skipped, removed meanwhile or out of reach. */
  done(count: number): void;
  /** The file of this photo cannot be opened now. It stays, without a row. */
  unreachable(id: number): void;
  /** A batch failed. Its photos are first in line again and the pipeline holds. */
  failed(error: unknown): void;
  /** Nothing is left. */
  finished(): void;
}

/** The shorter edge of a thumbnail, in pixels: sharp at the default row height on a dense screen. */
const THUMBNAIL_EDGE = 360;

const FIRST_BATCH = 4;

/** Pictures kept prepared, at least: enough for every image worker. */
const LEAST_AHEAD = 8;

/**
 * Brings photos through one model into the library: pictures are prepared ahead in the image workers while the tower
 * works on the batch before. One bad photo is listed as skipped and never stops the rest.
 *
 * Why in turns where the tower computes on every core: its threads wait for each other at every step, so one that
 * shares its core holds up all of them. On 2 cores taking turns made indexing a tenth faster with the largest built-in
 * model and a sixth with a ViT-B/32.
 */
export class Pipeline {
  readonly #model: LoadedModel;
  readonly #parts: PipelineParts;
  readonly #events: PipelineEvents;
  /** Whether pictures are prepared only while the tower rests. */
  readonly #inTurns: boolean;
  #queue = new Set<number>();
  /** Out of the queue and not done yet, as they were when they left it. */
  readonly #underWay = new Map<number, Photo | undefined>();
  #ready: Prepared[] = [];
  #preparing = 0;
  #encoding = false;
  /** Batches on their way into the library. */
  #storing = 0;
  #batch = FIRST_BATCH;
  /** Falls when memory runs out. */
  #largest = Infinity;
  #running = false;
  #ended = false;

  constructor(model: LoadedModel, parts: PipelineParts, events: PipelineEvents) {
    this.#model = model;
    this.#parts = parts;
    this.#events = events;
    this.#inTurns = model.runsOn.takesAllCores === true;
  }

  /** Puts photos in line and returns how many were neither in it nor under way. */
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

  /** Starts nothing new; what is under way is finished. */
  hold(): void {
    this.#running = false;
  }

  /** For good: the photos still in line are forgotten, and nothing is told any more. */
  end(): void {
    this.#running = false;
    this.#ended = true;
  }

  /** Starts whatever can start now. Called after every change. */
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

  /** The file of a photo, or undefined when it is out of reach, which is told. */
  async #open(photo: Photo): Promise<File | undefined> {
    try {
      return await this.#parts.originals.open(photo);
    } catch {
      if (!this.#ended) this.#events.unreachable(photo.id);
      return undefined;
    }
  }

  /** Undefined when the photo needs no tower: it is no picture, or its content has a row already. */
  async #read(photo: Photo, file: File): Promise<Prepared | undefined> {
    const { photos, images, thumbnails, pictureOf } = this.#parts;
    const { id } = photo;
    // Why only then: reading a file twice is dear, and one whose length is new has new content.
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

  /** Whether a row of this file's content is there, from another photo or one that was moved; the photo has it now. */
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

  /** The tower goes on meanwhile. */
  async #store(batch: readonly Prepared[], rows: Embeddings): Promise<void> {
    const { photos, library } = this.#parts;
    const ids = batch.map(({ id }) => id);
    this.#storing++;
    try {
      await photos.keep();
      const smalls = batch.flatMap(({ reading, thumbnail }) =>
        thumbnail ? [[reading.key, thumbnail] as const] : [],
      );
      // Those whose file became another meanwhile are done again.
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

  /** First in line once more. Their pictures were handed over, so they are prepared anew. */
  #again(ids: readonly number[]): void {
    for (const id of ids) this.#underWay.delete(id);
    this.#queue = new Set([...ids, ...this.#queue]);
  }
}

/** Whether a photo's file became another one meanwhile. */
function isOther(before: Photo | undefined, now: Photo | undefined): boolean {
  return !!before && !!now && !isUnchanged(before, now);
}

/** Those of the rows that are wanted. */
function rowsOf(rows: Embeddings, wanted: readonly boolean[]): Embeddings {
  if (wanted.every(Boolean)) return rows;
  const { dim, data } = rows;
  const kept = data.filter((_, at) => wanted[Math.floor(at / dim)]);
  return { ...rows, count: kept.length / dim, data: kept };
}

/** Whether a failure says something of the picture, rather than of a worker or of the storage. */
function isOfPicture(error: unknown): boolean {
  const name = failureName(error);
  return name === undefined || name === 'FileUnreadable' || name.startsWith('Picture');
}
