import type { ModelSummary, Progress } from '../../../../workers/api';
import type {
  FetchRequest,
  InterruptedDownload,
  ModelsApi,
  PlannedRequest,
} from '../../../../workers/models-api';
import { failureName } from '../../../core/failure';
import { remedyFor, type Remedy } from '../kept/remedies';
import type { Memory } from '../../kit/memory';
import type { Notices } from '../../kit/notices.svelte';

/** Downloaded bytes. `total` is 0 while the length is unknown. */
interface Amount {
  readonly done: number;
  readonly total: number;
}

/** Status of a download. `waiting`: queued behind others. */
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
  /** Pictures can already be indexed with it. */
  readonly imageTowerReady: boolean;
  /** The user's model choices counted when it was requested. */
  readonly choices: number;
}

export interface DownloadsParts {
  readonly models: Pick<ModelsApi, 'fetchModel' | 'stopFetching' | 'idOf'>;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  readonly memory: Memory | undefined;
  /** The number of times the user has chosen a model. */
  readonly choices: () => number;
  /** A download was deleted: it was cancelled, or its bytes were wrong. */
  readonly onGone: (id: string) => void;
  /** A model was added and is now listed by the worker. */
  readonly onEnd: (model: ModelSummary, download: Download) => void;
}

const HANDED_OVER = 'clipscope downloads';

const NOTHING: Amount = { done: 0, total: 0 };

/** Model downloads: one at a time, the others wait in a queue. */
export class Downloads {
  #list = $state.raw<readonly Download[]>([]);
  readonly #parts: DownloadsParts;
  /** The id of the running download. */
  #running: string | undefined;
  /** Whether the worker is being restarted on purpose, so that the running download is queued again. */
  #restarting = false;
  /** Downloads that failed because the network was lost. */
  readonly #offline = new Set<string>();
  /** Pending calls of `stopFetching`: nothing starts before they resolve. */
  #stopping = 0;

  constructor(parts: DownloadsParts) {
    this.#parts = parts;
  }

  /** In the order they were requested. */
  get list(): readonly Download[] {
    return this.#list;
  }

  get(id: string): Download | undefined {
    return this.#list.find((download) => download.id === id);
  }

  /** Adds unfinished downloads of an earlier page, paused. */
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

  /** Queues a download, or resumes it if already listed. Failures are reported. */
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

  /** Resumes a paused or failed download, with a tokenizer if that was missing. */
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

  /** The network is back: resumes downloads that failed without it. */
  wentOnline(): void {
    const ids = [...this.#offline];
    this.#offline.clear();
    for (const id of ids) if (this.get(id)?.status.phase === 'failed') this.resume(id);
  }

  /** Stops a download, keeping its bytes. */
  async pause(id: string): Promise<void> {
    const download = this.get(id);
    if (!download || isStill(download.status)) return;
    const running = this.#running === id;
    this.#change(id, { status: { phase: 'paused', ...amountOf(download.status) } });
    if (running) await this.#stop(id, 'pause');
  }

  /** Stops a download and deletes its bytes. */
  async cancel(id: string): Promise<void> {
    const download = this.get(id);
    if (!download) return;
    this.#list = this.#list.filter((other) => other !== download);
    this.#parts.notices.clear(topicOf(id));
    this.#parts.notices.say(`Download of ${download.request.name} cancelled`);
    await this.#stop(id, 'discard');
    this.#parts.onGone(id);
  }

  /** The page is about to end the worker: the running download will resume with the next one. */
  restarting(): void {
    this.#restarting = this.#running !== undefined;
  }

  /** The page is about to end its work in favour of another tab, which goes on with what is not paused. */
  handOver(): void {
    const ids = this.#list.filter(({ status }) => !isStill(status)).map(({ id }) => id);
    if (ids.length > 0) this.#parts.memory?.setItem(HANDED_OVER, ids.join('\n'));
  }

  /** Unfinished downloads that another tab has handed over to this one, once. */
  handedOver(): readonly string[] {
    const { memory } = this.#parts;
    const ids = memory?.getItem(HANDED_OVER)?.split('\n') ?? [];
    memory?.removeItem(HANDED_OVER);
    return ids.filter((id) => this.get(id));
  }

  /** Starts the first queued download, if none is running. */
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
    // Progress messages can arrive out of order: after a pause.
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
    // Paused or cancelled: the rejection is expected.
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
    this.#parts.notices.say(`The download of ${download.request.name} has stopped`);
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

/** Whether the worker is processing it. */
export function isRunning({ phase }: DownloadStatus): boolean {
  return phase === 'downloading' || phase === 'verifying' || phase === 'storing';
}

/** Whether it waits for the user. */
export function isStill({ phase }: DownloadStatus): boolean {
  return phase === 'paused' || phase === 'failed';
}

function amountOf(status: DownloadStatus): Amount {
  return status.phase === 'waiting' ? NOTHING : { done: status.done, total: status.total };
}

function withoutTokenizer({ source, name, precision }: FetchRequest): PlannedRequest {
  return { source, name, precision };
}

/** Each download has its own problem topic. */
function topicOf(id: string): string {
  return `download ${id}`;
}
