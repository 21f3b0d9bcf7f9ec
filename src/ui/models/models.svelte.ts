import type { Backend, ClipOptions, Decoding, LoadedModel } from '../../../workers/api';
import { failureName } from '../../core/failure';
import { turns } from '../../core/tasks';
import { describe } from '../kit/failures';
import { threadNeed } from '../../clip/thread-need';
import { baseId, sizeOfId } from '../../core/model-id';
import { WorkerDeath } from '../kit/worker-death';
import { ModelHistory } from './model-history.svelte';
import type { ModelStatus } from './model-status';
import type { Exactness, ModelsParts } from './models-parts';

const TOPIC = 'model';

/** Failures after which the runtime may be missing. */
const COMING_BACK: readonly (string | undefined)[] = ['BackendUnavailable', 'NetworkFailed'];

/** Failures that may be of the picture size alone. */
const OF_SIZE: readonly (string | undefined)[] = ['ModelTooLarge', 'ModelUnknown'];

/** Larger models get a new worker, though that takes a second. */
const LARGE_BYTES = 1e8;

/** The current model. Ids may include an image size: `id@HEIGHTxWIDTH`. */
export class Models {
  #status = $state.raw<ModelStatus>({ phase: 'none' });
  #backend = $state<Backend | undefined>(undefined);
  #arithmetic = $state<ClipOptions['arithmetic']>('auto');
  #decoding = $state<Decoding>('scaled');

  readonly #parts: ModelsParts;
  /** The model requested in the URL. */
  #wanted: string | undefined;
  readonly #history: ModelHistory;
  /** One turn per load: stale results are discarded. */
  readonly #turns = turns();
  #choices = 0;
  /** Whether the worker may be restarted without asking: once after each request by the user. */
  #mayRestart = true;

  constructor(parts: ModelsParts) {
    this.#parts = parts;
    this.#history = new ModelHistory(parts.memory);
  }

  get status(): ModelStatus {
    return this.#status;
  }

  /** The model that is loaded and usable. */
  get ready(): LoadedModel | undefined {
    return this.#status.phase === 'ready' ? this.#status.loaded : undefined;
  }

  /** The id of the model that is loaded or being loaded. */
  get chosen(): string | undefined {
    const status = this.#status;
    if (status.phase === 'none') return undefined;
    return status.phase === 'ready' ? status.loaded.summary.id : status.id;
  }

  /** The backend requested by the user; undefined lets the worker choose. */
  get backend(): Backend | undefined {
    return this.#backend;
  }

  /** 'fp32' if the user wants nothing faster. */
  get arithmetic(): ClipOptions['arithmetic'] {
    return this.#arithmetic;
  }

  /** 'exact' if the user wants photos decoded whole. */
  get decoding(): Decoding {
    return this.#decoding;
  }

  /** The number of times the user has chosen a model. */
  get choices(): number {
    return this.#choices;
  }

  /** Whether a model has held up the page, so that it is opened only when chosen. */
  heldUp(id: string): boolean {
    return this.#history.isHeldUp(id);
  }

  /** Lists the models and loads `id`; if that is undefined or unknown, the model of the last visit, else the first. */
  async start(id?: string, backend?: Backend, exactness?: Exactness): Promise<void> {
    const { keptModels, notices } = this.#parts;
    [this.#wanted, this.#backend] = [id, backend];
    if (exactness) ({ decoding: this.#decoding, arithmetic: this.#arithmetic } = exactness);
    const isLatest = this.#turns.join();
    try {
      await keptModels.refresh();
    } catch (error) {
      if (isLatest()) notices.report(TOPIC, error, this.#again(id));
      return;
    }
    if (!isLatest()) return;
    const known = id !== undefined && keptModels.get(id) !== undefined;
    if (id !== undefined && !known) {
      notices.warn('address', {
        happened: `There is no model “${id}” on this device.`,
        todo: 'Choose one in the model picker, or download it there.',
      });
    }
    const asked = known && !this.heldUp(id) ? id : undefined;
    if (known && asked === undefined) {
      notices.warn('address', {
        happened: `${this.#nameOf(id)} held up this page before, so it was not opened by itself.`,
        todo: 'Choose it in the model picker to try it again.',
      });
    }
    const first = asked ?? this.#recall() ?? this.#instead();
    if (first !== undefined) await this.#load(first);
  }

  /** Loads the model `id`, chosen by the user. */
  async choose(id: string): Promise<void> {
    this.#choices++;
    this.#history.forgive(id);
    await this.take(id);
  }

  /** Loads the model `id` as a consequence of another action. */
  async take(id: string): Promise<void> {
    const { notices } = this.#parts;
    this.#mayRestart = true;
    notices.clear('address');
    notices.clear('restart');
    await this.#load(id);
  }

  async chooseBackend(backend: Backend | undefined): Promise<void> {
    this.#backend = backend;
    await this.#takeAgain();
  }

  async chooseArithmetic(arithmetic: ClipOptions['arithmetic']): Promise<void> {
    this.#arithmetic = arithmetic;
    await this.#takeAgain();
  }

  /** The library is opened anew for the same model, which stays loaded. */
  chooseDecoding(decoding: Decoding): void {
    this.#decoding = decoding;
    if (this.ready) this.#become({ phase: 'ready', loaded: { ...this.ready, decoding } });
  }

  /**
   * Unloads model `id`, at any image size, if it is the current one. Returns a function that loads a model again: the
   * same one if it still exists, else the first.
   */
  async release(id: string): Promise<() => void> {
    const { clip, keptModels, notices } = this.#parts;
    const chosen = this.chosen;
    if (chosen === undefined || baseId(chosen) !== baseId(id)) return () => {};
    this.#turns.end();
    this.#freeMemory();
    this.#become({ phase: 'none' });
    try {
      await clip.unload();
    } catch (error) {
      if (failureName(error) !== 'WorkerDied') notices.report(TOPIC, error);
    }
    return () => {
      const back = keptModels.get(id) ? chosen : keptModels.list[0]?.id;
      if (back !== undefined && this.#status.phase === 'none') void this.take(back);
    };
  }

  /**
   * Cancels loading and goes back to the previous model, else the first.
   * Why it ends the worker: a load cannot be interrupted.
   */
  async cancel(): Promise<void> {
    const { stopClip, notices } = this.#parts;
    const cancelled = this.#status.phase === 'loading' ? this.#status.id : undefined;
    const first = this.#parts.keptModels.list[0]?.id;
    const back = this.#before(cancelled) ?? (first === cancelled ? undefined : first);
    this.#turns.end();
    stopClip();
    this.#become({ phase: 'none' });
    notices.say('Cancelled');
    if (back !== undefined && back !== cancelled) await this.choose(back);
  }

  /** The worker died or its device was lost: restarts it with the same model, once; after that it asks first. */
  lost(error: unknown): void {
    const { stopClip, notices } = this.#parts;
    // Several callers may report the same lost device.
    if (failureName(error) === 'DeviceLost' && !this.ready) return;
    const id = this.chosen;
    this.#turns.end();
    if (error instanceof WorkerDeath && error.heldUp?.by === 'tokenizer') {
      const culprit = error.heldUp.model ?? id;
      if (culprit !== undefined) {
        this.#without(culprit, error);
        return;
      }
    }
    // A runtime that lost its device cannot be trusted with another one.
    if (failureName(error) === 'DeviceLost') stopClip();
    if (this.#mayRestart) {
      this.#mayRestart = false;
      const { happened } = describe(error);
      notices.warn('restart', {
        happened,
        todo: 'It is started again by itself: everything indexed is kept.',
      });
      void (id === undefined ? this.start(this.#wanted, this.#backend) : this.#load(id));
      return;
    }
    this.#become(id === undefined ? { phase: 'none' } : { phase: 'stopped', id, name: this.#nameOf(id) });
    notices.clear('restart');
    notices.report(TOPIC, error, this.#again(id ?? this.#wanted));
  }

  /** The model of the last visit, if it still exists. */
  #recall(): string | undefined {
    const last = this.#history.recall();
    return last !== undefined && this.#exists(last) ? last : undefined;
  }

  #exists(id: string): boolean {
    return this.#parts.keptModels.get(id) !== undefined;
  }

  /** The model that worked last besides `id`, if it still exists. */
  #before(id: string | undefined): string | undefined {
    return this.#history.before(id, (one) => this.#exists(one));
  }

  /** The same, else the first of the others. */
  #instead(id?: string): string | undefined {
    const others = this.#parts.keptModels.list.filter((one) => one.id !== id && !this.heldUp(one.id));
    return this.#before(id) ?? others[0]?.id;
  }

  /** Goes on without a model that held up the page. */
  #without(id: string, error: unknown): void {
    this.#history.heldUp(id);
    const other = this.#status.phase === 'loading' && this.#status.id !== id ? this.#status.id : undefined;
    const back = other ?? this.#instead(id);
    this.#become(back === undefined ? { phase: 'stopped', id, name: this.#nameOf(id) } : { phase: 'none' });
    this.#parts.notices.report('restart', error, this.#again(id));
    if (back !== undefined) void this.#load(back);
  }

  async #takeAgain(): Promise<void> {
    if (this.chosen !== undefined) await this.take(this.chosen);
  }

  /** @param isBack whether it takes the place of one that failed: then it must not send for another */
  async #load(id: string, isBack = false): Promise<void> {
    const { clip, keptModels, notices } = this.#parts;
    const isLatest = this.#turns.begin();
    const name = this.#nameOf(id);
    const backend = this.#backend ?? 'auto';
    const threads = threadNeed(keptModels.get(id), sizeOfId(id));
    const options: ClipOptions = { backend, arithmetic: this.#arithmetic, threads };
    notices.clear(TOPIC);
    this.#freeMemory();
    this.#become({ phase: 'loading', id, name, progress: undefined });
    try {
      const opened = await clip.load(id, options, (progress) => {
        // Progress messages may arrive after the result.
        if (isLatest() && this.#status.phase === 'loading') {
          this.#status = { phase: 'loading', id, name, progress };
        }
      });
      if (!isLatest()) return;
      this.#history.worked(id);
      const loaded = { ...opened, decoding: this.#decoding };
      this.#become({ phase: 'ready', loaded });
      this.#tellOfOtherBackend(loaded);
    } catch (error) {
      // A death is handled by `lost`, which decides whether to try again.
      if (!isLatest() || failureName(error) === 'WorkerDied') return;
      await this.#failed(id, error, isBack);
    }
  }

  /** Goes back to the model that worked before, where the failure is of this one alone. */
  async #failed(id: string, error: unknown, isBack: boolean): Promise<void> {
    const { stopClip, keptModels, fetchAgain, notices } = this.#parts;
    const failure = failureName(error);
    // From a picture size that is too large or too small, as a link may ask for, to the model's own.
    const own = OF_SIZE.includes(failure) && baseId(id) !== id ? baseId(id) : undefined;
    const back = isBack || failure === 'BackendUnavailable' ? undefined : (this.#before(id) ?? own);
    // Why: onnxruntime-web that could not start never will in this worker, though its files may be here by now.
    if (back === undefined && COMING_BACK.includes(failure)) stopClip();
    this.#become({ phase: 'stopped', id, name: this.#nameOf(id) });
    if (back !== undefined) await this.#load(back, true);
    const damaged = failure === 'ModelDamaged' ? keptModels.get(id) : undefined;
    const fetch = damaged && (await fetchAgain(damaged).catch(() => undefined));
    const remedy = fetch ? { label: 'Fetch it again', run: fetch } : this.#remedy(error, id);
    if (this.chosen === (back ?? id)) notices.report(TOPIC, error, remedy);
    if (failure === 'WeightsUnusable') await this.#discard(id);
  }

  /** Deletes a kept model that cannot be used, wherever it is opened. */
  async #discard(id: string): Promise<void> {
    const model = this.#parts.keptModels.get(id);
    if (model && model.origin !== 'built-in') await this.#parts.keptModels.remove(model.id);
  }

  /**
   * Ends the worker of a large model.
   *
   * Why unloading is not enough: wasm memory never shrinks, so a large model's memory would stay allocated.
   */
  #freeMemory(): void {
    if ((this.ready?.summary.bytes ?? 0) > LARGE_BYTES) this.#parts.stopClip();
  }

  /** Reports that the requested backend is not the one in use. */
  #tellOfOtherBackend({ summary, runsOn }: LoadedModel): void {
    if (this.#backend === undefined || runsOn.backend === this.#backend) return;
    const why = runsOn.reason === undefined ? '' : `: ${runsOn.reason}`;
    this.#parts.notices.warn(TOPIC, {
      happened: `${summary.name} could not be run on WebGPU${why}.`,
      todo: 'It runs on WASM instead, with the same results.',
    });
  }

  #become(status: ModelStatus): void {
    const before = this.ready;
    this.#status = status;
    if (this.ready !== before) this.#parts.onChange(this.ready);
  }

  #nameOf(id: string): string {
    return this.#parts.keptModels.get(id)?.name ?? this.#parts.nameOf(id) ?? id;
  }

  #remedy(error: unknown, id: string): { label: string; run: () => void } {
    if (failureName(error) !== 'BackendUnavailable' || !this.#backend) return this.#again(id);
    return { label: 'Choose for me', run: () => void this.chooseBackend(undefined) };
  }

  #again(id: string | undefined): { label: string; run: () => void } {
    const listed = this.#parts.keptModels.list.length > 0;
    const again = () => (listed && id !== undefined ? this.choose(id) : this.start(id, this.#backend));
    return { label: 'Start again', run: () => void again() };
  }
}
