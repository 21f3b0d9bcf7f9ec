import type { LibraryApi, LoadedModel } from '../../../workers/api';
import { failureName } from '../../core/failure';
import { ContentsUnderWay } from './contents-under-way';
import { pace } from './pace';
import { Pipeline, type PipelineEvents, type PipelineParts } from './pipeline';
import { OpenModels } from './open-models';
import { OutOfReachCounts, type OutOfReachCount } from './out-of-reach-counts';
import { countText, plural } from '../kit/words';
import type { Notices } from '../kit/notices.svelte';
import type { Photos } from '../photos/photos.svelte';

/**
 * `idle`: nothing to do. `waiting`: there are photos but no model yet. `running`, or `paused` by the user or a failure.
 */
export type IndexingPhase = 'idle' | 'waiting' | 'running' | 'paused';

export interface IndexingParts extends PipelineParts {
  readonly library: Pick<LibraryApi, 'open' | 'close' | 'add' | 'claim' | 'drop'>;
  readonly photos: PipelineParts['photos'] & Pick<Photos, 'ids' | 'show'>;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  /** A monotonic clock, in milliseconds. */
  readonly now: () => number;
  /** As for `OpenModels`. */
  readonly mostUnused?: number;
  /** The library is open for this model. */
  readonly onOpen: (model: LoadedModel) => void;
  /** The GPU device was lost: the model must be loaded again, then `open` is called. */
  readonly onLost: (error: unknown) => void;
  /** Rows were added (`ended` false), or indexing has ended. */
  readonly onProgress: (ended: boolean) => void;
}

const TOPIC = 'indexing';

/** Indexes every photo with the current model. */
export class Indexing {
  #phase = $state<IndexingPhase>('idle');
  #done = $state(0);
  #total = $state(0);
  #rate = $state<number | undefined>(undefined);
  #indexed = $state(0);
  /** The current model, once the library is open for it. */
  #model = $state.raw<LoadedModel | undefined>(undefined);
  #outOfReach = $state.raw<readonly OutOfReachCount[]>([]);
  /** The model for which the user cancelled indexing. */
  #cancelledFor = $state<string | undefined>(undefined);

  readonly #parts: IndexingParts;
  #pipeline: Pipeline | undefined;
  /** The last requested model: results for older ones are discarded. */
  #wanted: LoadedModel | undefined;
  readonly #openModels: OpenModels;
  /** Ids that have a row for `#model`. */
  #held = new Set<number>();
  /** Ids that lost their rows while a model was being opened. */
  #lost = new Set<number>();
  readonly #counts = new OutOfReachCounts();
  readonly #contents = new ContentsUnderWay();
  #pace = pace();
  /** Whether the library was reopened after its worker died, without a successful batch since. */
  #reopened = false;

  constructor(parts: IndexingParts) {
    this.#parts = parts;
    this.#openModels = new OpenModels(parts.library, parts.mostUnused);
  }

  get phase(): IndexingPhase {
    return this.#phase;
  }

  /** Photos done, of `total`, since the last idle phase. */
  get done(): number {
    return this.#done;
  }

  get total(): number {
    return this.#total;
  }

  /** Photos per second; undefined while unknown. */
  get rate(): number | undefined {
    return this.#phase === 'running' ? this.#rate : undefined;
  }

  /** Seconds remaining at this rate; undefined while unknown. */
  get secondsLeft(): number | undefined {
    return this.rate ? (this.#total - this.#done) / this.rate : undefined;
  }

  /** Number of photos with a row for the current model. */
  get indexed(): number {
    return this.#indexed;
  }

  /** The photos that the current model could not be given in this visit, by folder and reason. */
  get outOfReach(): readonly OutOfReachCount[] {
    return this.#outOfReach;
  }

  /** Whether the user cancelled indexing, so that some photos cannot be found. */
  get cancelled(): boolean {
    return this.#model !== undefined && this.#cancelledFor === this.#model.summary.id;
  }

  /** Switches to `model`: asks the library which photos have rows and indexes the others. */
  async open(model: LoadedModel): Promise<void> {
    this.close();
    this.#wanted = model;
    const { summary, rows, decoding } = model;
    try {
      this.#openModels.open(summary.id);
      this.#lost.clear();
      const held = await this.#parts.library.open(summary.id, summary.embedDim, rows, decoding);
      if (model !== this.#wanted) return;
      this.#openModels.closeOthers(summary.id);
      this.#held = new Set([...held].filter((id) => this.#mayHold(id)));
    } catch (error) {
      if (model === this.#wanted) this.#stop(error);
      return;
    }
    this.#model = model;
    this.#counts.clear();
    this.recount();
    this.#parts.onOpen(model);
    this.#start(this.cancelled ? [] : this.#parts.photos.ids());
  }

  /** Whether a row is that of a photo's present content: the library may not have heard yet that it is another. */
  #mayHold(id: number): boolean {
    const photo = this.#parts.photos.current(id);
    return !this.#lost.has(id) && (!photo || photo.key !== undefined);
  }

  /** Closes the current model. Photos wait for the next. */
  close(): void {
    if (this.#model) this.#openModels.leave(this.#model.summary, this.#held.size);
    this.#pipeline?.end();
    this.#pipeline = undefined;
    this.#model = undefined;
    this.#wanted = undefined;
    if (this.#phase === 'running') this.#phase = 'waiting';
  }

  /** Indexes photos, as far as they have no row yet. */
  enqueue(ids: readonly number[]): void {
    const missing = ids.filter((id) => !this.#held.has(id));
    if (missing.length === 0) return;
    this.#within(missing);
    if (this.#pipeline) this.#total += this.#pipeline.add(missing);
    else if (this.#model) this.#start(missing);
    else if (this.#phase === 'idle') this.#phase = 'waiting';
  }

  /** Indexes photos of a folder that was read again, unless the user cancelled indexing. */
  enqueueSeen(ids: readonly number[]): void {
    if (!this.cancelled) this.enqueue(ids);
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

  /** Cancels indexing; the remaining photos stay without rows. */
  cancel(): void {
    this.#pipeline?.end();
    this.#pipeline = undefined;
    this.#cancelledFor = this.#model?.summary.id;
    this.#phase = 'idle';
    this.#parts.notices.clear(TOPIC);
    this.#parts.notices.say('Indexing cancelled');
    this.#parts.onProgress(true);
  }

  /** Indexes all photos without a row: those skipped by `cancel`, and those that were out of reach. */
  indexRest(): void {
    this.#cancelledFor = undefined;
    this.enqueue(this.#parts.photos.ids());
  }

  /** These photos lost their rows: they were removed, or their files changed. */
  forget(ids: readonly number[]): void {
    for (const id of ids) {
      this.#lost.add(id);
      if (this.#held.delete(id) && this.#isHere(id)) this.#indexed--;
    }
    this.#pipeline?.forget(ids);
    this.#within(ids);
  }

  /** Counts again after photos were added or removed. */
  recount(): void {
    this.#indexed = this.#parts.photos.ids().filter((id) => this.#held.has(id)).length;
    this.#outOfReach = this.#counts.of((id) => this.#isHere(id));
  }

  /** The library worker died and lost its rows: reopens it, once, and indexes what is missing. */
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
    this.#newPace();
    const events: PipelineEvents = {
      added: (added) => this.#added(added),
      done: (count) => this.#count(count),
      outOfReach: (photo, reach) => this.#counts.add(photo, reach),
      failed: (error) => this.#failed(error),
      finished: () => this.#finish(),
    };
    this.#pipeline = new Pipeline(model, this.#parts, events, this.#contents);
    this.#total = this.#pipeline.add(missing);
    if (this.#phase === 'paused') return;
    this.#phase = 'running';
    this.#pipeline.run();
  }

  #isHere(id: number): boolean {
    return this.#parts.photos.current(id) !== undefined;
  }

  #added(ids: readonly number[]): void {
    // No full recount: with a hundred thousand photos it would slow down every batch.
    for (const id of ids) {
      if (!this.#held.has(id) && this.#isHere(id)) this.#indexed++;
      this.#held.add(id);
    }
    this.#within(ids);
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
    // A death is handled by the watcher of the workers, which calls `open`.
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

  /** Discards unreadable rows and indexes again. */
  async #startAnew(): Promise<void> {
    const { summary } = this.#wanted ?? {};
    try {
      if (summary) await this.#parts.library.drop(summary.id);
      this.resume();
    } catch (error) {
      this.#stop(error);
    }
  }

  /** These photos are out of reach no longer, or are about to be tried again. */
  #within(ids: readonly number[]): void {
    if (this.#counts.delete(ids)) this.#outOfReach = this.#counts.of((id) => this.#isHere(id));
  }

  #finish(): void {
    this.#pipeline = undefined;
    this.#phase = 'idle';
    this.#outOfReach = this.#counts.of((id) => this.#isHere(id));
    const away = this.#outOfReach.reduce((sum, { count }) => sum + count, 0);
    this.#parts.photos.show();
    const rest = away > 0 ? ` · ${countText(away)} not yet` : '';
    this.#parts.notices.say(`${plural(this.#indexed, 'photo')} ready to search${rest}`);
    this.#parts.onProgress(true);
  }

  #newPace(): void {
    this.#pace = pace();
    this.#rate = undefined;
    this.#pace.step(0, this.#parts.now());
  }
}
