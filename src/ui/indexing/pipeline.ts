import type { ClipApi, Embeddings, ImageApi, LibraryApi, LoadedModel } from '../../../workers/api';
import { Failure, failureName, messageOf } from '../../core/failure';
import type { PhotoKey } from '../../core/photo-key';
import { isOfBytes } from '../../library/photo-state';
import { sentence } from '../kit/failures';
import { ContentsUnderWay } from './contents-under-way';
import { encodeBatch, prepareFor, type Prepared } from './picture-batch';
import type { Originals } from '../photos/originals';
import { reachOf, type Reach } from '../photos/out-of-reach';
import type { Photo } from '../photos/photo';
import type { Photos } from '../photos/photos.svelte';
import type { Thumbnails } from '../photos/thumbnails.svelte';

export interface PipelineParts {
  readonly clip: Pick<ClipApi, 'encodeImages' | 'encodeFrames'>;
  readonly images: ImageApi;
  readonly library: Pick<LibraryApi, 'add' | 'claim'>;
  readonly photos: Pick<Photos, 'current' | 'developed' | 'skip' | 'keep' | 'hasSeen'>;
  readonly originals: Pick<Originals, 'open' | 'drop'>;
  readonly thumbnails: Pick<Thumbnails, 'put'>;
}

/** Events of a pipeline; none after `end`. */
export interface PipelineEvents {
  /** Rows of these photos are in the library. */
  added(ids: readonly number[]): void;
  /** This many photos are done: indexed, skipped, removed meanwhile or out of reach. */
  done(count: number): void;
  /** This photo cannot be read now. It stays, without a row. */
  outOfReach(photo: Photo, reach: Reach): void;
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
 * Indexes photos with one model: image workers prepare pictures ahead while the tower encodes the previous batch. A
 * photo that is bad or out of reach does not stop the rest.
 *
 * Why in turns if the tower uses every core: its threads synchronise at every step, so one that shares its core delays
 * all of them. On 2 cores taking turns made indexing a tenth faster with the largest built-in model and a sixth with a
 * ViT-B/32.
 */
export class Pipeline {
  readonly #model: LoadedModel;
  readonly #parts: PipelineParts;
  readonly #events: PipelineEvents;
  readonly #contents: ContentsUnderWay;
  /** Whether pictures are prepared only while the tower is idle. */
  readonly #inTurns: boolean;
  #queue = new Set<number>();
  /** Photos taken from the queue but not done. */
  readonly #underWay = new Set<number>();
  /** Those among them whose file became another meanwhile: what is made of the former is not kept. */
  readonly #stale = new Set<number>();
  #ready: Prepared[] = [];
  #preparing = 0;
  /** Prepared photos whose content is being embedded for another photo. */
  #waiting = 0;
  #encoding = false;
  /** Batches being stored in the library. */
  #storing = 0;
  #batch = FIRST_BATCH;
  /** Maximum batch size, reduced when memory runs out. */
  #largest = Infinity;
  #running = false;
  #ended = false;

  /** @param contents shared by all pipelines of the page */
  constructor(
    model: LoadedModel,
    parts: PipelineParts,
    events: PipelineEvents,
    contents = new ContentsUnderWay(),
  ) {
    this.#contents = contents;
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

  /** The files of these photos are others now, or gone. */
  forget(ids: readonly number[]): void {
    for (const id of ids) if (this.#underWay.has(id)) this.#stale.add(id);
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
      this.#underWay.add(id);
      void this.#prepare(id);
    }
    if (this.#encoding || (this.#inTurns && this.#preparing > 0)) return;
    const last = this.#queue.size === 0 && this.#preparing === 0;
    if (this.#ready.length >= this.#batch || (last && this.#ready.length > 0)) {
      void this.#encode(this.#ready.splice(0, this.#batch));
    } else if (last && this.#storing === 0 && this.#waiting === 0) {
      this.#running = false;
      this.#events.finished();
    }
  }

  #mayPrepare(): boolean {
    return !this.#inTurns || (!this.#encoding && this.#ready.length < this.#batch);
  }

  async #prepare(id: number): Promise<void> {
    const photo = this.#parts.photos.current(id);
    this.#preparing++;
    try {
      const prepared = photo && (await this.#read(photo));
      if (prepared) this.#ready.push(prepared);
      else this.#done([id]);
    } catch (error) {
      this.#fail([id], error);
    } finally {
      this.#preparing--;
      this.#pump();
    }
  }

  /** Undefined if the photo needs no tower: it cannot be read, or its content already has a row. */
  async #read(photo: Photo): Promise<Prepared | undefined> {
    const { photos, images, originals, thumbnails } = this.#parts;
    const { id } = photo;
    const since = this.#contents.now;
    if (photo.key !== undefined && (await this.#claim(id, photo.key))) return undefined;
    const file = await this.#tried(photo, () => originals.open(photo));
    if (!file) return undefined;
    // Why only then: reading a file twice is expensive, and a file with a new length has new content.
    if (photo.key === undefined && photos.hasSeen(file.size)) {
      const key = await this.#tried(photo, () => images.keyOf(file));
      if (key === undefined || (await this.#claim(id, key, file))) return undefined;
    }
    const edge = photo.key === undefined ? THUMBNAIL_EDGE : 0;
    const picture = await this.#tried(photo, async () => {
      const answer = await prepareFor(this.#model, images, file, edge);
      if (answer.ok) return answer;
      throw new Failure(answer.name, answer.message);
    });
    if (!picture || this.#stale.has(id)) return undefined;
    const { key, width, height, metadata, decoding, thumbnail } = picture;
    photos.developed(id, { key, width, height, ...metadata }, file);
    if (thumbnail) thumbnails.put(id, thumbnail);
    const made = 'frame' in picture ? { frame: picture.frame } : { pixels: picture.pixels };
    return { ...made, id, decoding, reading: { id, key, width, height, ...metadata }, thumbnail, since };
  }

  /** The result of work on a photo's file; undefined if that fails, which is the photo's affair alone. */
  async #tried<T>(photo: Photo, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (this.#ended || this.#stale.has(photo.id)) return undefined;
      if (isOfBytes(failureName(error))) this.#parts.photos.skip(photo.id, sentence(messageOf(error)));
      else {
        this.#parts.originals.drop(photo);
        this.#events.outOfReach(photo, reachOf(error));
      }
      return undefined;
    }
  }

  /**
   * Tries to assign an existing row of this content, from a copy or a moved photo; whether there was one.
   * @param file in which the content was found
   */
  async #claim(id: number, key: PhotoKey, file?: File): Promise<boolean> {
    const { photos, library } = this.#parts;
    await photos.keep();
    if (this.#stale.has(id)) return false;
    const claimed = await library.claim(this.#model.summary.id, [{ id, key }]);
    if (this.#stale.has(id)) return false;
    for (const reading of claimed) photos.developed(id, reading, file);
    if (claimed.length > 0 && !this.#ended) this.#events.added([id]);
    return claimed.length > 0;
  }

  async #encode(prepared: readonly Prepared[]): Promise<void> {
    const { clip } = this.#parts;
    const { id: model } = this.#model.summary;
    const batch = prepared.filter(({ reading: { key }, since }, at) => {
      const isFirst = prepared.findIndex(({ reading }) => reading.key === key) === at;
      return isFirst && !this.#contents.of(model, key, since);
    });
    const end = this.#contents.begin(
      model,
      batch.map(({ reading }) => reading.key),
    );
    for (const copy of prepared) if (!batch.includes(copy)) void this.#wait(copy);
    const ids = batch.map(({ id }) => id);
    this.#encoding = batch.length > 0;
    try {
      if (batch.length === 0) return;
      const rows = await encodeBatch(this.#model, clip, batch);
      this.#batch = Math.min(this.#largest, rows.nextBatch);
      void this.#store(batch, rows).finally(end);
    } catch (error) {
      end();
      if (failureName(error) === 'OutOfMemory' && batch.length > 1) {
        this.#batch = this.#largest = Math.max(1, Math.floor(batch.length / 2));
        this.#again(ids);
      } else this.#fail(ids, error);
    } finally {
      this.#encoding = false;
      this.#pump();
    }
  }

  /** Tries a photo again once its content was embedded for another: then it finds the row. */
  async #wait({ id, reading: { key }, since }: Prepared): Promise<void> {
    this.#waiting++;
    await this.#contents.of(this.#model.summary.id, key, since);
    this.#waiting--;
    this.#again([id]);
    this.#pump();
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
      const isStill = ids.map((id) => !this.#stale.has(id));
      await library.add(
        batch.map(({ reading }) => reading).filter((_, at) => isStill[at]),
        {
          ...rowsOf(rows, isStill),
          decodings: batch.map(({ decoding }) => decoding).filter((_, at) => isStill[at]),
          // The model may be open by now with other weights, or in another arithmetic.
          madeBy: this.#model.rows,
        },
        new Map(smalls),
      );
      if (this.#ended) return;
      this.#events.added(ids.filter((id, at) => isStill[at] && !this.#stale.has(id)));
      this.#done(ids);
    } catch (error) {
      this.#fail(ids, error);
    } finally {
      this.#storing--;
      this.#pump();
    }
  }

  #done(ids: readonly number[]): void {
    const others = ids.filter((id) => this.#stale.has(id) && this.#parts.photos.current(id));
    this.#leave(ids);
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
    this.#leave(ids);
    this.#queue = new Set([...ids, ...this.#queue]);
  }

  #leave(ids: readonly number[]): void {
    for (const id of ids) {
      this.#underWay.delete(id);
      this.#stale.delete(id);
    }
  }
}

/** The wanted rows. */
function rowsOf(rows: Embeddings, wanted: readonly boolean[]): Embeddings {
  if (wanted.every(Boolean)) return rows;
  const { dim, data } = rows;
  const kept = data.filter((_, at) => wanted[Math.floor(at / dim)]);
  return { ...rows, count: kept.length / dim, data: kept };
}
