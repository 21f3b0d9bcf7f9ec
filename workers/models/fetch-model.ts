import { failureName } from '../../src/core/failure';
import { during, stopped } from '../../src/hub/connection';
import type { ModelSummary, Progress } from '../api';
import { bringModel } from './bring-model';
import { idOf, makePlan, requireUnchanged } from './download-plan';
import { filesOf, readPlan, type DownloadPlan } from './download-record';
import { isWhole, listKept } from '../sources/kept-store';
import type { FetchRequest, InterruptedDownload, ModelsApi } from '../models-api';
import type { ModelsParts } from './parts';

/** A download of this worker, registered with the call: it may be stopped before it has started. */
class Running {
  readonly #controller = new AbortController();
  readonly id: Promise<string>;
  how: 'pause' | 'discard' | undefined;
  ended: Promise<unknown> = Promise.resolve();

  constructor(id: Promise<string>) {
    this.id = id;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stop(how: 'pause' | 'discard'): Promise<unknown> {
    this.how = how;
    this.#controller.abort();
    return this.ended;
  }
}

/** The downloads of this worker. */
export interface Fetching extends Pick<ModelsApi, 'fetchModel' | 'stopFetching'> {
  /** Unfinished downloads that no tab is running. @throws StorageFull, StorageUnavailable */
  interruptedDownloads(): Promise<InterruptedDownload[]>;
}

export function createFetching(parts: ModelsParts): Fetching {
  const running = new Set<Running>();

  async function fetchModel(
    request: FetchRequest,
    onProgress: (progress: Progress) => void,
  ): Promise<ModelSummary> {
    const run = new Running(idOf(request));
    const work = fetchOrResume(run, request, onProgress);
    run.ended = work.catch(() => undefined);
    running.add(run);
    try {
      return await work;
    } catch (error) {
      throw run.how === undefined ? error : stopped();
    } finally {
      running.delete(run);
    }
  }

  async function fetchOrResume(
    run: Running,
    request: FetchRequest,
    onProgress: (progress: Progress) => void,
  ): Promise<ModelSummary> {
    const { signal } = run;
    const id = await run.id;
    const store = await parts.downloads();
    const models = await parts.models();
    const existing = (await listKept(models)).find((summary) => summary.id === id);
    if (existing !== undefined && (await isWhole(models, id))) {
      // Left by a page that closed between storing the model and this line.
      await store.remove(id).catch(() => undefined);
      return existing;
    }
    const kept = await store.open(id);
    try {
      if (signal.aborted) throw stopped();
      const connection = during(parts.connection, signal);
      let plan = readPlan(kept.record);
      if (plan && canGoOn(plan)) await requireUnchanged(plan, connection);
      else {
        plan = await makePlan(request, { ...parts, connection });
        await kept.save(plan);
      }
      const file = await kept.file(plan.weights.byteLength);
      const summary = await bringModel(parts, id, plan, file, { signal, onProgress });
      await kept.remove();
      return summary;
    } catch (error) {
      await (run.how === 'discard' || failureName(error) === 'HashMismatch' ? kept.remove() : kept.close());
      throw error;
    }
  }

  async function stopFetching(id: string, how: 'pause' | 'discard'): Promise<void> {
    for (const run of running) {
      if ((await run.id) !== id) continue;
      await run.stop(how);
      return;
    }
    if (how === 'discard') await (await parts.downloads()).remove(id);
  }

  async function interruptedDownloads(): Promise<InterruptedDownload[]> {
    const found = await (await parts.downloads()).list();
    return found.flatMap(({ id, record, arrived }) => {
      const plan = readPlan(record);
      return plan ? [{ id, request: plan.request, done: arrived, total: plan.weights.byteLength }] : [];
    });
  }

  return { fetchModel, stopFetching, interruptedDownloads };
}

/** Whether a download may be resumed: without a version or hash, a changed file would go unnoticed. */
function canGoOn({ request, weights }: DownloadPlan): boolean {
  return request.source.kind === 'hub' || filesOf(weights).every(({ modified }) => modified !== undefined);
}
