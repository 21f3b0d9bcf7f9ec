import { proxy, transfer, wrap, type Remote } from 'comlink';
import type { ClipApi, ImageApi, LibraryApi, PreparedFrame, PreparedPicture } from '../../../workers/api';
import type { EvaluationApi } from '../../../workers/evaluation-api';
import type { ExchangeApi } from '../../../workers/exchange-api';
import type { ModelsApi } from '../../../workers/models-api';
import { failureName, type Failure, type FailureName } from '../../core/failure';
import type { ThreadNeed } from '../../clip/thread-need';
import type { WorkerKind } from '../kit/worker-death';
import { watch, type Life } from './worker-life';

/** The page's workers. Calls reject with `WorkerDied` if their worker dies; the next call starts a new one. */
export interface Workers {
  readonly clip: ClipApi;
  readonly library: LibraryApi;
  readonly images: ImageApi;
  readonly models: ModelsApi;
  readonly evaluation: EvaluationApi;
  readonly exchange: ExchangeApi;
  /** Ends the clip worker and everything it is doing. */
  stopClip(): void;
  /** A clip worker besides the page's own, for another model at the same time. */
  openClip(): ClipWorker;
  /** The same for the models worker. Stored parts of downloads are kept. */
  stopModels(): void;
  /** Ends the worker of embeddings made elsewhere, which gives their memory back. */
  stopExchange(): void;
  /** The page is left: ends every worker. Later calls start none, and never settle. */
  leave(): void;
}

/** A clip worker, started by its first call; callers learn of its death from their calls. */
export interface ClipWorker {
  readonly clip: ClipApi;
  /** Ends it and everything it is doing, which frees its memory. A later call starts another. */
  end(): void;
}

/** Notifications of workers that died by themselves. */
export interface Deaths {
  clip(death: Failure): void;
  library(death: Failure): void;
  models(death: Failure): void;
  /**
   * The library worker that replaced a dead one cannot use storage, for this reason: it has no photos, and what it is
   * given is lost when the page closes.
   */
  unkept(reason: FailureName): void;
}

/** A worker started by the first call, and again by the first call after its death. */
interface Line<Api> {
  call<T>(use: (api: Remote<Api>) => Promise<T>): Promise<T>;
  end(): void;
}

/** Starts the workers on first use. */
export function connect(deaths: Deaths): Workers {
  const leaving = new AbortController();
  const left = leaving.signal;
  const { clip, end: stopClip } = clipWorker(left, deaths.clip);
  /** The open library, which a replacement worker opens first. */
  let opened: string | undefined;
  const library = line<LibraryApi>('library', startLibrary, left, deaths.library, (api) => {
    if (opened === undefined) return;
    const told = api.restore(opened).then(({ unkept }) => unkept && deaths.unkept(unkept));
    // If this worker dies at once, the page is notified as usual.
    told.catch(() => undefined);
  });
  const models = line<ModelsApi>('models', startModels, left, deaths.models);
  // Callers learn of its death from their calls, as they do of that of the evaluation worker.
  const exchange = line<ExchangeApi>('exchange', startExchange, left, () => {});
  return {
    clip,
    library: methodsOf<LibraryApi>(library, {
      restore(id) {
        const restored = library.call((api) => api.restore(id));
        opened = id;
        return restored;
      },
      add: (readings, rows, thumbnails) =>
        library.call((api) => api.add(readings, transfer(rows, [rows.data.buffer]), thumbnails)),
    }),
    models: methodsOf<ModelsApi>(models),
    // It holds no state: callers learn of its death from the call and can repeat it.
    evaluation: methodsOf<EvaluationApi>(line('evaluation', startEvaluation, left, () => {})),
    exchange: methodsOf<ExchangeApi>(exchange),
    images: imagePool(imageWorkers(navigator.hardwareConcurrency), () =>
      line('image', startImage, left, () => {}),
    ),
    stopClip,
    openClip: () => clipWorker(left, () => {}),
    stopModels: () => models.end(),
    stopExchange: () => exchange.end(),
    leave: () => leaving.abort(),
  };
}

function clipWorker(left: AbortSignal, onDeath: (death: Failure) => void): ClipWorker {
  const worker = line<ClipApi>('clip', startClip, left, onDeath);
  /** For which it was started. */
  let threads: ThreadNeed | undefined;
  return {
    clip: methodsOf<ClipApi>(worker, {
      load(id, options, onProgress) {
        // Why another worker: onnxruntime-web starts once in each, with so many threads for good.
        if (options.threads !== (threads ?? options.threads)) worker.end();
        threads = options.threads;
        return worker.call((api) => api.load(id, options, proxy(onProgress)));
      },
      encodeImages: (model, pictures) =>
        worker.call((api) => api.encodeImages(model, transfer(pictures, [pictures.data.buffer]))),
      encodeFrames(model, frames) {
        const buffers = frames.map(({ data }) => data.buffer);
        return worker.call((api) => api.encodeFrames(model, transfer([...frames], buffers)));
      },
    }),
    end: () => worker.end(),
  };
}

/** Number of image workers on a machine with `cores` cores: as many, at most 4. */
// Why not fewer, though a tower on wasm needs the cores too: with small towers the image workers are the bottleneck,
// and with large ones they mostly wait. On 2 cores a second one made indexing a third to a half faster with the
// built-in models, and no slower with a ViT-B/32.
export function imageWorkers(cores: number): number {
  return Math.min(4, Math.max(1, cores));
}

const STOPPED = {
  ok: false,
  name: 'WorkerDied',
  message: 'Reading this file stopped the reader, twice.',
} as const;

/**
 * Distributes pictures over `size` image workers, one at a time each; the others wait in order. A picture that kills
 * its worker is tried once more on a new one, then reported as a bad picture.
 */
export function imagePool(size: number, open: () => Line<ImageApi>): ImageApi {
  const idle = Array.from({ length: size }, open);
  const waiting: ((worker: Line<ImageApi>) => void)[] = [];

  function borrow(): Promise<Line<ImageApi>> {
    const worker = idle.pop();
    return worker ? Promise.resolve(worker) : new Promise((resolve) => waiting.push(resolve));
  }

  function giveBack(worker: Line<ImageApi>): void {
    const next = waiting.shift();
    if (next) next(worker);
    else idle.push(worker);
  }

  /** Calls a worker, and once more if the worker dies. */
  async function call<T>(use: (api: Remote<ImageApi>) => Promise<T>): Promise<T> {
    const worker = await borrow();
    try {
      return await worker.call(use).catch(() => worker.call(use));
    } finally {
      giveBack(worker);
    }
  }

  /** Calls a worker with a file; a file that ends two workers is a bad one. */
  async function prepared<T>(use: (api: Remote<ImageApi>) => Promise<T>): Promise<T | typeof STOPPED> {
    try {
      return await call(use);
    } catch (error) {
      if (failureName(error) !== 'WorkerDied') throw error;
      return STOPPED;
    }
  }

  // Comlink's types split the unions of results.
  return methodsOf<ImageApi>(
    { call },
    {
      prepare: (...given) => prepared((api) => api.prepare(...given) as Promise<PreparedPicture>),
      prepareFrame: (...given) => prepared((api) => api.prepareFrame(...given) as Promise<PreparedFrame>),
    },
  );
}

/**
 * An implementation of `Api`: methods in `own` as they are, all others forwarded to the worker, with function arguments
 * proxied.
 */
// Why a Proxy: the interface is the only list of a worker's methods. A new method needs code here only if it transfers
// data or must be remembered.
function methodsOf<Api extends object>(line: Pick<Line<Api>, 'call'>, own: Partial<Api> = {}): Api {
  return new Proxy(own as Api, {
    get(target, name): unknown {
      if (name in target) return Reflect.get(target, name);
      // `await` looks up `then`.
      if (name === 'then' || typeof name === 'symbol') return undefined;
      return (...given: unknown[]) =>
        line.call((api) => {
          const method = (api as Record<string, (...given: unknown[]) => Promise<unknown>>)[name]!;
          return method(...given.map((each) => (typeof each === 'function' ? proxy(each) : each)));
        });
    },
  });
}

/**
 * @param left aborted when the page is left
 * @param onStart called with every new worker before any other call
 */
function line<Api>(
  kind: WorkerKind,
  start: (name: string) => Worker,
  left: AbortSignal,
  onDeath: (death: Failure) => void,
  onStart: (api: Remote<Api>) => void = () => {},
): Line<Api> {
  let current: { readonly api: Remote<Api>; readonly life: Life } | undefined;

  function begin() {
    // Two tabs share one set of lock names.
    const name = `clipscope ${kind} ${crypto.getRandomValues(new Uint32Array(2)).join('-')}`;
    const worker = start(name);
    const life = watch(worker, kind, name, navigator.locks, (death) => {
      current = undefined;
      onDeath(death);
    });
    const api = wrap<Api>(worker);
    onStart(api);
    return { api, life };
  }

  function end(): void {
    current?.life.end();
    current = undefined;
  }

  left.addEventListener('abort', end);
  return {
    call(use) {
      if (left.aborted) return new Promise(() => {});
      current ??= begin();
      const { api, life } = current;
      return life.during(use(api));
    },
    end,
  };
}

// The bundler finds a worker only if its URL is inside the call.

function startClip(name: string): Worker {
  return new Worker(new URL('../../../workers/clip.worker.ts', import.meta.url), { type: 'module', name });
}

function startImage(name: string): Worker {
  return new Worker(new URL('../../../workers/image.worker.ts', import.meta.url), { type: 'module', name });
}

function startLibrary(name: string): Worker {
  return new Worker(new URL('../../../workers/library.worker.ts', import.meta.url), { type: 'module', name });
}

function startModels(name: string): Worker {
  return new Worker(new URL('../../../workers/models.worker.ts', import.meta.url), { type: 'module', name });
}

function startExchange(name: string): Worker {
  return new Worker(new URL('../../../workers/exchange.worker.ts', import.meta.url), {
    type: 'module',
    name,
  });
}

function startEvaluation(name: string): Worker {
  return new Worker(new URL('../../../workers/evaluation.worker.ts', import.meta.url), {
    type: 'module',
    name,
  });
}
