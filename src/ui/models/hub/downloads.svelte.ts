import type { ModelSummary, Progress } from '../../../../workers/api';
import type {
  FetchRequest,
  InterruptedDownload,
  ModelsApi,
  PlannedRequest,
} from '../../../../workers/models-api';
import { failureName } from '../../../core/failure';
import { remedyFor, type Remedy } from '../kept/remedies';
import type { Notices } from '../../kit/notices.svelte';

/** Bytes of a download that are here. `total` is 0 while the length is unknown. */
interface Amount {
  readonly done: number;
  readonly total: number;
}

/** What a download is at. `waiting`: for the ones before it. */
export type DownloadStatus =
  | { readonly phase: 'waiting' }
  | ({
      readonly phase: 'downloading' | 'verifying' | 'storing';
      readonly bytesPerSecond?: number;
      readonly secondsLeft?: number;
    } & Amount)
  | ({ readonly phase: 'paused' } & Amount)
  | ({ readonly phase: 'failed'; readonly remedy: Remedy } & Amount);

export interface Download {
  /** The id the model will have. */
  readonly id: string;
  readonly request: FetchRequest;
  readonly status: DownloadStatus;
  /** Pictures can be indexed with it already. */
  readonly imageTowerReady: boolean;
  /** How often the person had chosen a model when it was asked for. */
  readonly choices: number;
}

export interface DownloadsParts {
  readonly models: Pick<ModelsApi, 'fetchModel' | 'stopFetching' | 'idOf'>;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  /** How often the person has chosen a model so far. */
  readonly choices: () => number;
  /** Nothing is left of a download: it was cancelled, or its bytes are not what they should be. */
  readonly onGone: (id: string) => void;
  /** A model is here, listed by the worker from now on. */
  readonly onEnd: (model: ModelSummary, download: Download) => void;
}

const NOTHING: Amount = { done: 0, total: 0 };

/** Models on their way from the network: one at a time, the others wait in line. */
export class Downloads {
  #list = $state.raw<readonly Download[]>([]);
  readonly #parts: DownloadsParts;
  /** The id of the one that the worker is at. */
  #running: string | undefined;
  /** Whether the worker is ended on purpose, so that the running download goes back in line. */
  #restarting = false;
  /** Downloads that ended for want of a network. */
  readonly #offline = new Set<string>();
  /** Calls of `stopFetching` on their way: nothing starts before they are answered. */
  #stopping = 0;

  constructor(parts: DownloadsParts) {
    this.#parts = parts;
  }

  /** In the order they were asked for. */
  get list(): readonly Download[] {
    return this.#list;
  }

  get(id: string): Download | undefined {
    return this.#list.find((download) => download.id === id);
  }

  /** Shows downloads that an earlier page left, each paused where it had come to. */
  offer(interrupted: readonly InterruptedDownload[]): void {
    const choices = this.#parts.choices();
    const fresh = interrupted.filter(({ id }) => !this.get(id));
    this.#list = [
      ...this.#list,
      ...fresh.map(({ id, request, done, total }): Download => {
        return { id, request, choices, imageTowerReady: false, status: { phase: 'paused', done, total } };
      }),
    ];
  }

  /** Puts a download in line; one that is there already goes on. Failures are reported. */
  async start(request: FetchRequest): Promise<void> {
    this.#parts.notices.clear('download');
    let id: string;
    try {
      id = await this.#parts.models.idOf(withoutTokenizer(request));
    } catch (error) {
      this.#parts.notices.report('download', error);
      return;
    }
    if (this.get(id)) {
      this.resume(id, request.tokenizer);
      return;
    }
    const choices = this.#parts.choices();
    this.#list = [
      ...this.#list,
      { id, request, choices, imageTowerReady: false, status: { phase: 'waiting' } },
    ];
    this.#next();
  }

  /** Lets a paused or failed download go on, with a tokenizer where that was what it lacked. */
  resume(id: string, tokenizer?: Blob): void {
    const download = this.get(id);
    if (!download || download.status.phase === 'waiting' || isRunning(download.status)) return;
    this.#parts.notices.clear(topicOf(id));
    const again = download.status.phase === 'failed' && download.status.remedy === 'start again';
    this.#change(id, {
      status: { phase: 'waiting' },
      choices: this.#parts.choices(),
      request: tokenizer ? { ...download.request, tokenizer } : download.request,
    });
    if (again) void this.#stop(id, 'discard');
    else this.#next();
  }

  /** There is a network again: what ended for want of one goes on. */
  wentOnline(): void {
    const ids = [...this.#offline];
    this.#offline.clear();
    for (const id of ids) if (this.get(id)?.status.phase === 'failed') this.resume(id);
  }

  /** Stops a download; what has arrived is kept. */
  async pause(id: string): Promise<void> {
    const download = this.get(id);
    if (!download || download.status.phase === 'paused' || download.status.phase === 'failed') return;
    const running = this.#running === id;
    this.#change(id, { status: { phase: 'paused', ...amountOf(download.status) } });
    if (running) await this.#stop(id, 'pause');
  }

  /** Stops a download and deletes what has arrived. */
  async cancel(id: string): Promise<void> {
    const download = this.get(id);
    if (!download) return;
    this.#list = this.#list.filter((other) => other !== download);
    this.#parts.notices.clear(topicOf(id));
    this.#parts.notices.say(`Download of ${download.request.name} cancelled`);
    await this.#stop(id, 'discard');
    this.#parts.onGone(id);
  }

  /** The page is about to end the worker: the running download will go on with the next one. */
  restarting(): void {
    this.#restarting = this.#running !== undefined;
  }

  /** Starts the first one in line, if none is running. */
  #next(): void {
    if (this.#running !== undefined || this.#stopping > 0) return;
    const next = this.#list.find(({ status }) => status.phase === 'waiting');
    if (next) void this.#run(next);
  }

  async #run(download: Download): Promise<void> {
    const { id, request } = download;
    const { models, notices, onEnd } = this.#parts;
    this.#running = id;
    notices.say(`Downloading ${request.name}`);
    this.#change(id, { status: { phase: 'downloading', ...NOTHING } });
    try {
      const model = await models.fetchModel(request, (progress) => this.#progress(id, progress));
      const ended = this.get(id) ?? download;
      this.#list = this.#list.filter((other) => other.id !== id);
      onEnd(model, ended);
    } catch (error) {
      this.#failed(id, error);
    } finally {
      this.#running = undefined;
      this.#restarting = false;
      this.#next();
    }
  }

  #progress(id: string, progress: Progress): void {
    const download = this.get(id);
    // Progress comes another way than answers: it may come after a pause.
    if (!download || this.#running !== id || !isRunning(download.status)) return;
    const { stage, done, total, bytesPerSecond, secondsLeft } = progress;
    this.#change(id, {
      imageTowerReady: download.imageTowerReady || progress.imageTowerReady === true,
      status: {
        phase: stage === 'verifying' || stage === 'storing' ? stage : 'downloading',
        done,
        total,
        ...(bytesPerSecond !== undefined && { bytesPerSecond }),
        ...(secondsLeft !== undefined && { secondsLeft }),
      },
    });
  }

  #failed(id: string, error: unknown): void {
    const download = this.get(id);
    // Paused or cancelled: what it threw is the answer to that.
    if (!download || !isRunning(download.status)) return;
    if (this.#restarting && failureName(error) === 'WorkerDied') {
      this.#change(id, { status: { phase: 'waiting' } });
      return;
    }
    const remedy = remedyFor(error);
    this.#change(id, {
      status: { phase: 'failed', remedy, ...amountOf(download.status) },
      imageTowerReady: false,
    });
    if (failureName(error) === 'Offline') this.#offline.add(id);
    if (remedy === 'start again' || remedy === 'none') this.#parts.onGone(id);
    this.#parts.notices.report(topicOf(id), error);
  }

  async #stop(id: string, how: 'pause' | 'discard'): Promise<void> {
    this.#stopping++;
    try {
      await this.#parts.models.stopFetching(id, how);
    } catch (error) {
      if (failureName(error) !== 'WorkerDied') this.#parts.notices.report('download', error);
    } finally {
      this.#stopping--;
      this.#next();
    }
  }

  #change(id: string, changed: Partial<Download>): void {
    this.#list = this.#list.map((download) => (download.id === id ? { ...download, ...changed } : download));
  }
}

/** Whether the worker is at it. */
export function isRunning({ phase }: DownloadStatus): boolean {
  return phase === 'downloading' || phase === 'verifying' || phase === 'storing';
}

function amountOf(status: DownloadStatus): Amount {
  return status.phase === 'waiting' ? NOTHING : { done: status.done, total: status.total };
}

function withoutTokenizer({ source, name, precision }: FetchRequest): PlannedRequest {
  return { source, name, precision };
}

/** Each download has its own line among the problems. */
function topicOf(id: string): string {
  return `download ${id}`;
}
