import type {
  ClipApi,
  Decoding,
  ImageApi,
  LibraryApi,
  LoadedModel,
  ModelSummary,
  OpenedModel,
  PictureEmbeddings,
  Progress,
} from '../../../../workers/api';
import { threadNeed } from '../../../clip/thread-need';
import { failureName } from '../../../core/failure';
import type { PhotoKey } from '../../../core/photo-key';
import { sizeOfId } from '../../../core/model-id';
import type { ClipWorker } from '../../connect/connect';
import { pace } from '../../indexing/pace';
import { Pipeline, type PipelineParts } from '../../indexing/pipeline';
import { describe, type Described } from '../../kit/failures';
import { WorkerDeath } from '../../kit/worker-death';
import type { Photos } from '../../photos/photos.svelte';
import type { ColumnChoice } from './column-choice';

/**
 * `waiting` for its turn, `loading` the model, `embedding` photos, `paused` in that, `ready` to be asked, `failed` until
 * it is started again.
 */
export type ColumnPhase = 'waiting' | 'loading' | 'embedding' | 'paused' | 'ready' | 'failed';

export interface ColumnParts extends Pick<PipelineParts, 'originals' | 'thumbnails'> {
  readonly openClip: () => ClipWorker;
  readonly images: ImageApi;
  readonly library: Pick<LibraryApi, 'openBeside' | 'close' | 'add' | 'claim'>;
  readonly photos: PipelineParts['photos'] & Pick<Photos, 'ids'>;
  /** The listed model of an id. */
  readonly summary: (id: string) => ModelSummary | undefined;
  /** How photos may be decoded. */
  readonly decoding: () => Decoding;
  /** Whether the page itself is using the rows of a model. */
  readonly isInUse: (id: string) => boolean;
  /** A monotonic clock, in milliseconds. */
  readonly now: () => number;
}

/** Where a column's embeddings are. */
export interface RowsPlace {
  /** As the library calls them. */
  readonly name: string;
  /** Whether they are the model's own, which the library keeps for the page too; else they end with the column. */
  readonly isKept: boolean;
}

/** What the first use of a model took. */
export interface FirstRun {
  /** Milliseconds from asking for the model until it could be used. */
  readonly opening: number;
  /** Milliseconds of the first batch, and its pictures; undefined until there was one. */
  readonly pictures: { readonly count: number; readonly milliseconds: number } | undefined;
}

/** One model of a comparison, in a worker of its own, and its embeddings of the photos. */
export class Column {
  readonly choice: ColumnChoice;
  readonly rows: RowsPlace;
  #phase = $state<ColumnPhase>('waiting');
  #progress = $state.raw<Progress | undefined>(undefined);
  #model = $state.raw<LoadedModel | undefined>(undefined);
  #failure = $state.raw<Described | undefined>(undefined);
  #firstRun = $state.raw<FirstRun | undefined>(undefined);
  #done = $state(0);
  #total = $state(0);
  #rate = $state<number | undefined>(undefined);
  /** The contents that have a row, by photo. */
  #held = $state.raw<ReadonlyMap<number, PhotoKey>>(new Map());
  #isCancelled = $state(false);

  readonly #parts: ColumnParts;
  readonly #worker: ClipWorker;
  #pipeline: Pipeline | undefined;
  /** Ends the wait for the pipeline. */
  #settle = () => {};
  /** Photos that were given no row, as their files could not be read, with the content known then. */
  readonly #away = new Map<number, PhotoKey | undefined>();
  #isEnded = false;

  constructor(choice: ColumnChoice, rows: RowsPlace, parts: ColumnParts) {
    this.choice = choice;
    this.rows = rows;
    this.#parts = parts;
    this.#worker = parts.openClip();
  }

  get phase(): ColumnPhase {
    return this.#phase;
  }

  /** Of the model's loading. */
  get progress(): Progress | undefined {
    return this.#progress;
  }

  /** Once it is loaded; its id is the name of this column's rows. */
  get model(): LoadedModel | undefined {
    return this.#model;
  }

  get failure(): Described | undefined {
    return this.#failure;
  }

  get firstRun(): FirstRun | undefined {
    return this.#firstRun;
  }

  /** Photos done, of `total`, in the present work. */
  get done(): number {
    return this.#done;
  }

  get total(): number {
    return this.#total;
  }

  /** Photos per second; undefined while unknown. */
  get rate(): number | undefined {
    return this.#phase === 'embedding' ? this.#rate : undefined;
  }

  /** Number of photos with a row. */
  get embedded(): number {
    return this.#held.size;
  }

  /** Whether the person has left out the photos that have no row. */
  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Whether it is to be given a turn: it has no model yet, or photos have no row. */
  get isWaiting(): boolean {
    if (this.#phase === 'waiting') return true;
    return this.#phase === 'ready' && !this.#isCancelled && this.#missing().length > 0;
  }

  /** The worker, which names rows as this column does. */
  readonly clip: Pick<ClipApi, 'encodeImages' | 'encodeFrames' | 'encodeTexts'> = {
    encodeImages: (_, pictures) =>
      this.#encoded(pictures.count, (api) => api.encodeImages(this.choice.id, pictures)),
    encodeFrames: (_, frames) =>
      this.#encoded(frames.length, (api) => api.encodeFrames(this.choice.id, frames)),
    encodeTexts: async (_, texts) => ({
      ...(await this.#alive().encodeTexts(this.choice.id, texts)),
      model: this.rows.name,
    }),
  };

  /** Rows of pictures, called as this column's are; the first run is timed. */
  async #encoded(
    count: number,
    encode: (api: ClipApi) => Promise<PictureEmbeddings>,
  ): Promise<PictureEmbeddings> {
    const begun = this.#parts.now();
    const rows = await encode(this.#alive());
    if (this.#firstRun && !this.#firstRun.pictures) {
      const milliseconds = this.#parts.now() - begun;
      this.#firstRun = { ...this.#firstRun, pictures: { count, milliseconds } };
    }
    return { ...rows, model: this.rows.name };
  }

  /** Bytes of wasm memory that its worker has taken. */
  wasmBytes(): Promise<number> {
    return this.#alive().wasmBytes();
  }

  /** Loads the model, then embeds the photos without a row. Resolves when it is ready, or has failed. */
  async run(): Promise<void> {
    try {
      if (!this.#model) await this.#load();
      if (!this.#isEnded) await this.#embed();
    } catch (error) {
      this.fail(error);
    }
  }

  pause(): void {
    if (this.#phase !== 'embedding') return;
    this.#pipeline?.hold();
    this.#phase = 'paused';
  }

  resume(): void {
    if (this.#phase !== 'paused') return;
    this.#phase = 'embedding';
    this.#pipeline?.run();
  }

  /** Goes on with the rows there are. */
  cancel(): void {
    if (!this.#pipeline) return;
    this.#isCancelled = true;
    this.#leavePipeline();
  }

  /** After a failure, or for the photos left out: it is to be given another turn. */
  again(): void {
    this.#isCancelled = false;
    this.#away.clear();
    if (this.#phase !== 'failed') return;
    this.#model = undefined;
    this.#failure = undefined;
    this.#phase = 'waiting';
  }

  /** Opens the rows again: the library worker may have closed them, or be another. */
  async reopen(): Promise<void> {
    if (this.#model) await this.#open(this.#model);
  }

  /** Ends the worker, which frees its memory, and drops rows of its own. */
  end(): void {
    this.#isEnded = true;
    this.#leavePipeline();
    this.#worker.end();
    const { name, isKept } = this.rows;
    if (isKept && this.#parts.isInUse(name)) return;
    // A library worker that died has closed them already.
    this.#parts.library.close(name).catch(() => undefined);
  }

  /** A call to an ended worker would start another. */
  #alive(): ClipApi {
    if (this.#isEnded) throw new DOMException('This column was removed', 'AbortError');
    return this.#worker.clip;
  }

  async #load(): Promise<void> {
    const { id, backend, arithmetic } = this.choice;
    const threads = threadNeed(this.#parts.summary(id), sizeOfId(id));
    this.#phase = 'loading';
    this.#progress = undefined;
    const begun = this.#parts.now();
    const loaded = await this.#alive().load(id, { backend, arithmetic, threads }, (progress) => {
      if (this.#phase === 'loading') this.#progress = progress;
    });
    if (this.#isEnded) return;
    this.#firstRun = { opening: this.#parts.now() - begun, pictures: undefined };
    await this.#open({ ...loaded, summary: { ...loaded.summary, id: this.rows.name } });
  }

  async #open(model: OpenedModel): Promise<void> {
    const { library, photos } = this.#parts;
    const { name, isKept } = this.rows;
    const { summary, rows } = model;
    const decoding = this.#parts.decoding();
    const ids = await library.openBeside(name, summary.embedDim, isKept ? rows : undefined, decoding);
    const keys = Array.from(ids, (id) => [id, photos.current(id)?.key] as const);
    this.#held = new Map(keys.flatMap(([id, key]) => (key === undefined ? [] : [[id, key] as const])));
    this.#model = { ...model, decoding };
  }

  /** Photos without a row of what they hold now. */
  #missing(): number[] {
    const { photos } = this.#parts;
    return photos.ids().filter((id) => {
      const key = photos.current(id)?.key;
      const isAway = this.#away.has(id) && this.#away.get(id) === key;
      return (key === undefined || this.#held.get(id) !== key) && !isAway;
    });
  }

  async #embed(): Promise<void> {
    const missing = this.#isCancelled ? [] : this.#missing();
    const model = this.#model;
    if (model && missing.length > 0) {
      await new Promise<void>((resolve) => {
        this.#settle = resolve;
        this.#begin(model, missing);
      });
      if (!this.#isEnded && this.#phase !== 'failed') await this.#lookAgain(missing);
    }
    if (!this.#isEnded && this.#phase !== 'failed') this.#phase = 'ready';
  }

  /** What the library holds counts, whatever happened to these photos meanwhile. */
  async #lookAgain(embedded: readonly number[]): Promise<void> {
    await this.reopen();
    if (this.#isCancelled) return;
    const missing = new Set(this.#missing());
    // Their files are out of reach. They are not tried again and again.
    for (const id of embedded) if (missing.has(id)) this.#away.set(id, this.#parts.photos.current(id)?.key);
  }

  #begin(model: LoadedModel, missing: readonly number[]): void {
    const speed = pace();
    speed.step(0, this.#parts.now());
    this.#done = 0;
    this.#rate = undefined;
    this.#pipeline = new Pipeline(
      model,
      { ...this.#parts, clip: this.clip },
      {
        added: () => undefined,
        done: (count) => {
          this.#done += count;
          speed.step(count, this.#parts.now());
          this.#rate = speed.perSecond();
        },
        outOfReach: () => undefined,
        failed: (error) => {
          this.#leavePipeline();
          this.fail(error);
        },
        finished: () => this.#leavePipeline(),
      },
    );
    this.#total = this.#pipeline.add(missing);
    this.#phase = 'embedding';
    this.#pipeline.run();
  }

  #leavePipeline(): void {
    this.#pipeline?.end();
    this.#pipeline = undefined;
    this.#settle();
  }

  /** Something asked of its model failed: it stays so until it is started again. */
  fail(error: unknown): void {
    if (this.#isEnded) return;
    // A worker that died while it had nothing to do was replaced by one without a model.
    const isReplaced = failureName(error) === 'ModelNotLoaded';
    this.#failure = describe(isReplaced ? new WorkerDeath('clip') : error);
    this.#phase = 'failed';
    this.#worker.end();
  }
}
