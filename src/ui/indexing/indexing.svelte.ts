import type { LibraryApi, LoadedModel } from '../../../workers/api';
import { failureName } from '../../core/failure';
import { pace } from './pace';
import { Pipeline, type PipelineParts } from './pipeline';
import { plural } from '../kit/words';
import type { Notices } from '../kit/notices.svelte';
import type { Photos } from '../photos/photos.svelte';

/**
 * `idle`: nothing to do. `waiting`: there are photos but no model yet. `running`, or `paused` by the person or by a
 * failure.
 */
export type IndexingPhase = 'idle' | 'waiting' | 'running' | 'paused';

export interface IndexingParts extends PipelineParts {
  readonly library: Pick<LibraryApi, 'open' | 'close' | 'add' | 'claim' | 'drop'>;
  readonly photos: PipelineParts['photos'] & Pick<Photos, 'ids'>;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  /** Milliseconds, rising. */
  readonly now: () => number;
  /** Bytes that rows of models not in use may take in memory; 128 MiB unless given. */
  readonly mostUnused?: number;
  /** The library is open for this model. */
  readonly onOpen: (model: LoadedModel) => void;
  /** The device is gone: the model must be loaded again, after which `open` is called. */
  readonly onLost: (error: unknown) => void;
  /** Rows were added (`ended` false), or there is nothing left to do. */
  readonly onProgress: (ended: boolean) => void;
}

const TOPIC = 'indexing';

/** As much as 128,000 photos take by a ViT-B/32. */
const MOST_UNUSED = 2 ** 27;

/** Bytes that the library holds a row's number in. */
const NUMBER_BYTES = 2;

/** Gives every photo its row in the library, for the current model. */
export class Indexing {
  #phase = $state<IndexingPhase>('idle');
  #done = $state(0);
  #total = $state(0);
  #rate = $state<number | undefined>(undefined);
  #indexed = $state(0);
  /** The model whose rows are being made, once the library is open for it. */
  #model = $state.raw<LoadedModel | undefined>(undefined);
  /** Photos whose file could not be opened. */
  #unreachable = $state(0);
  /** The model for which the person called indexing off. */
  #cancelledFor = $state<string | undefined>(undefined);

  readonly #parts: IndexingParts;
  #pipeline: Pipeline | undefined;
  /** The model asked for last: an older one's answer is dropped. */
  #wanted: LoadedModel | undefined;
  /** Models that the library was opened for and not closed, with what their rows take; the one used last is last. */
  readonly #opened = new Map<string, number>();
  /** Ids that have a row for `#model`. */
  #held = new Set<number>();
  #pace = pace();
  /** Whether the library was opened again after its worker died, and no batch has gone well since. */
  #reopened = false;

  constructor(parts: IndexingParts) {
    this.#parts = parts;
  }

  get phase(): IndexingPhase {
    return this.#phase;
  }

  /** Photos done, of `total`, since there was last nothing to do. */
  get done(): number {
    return this.#done;
  }

  get total(): number {
    return this.#total;
  }

  /** Photos a second; undefined while unknown. */
  get rate(): number | undefined {
    return this.#phase === 'running' ? this.#rate : undefined;
  }

  /** Seconds until the end at this rate; undefined while unknown. */
  get secondsLeft(): number | undefined {
    return this.rate ? (this.#total - this.#done) / this.rate : undefined;
  }

  /** Photos that have a row for the current model. */
  get indexed(): number {
    return this.#indexed;
  }

  /** Photos without a row because their file could not be opened when it was their turn. */
  get unreachable(): number {
    return this.#unreachable;
  }

  /** Whether the person called indexing off, so that some photos cannot be found. */
  get cancelled(): boolean {
    return this.#model !== undefined && this.#cancelledFor === this.#model.summary.id;
  }

  /** Turns to `model`: asks the library which photos it holds and indexes the others. */
  async open(model: LoadedModel): Promise<void> {
    this.close();
    this.#wanted = model;
    const { summary, weights } = model;
    try {
      this.#opened.set(summary.id, 0);
      const held = await this.#parts.library.open(summary.id, summary.embedDim, weights);
      if (model !== this.#wanted) return;
      this.#closeOthers(summary.id);
      this.#held = new Set(held);
    } catch (error) {
      if (model === this.#wanted) this.#stop(error);
      return;
    }
    this.#model = model;
    this.recount();
    this.#parts.onOpen(model);
    this.#start(this.cancelled ? [] : this.#parts.photos.ids());
  }

  /**
   * Frees memory that the rows of other models take, where it is much: those used longest ago first.
   *
   * Why not all of it: the file rounds rows more than memory does, so what was closed scores a little otherwise
   * when it is turned to again.
   */
  #closeOthers(id: string): void {
    let bytes = 0;
    for (const [other, size] of [...this.#opened].reverse()) {
      if (other === id) continue;
      bytes += size;
      if (bytes <= (this.#parts.mostUnused ?? MOST_UNUSED)) continue;
      this.#opened.delete(other);
      // A library that died has closed it already.
      this.#parts.library.close(other).catch(() => undefined);
    }
  }

  /** There is no model now. Photos wait. */
  close(): void {
    this.#leave();
    this.#pipeline?.end();
    this.#pipeline = undefined;
    this.#model = undefined;
    this.#wanted = undefined;
    if (this.#phase === 'running') this.#phase = 'waiting';
  }

  /** Notes what the rows of the model in use take, as it is left. */
  #leave(): void {
    if (!this.#model) return;
    const { id, embedDim } = this.#model.summary;
    this.#opened.delete(id);
    this.#opened.set(id, this.#held.size * embedDim * NUMBER_BYTES);
  }

  /** Indexes these photos too. */
  enqueue(ids: readonly number[]): void {
    if (ids.length === 0) return;
    if (!this.#pipeline) {
      if (this.#model) this.#start(ids);
      else if (this.#phase === 'idle') this.#phase = 'waiting';
      return;
    }
    this.#total += this.#pipeline.add(ids.filter((id) => !this.#held.has(id)));
  }

  pause(): void {
    if (this.#phase !== 'running') return;
    this.#pipeline?.hold();
    this.#phase = 'paused';
  }

  resume(): void {
    if (this.#phase !== 'paused') return;
    this.#parts.notices.clear(TOPIC);
    this.#phase = this.#pipeline ? 'running' : 'waiting';
    this.#newPace();
    if (this.#pipeline) this.#pipeline.run();
    else if (this.#wanted) void this.open(this.#wanted);
  }

  /** Leaves the rest of the photos without rows. */
  cancel(): void {
    this.#pipeline?.end();
    this.#pipeline = undefined;
    this.#cancelledFor = this.#model?.summary.id;
    this.#phase = 'idle';
    this.#parts.notices.clear(TOPIC);
    this.#parts.notices.say('Indexing cancelled');
    this.#parts.onProgress(true);
  }

  /** Indexes what was left out by `cancel`. */
  indexRest(): void {
    this.#cancelledFor = undefined;
    this.enqueue(this.#parts.photos.ids());
  }

  /** These photos have no row any more: they are gone, or their files are others now. */
  forget(ids: readonly number[]): void {
    for (const id of ids) if (this.#held.delete(id) && this.#isHere(id)) this.#indexed--;
  }

  /** Counts again, after photos came or went. */
  recount(): void {
    this.#indexed = this.#parts.photos.ids().filter((id) => this.#held.has(id)).length;
  }

  /** The library's worker died and its rows with it: opens it again, once, and indexes what it lost. */
  libraryLost(error: unknown): void {
    if (!this.#wanted) return;
    if (this.#reopened) this.#stop(error);
    else {
      this.#reopened = true;
      void this.open(this.#wanted);
    }
  }

  #start(ids: readonly number[]): void {
    const model = this.#model;
    const missing = ids.filter((id) => !this.#held.has(id));
    if (!model || missing.length === 0) {
      this.#phase = 'idle';
      this.#parts.onProgress(true);
      return;
    }
    this.#done = 0;
    this.#unreachable = 0;
    this.#newPace();
    this.#pipeline = new Pipeline(model, this.#parts, {
      added: (added) => this.#added(added),
      done: (count) => this.#count(count),
      unreachable: () => this.#unreachable++,
      failed: (error) => this.#failed(error),
      finished: () => this.#finish(),
    });
    this.#total = this.#pipeline.add(missing);
    if (this.#phase === 'paused') return;
    this.#phase = 'running';
    this.#pipeline.run();
  }

  #isHere(id: number): boolean {
    return this.#parts.photos.current(id) !== undefined;
  }

  #added(ids: readonly number[]): void {
    // Not all are counted anew: with a hundred thousand photos that would take longer with every batch.
    for (const id of ids) {
      if (!this.#held.has(id) && this.#isHere(id)) this.#indexed++;
      this.#held.add(id);
    }
    this.#reopened = false;
    this.#parts.onProgress(false);
  }

  #count(photos: number): void {
    this.#done += photos;
    this.#pace.step(photos, this.#parts.now());
    this.#rate = this.#pace.perSecond();
  }

  #failed(error: unknown): void {
    const name = failureName(error);
    if (name === 'DeviceLost') this.#parts.onLost(error);
    // A death is told by whoever watches the workers, and ends in `open`.
    else if (name === 'WorkerDied') this.#phase = 'waiting';
    else this.#stop(error);
  }

  #stop(error: unknown): void {
    this.#pipeline?.hold();
    this.#phase = 'paused';
    const isSpoilt = failureName(error) === 'IndexUnreadable';
    this.#parts.notices.report(
      TOPIC,
      error,
      isSpoilt
        ? { label: 'Index again', run: () => void this.#startAnew() }
        : { label: 'Try again', run: () => this.resume() },
    );
  }

  /** Gives up the rows that cannot be read and makes them again. */
  async #startAnew(): Promise<void> {
    const { summary } = this.#wanted ?? {};
    try {
      if (summary) await this.#parts.library.drop(summary.id);
      this.resume();
    } catch (error) {
      this.#stop(error);
    }
  }

  #finish(): void {
    this.#pipeline = undefined;
    this.#phase = 'idle';
    this.#parts.notices.say(`${plural(this.#indexed, 'photo')} ready to search`);
    this.#parts.onProgress(true);
  }

  #newPace(): void {
    this.#pace = pace();
    this.#rate = undefined;
    this.#pace.step(0, this.#parts.now());
  }
}
