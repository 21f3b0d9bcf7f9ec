import type {
  Backend,
  CheckpointFiles,
  ClipApi,
  LoadedModel,
  ModelSummary,
  Progress,
} from '../../../workers/api';
import { failureName } from '../../core/failure';
import { describe } from '../failures';
import type { Notices } from './notices.svelte';

/** What the model worker is at. */
export type ModelStatus =
  | { readonly phase: 'none' }
  | {
      readonly phase: 'loading';
      readonly id: string;
      readonly name: string;
      readonly progress: Progress | undefined;
    }
  | { readonly phase: 'ready'; readonly loaded: LoadedModel }
  | { readonly phase: 'stopped'; readonly id: string; readonly name: string };

/** A checkpoint on its way into the store. */
export interface Adding {
  readonly name: string;
  readonly progress: Progress | undefined;
}

/** What `Models` asks of the page's workers. */
export interface ModelWorker {
  readonly clip: Pick<ClipApi, 'list' | 'load' | 'addCheckpoint' | 'removeModel'>;
  stopClip(): void;
}

const TOPIC = 'model';

/** The models there are, and the one that is loaded. */
export class Models {
  #list = $state.raw<readonly ModelSummary[]>([]);
  #status = $state.raw<ModelStatus>({ phase: 'none' });
  #adding = $state.raw<Adding | undefined>(undefined);
  #backend = $state<Backend | undefined>(undefined);

  readonly #worker: ModelWorker;
  readonly #notices: Notices;
  /** Told of every model that became ready, and when there is none any more. */
  readonly #onChange: (loaded: LoadedModel | undefined) => void;
  /** The model the address asked for. */
  #wanted: string | undefined;
  /** The id of the model that was last ready. */
  #last: string | undefined;
  /** Rises with every load: an answer to an older one is dropped. */
  #turn = 0;
  /** Whether the worker may be started again without asking: once after everything the person asked for. */
  #mayRestart = true;

  constructor(worker: ModelWorker, notices: Notices, onChange: (loaded: LoadedModel | undefined) => void) {
    this.#worker = worker;
    this.#notices = notices;
    this.#onChange = onChange;
  }

  get list(): readonly ModelSummary[] {
    return this.#list;
  }

  get status(): ModelStatus {
    return this.#status;
  }

  /** The model that is loaded and can be used. */
  get ready(): LoadedModel | undefined {
    return this.#status.phase === 'ready' ? this.#status.loaded : undefined;
  }

  /** The id of the model that is loaded or being loaded. */
  get chosen(): string | undefined {
    const status = this.#status;
    if (status.phase === 'none') return undefined;
    return status.phase === 'ready' ? status.loaded.summary.id : status.id;
  }

  get adding(): Adding | undefined {
    return this.#adding;
  }

  /** The backend the person insists on; undefined lets the worker choose. */
  get backend(): Backend | undefined {
    return this.#backend;
  }

  /** Lists the models and loads `id`, or the first where that is undefined or unknown. */
  async start(id: string | undefined, backend: Backend | undefined): Promise<void> {
    this.#wanted = id;
    this.#backend = backend;
    try {
      await this.#refresh();
    } catch (error) {
      if (failureName(error) !== 'WorkerDied') this.#notices.report(TOPIC, error, this.#again(id));
      return;
    }
    const known = this.#list.some((model) => model.id === id);
    if (id !== undefined && !known) {
      this.#notices.warn('address', {
        happened: `There is no model “${id}” on this device.`,
        todo: 'Choose one in the model picker, or open its checkpoint folder.',
      });
    }
    const first = known ? id : this.#list[0]?.id;
    if (first !== undefined) await this.#load(first);
  }

  /** Loads the model `id`, as the person asked. */
  async choose(id: string): Promise<void> {
    this.#mayRestart = true;
    this.#notices.clear('address');
    this.#notices.clear('restart');
    await this.#load(id);
  }

  async chooseBackend(backend: Backend | undefined): Promise<void> {
    this.#backend = backend;
    if (this.chosen !== undefined) await this.choose(this.chosen);
  }

  /** Checks and keeps a checkpoint, then loads it. Failures are reported. */
  async add(files: CheckpointFiles): Promise<void> {
    this.#notices.clear('checkpoint');
    this.#adding = { name: files.name, progress: undefined };
    let added: ModelSummary | undefined;
    try {
      added = await this.#worker.clip.addCheckpoint(files, (progress) => {
        if (this.#adding) this.#adding = { name: files.name, progress };
      });
      await this.#refresh();
    } catch (error) {
      if (failureName(error) !== 'WorkerDied') this.#notices.report('checkpoint', error);
    } finally {
      this.#adding = undefined;
    }
    if (added) await this.choose(added.id);
  }

  /** Deletes a kept model; where it was the loaded one, the first of the list takes its place. */
  async remove(id: string): Promise<void> {
    try {
      await this.#worker.clip.removeModel(id);
      await this.#refresh();
      this.#notices.say('Model removed');
      const first = this.#list[0];
      if (this.chosen === id && first) await this.choose(first.id);
    } catch (error) {
      if (failureName(error) !== 'WorkerDied') this.#notices.report('checkpoint', error);
    }
  }

  /**
   * Gives up what is being loaded or added and goes back to the model that ran before, else the first.
   * Why it ends the worker: a load cannot be taken back halfway, and what it had stored without its manifest is no model.
   */
  async cancel(): Promise<void> {
    const cancelled = this.#status.phase === 'loading' ? this.#status.id : undefined;
    const back = this.#list.find(({ id }) => id !== cancelled && id === this.#last) ?? this.#list[0];
    this.#turn++;
    this.#worker.stopClip();
    this.#become({ phase: 'none' });
    this.#notices.say('Cancelled');
    if (back && back.id !== cancelled) await this.choose(back.id);
  }

  /** The worker died or its device was lost: starts it again with the same model, once; after that it asks first. */
  lost(error: unknown): void {
    // Several callers may hear of one lost device.
    if (failureName(error) === 'DeviceLost' && !this.ready) return;
    const id = this.chosen;
    this.#turn++;
    // A runtime that lost its device is not to be trusted with another one.
    if (failureName(error) === 'DeviceLost') this.#worker.stopClip();
    if (this.#mayRestart) {
      this.#mayRestart = false;
      const { happened } = describe(error);
      this.#notices.warn('restart', {
        happened,
        todo: 'It is started again by itself: everything indexed is kept.',
      });
      void (id === undefined ? this.start(this.#wanted, this.#backend) : this.#load(id));
      return;
    }
    this.#become(id === undefined ? { phase: 'none' } : { phase: 'stopped', id, name: this.#nameOf(id) });
    this.#notices.clear('restart');
    this.#notices.report(TOPIC, error, this.#again(id ?? this.#wanted));
  }

  async #load(id: string): Promise<void> {
    const turn = ++this.#turn;
    const name = this.#nameOf(id);
    this.#notices.clear(TOPIC);
    this.#become({ phase: 'loading', id, name, progress: undefined });
    try {
      const loaded = await this.#worker.clip.load(id, this.#backend ?? 'auto', (progress) => {
        // Progress comes another way than the answer, and may come after it.
        if (turn === this.#turn && this.#status.phase === 'loading') {
          this.#status = { phase: 'loading', id, name, progress };
        }
      });
      if (turn !== this.#turn) return;
      this.#last = id;
      this.#become({ phase: 'ready', loaded });
      this.#tellOfOtherBackend(loaded);
    } catch (error) {
      // A death is told by `lost`, which knows whether to try again.
      if (turn !== this.#turn || failureName(error) === 'WorkerDied') return;
      this.#become({ phase: 'stopped', id, name });
      this.#notices.report(TOPIC, error, this.#remedy(error, id));
    }
  }

  /** The person asked for a backend by name and got another one. */
  #tellOfOtherBackend({ summary, runsOn }: LoadedModel): void {
    if (this.#backend === undefined || runsOn.backend === this.#backend) return;
    const why = runsOn.reason === undefined ? '' : `: ${runsOn.reason}`;
    this.#notices.warn(TOPIC, {
      happened: `${summary.name} could not be run on WebGPU${why}.`,
      todo: 'It runs on WASM instead, with the same results.',
    });
  }

  #become(status: ModelStatus): void {
    const before = this.ready;
    this.#status = status;
    if (this.ready !== before) this.#onChange(this.ready);
  }

  async #refresh(): Promise<void> {
    this.#list = await this.#worker.clip.list();
  }

  #nameOf(id: string): string {
    return this.#list.find((model) => model.id === id)?.name ?? id;
  }

  #remedy(error: unknown, id: string): { label: string; run: () => void } {
    if (failureName(error) !== 'BackendUnavailable' || !this.#backend) return this.#again(id);
    return { label: 'Choose for me', run: () => void this.chooseBackend(undefined) };
  }

  #again(id: string | undefined): { label: string; run: () => void } {
    const again = () =>
      this.#list.length && id !== undefined ? this.choose(id) : this.start(id, this.#backend);
    return { label: 'Start again', run: () => void again() };
  }
}
