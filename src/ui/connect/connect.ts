import { proxy, transfer, wrap, type Remote } from 'comlink';
import type { ClipApi, ImageApi, LibraryApi, PreparedPicture } from '../../../workers/api';
import type { EvaluationApi } from '../../../workers/evaluation-api';
import type { ModelsApi } from '../../../workers/models-api';
import { failureName, type Failure, type FailureName } from '../../core/failure';
import type { WorkerKind } from '../kit/worker-death';
import { watch, type Life } from './worker-life';

/** The page's workers. Every call rejects with `WorkerDied` when its worker dies; the next call starts a new one. */
export interface Workers {
  readonly clip: ClipApi;
  readonly library: LibraryApi;
  readonly images: ImageApi;
  readonly models: ModelsApi;
  readonly evaluation: EvaluationApi;
  /** Ends the clip worker, and with it whatever it is doing. */
  stopClip(): void;
  /** Likewise the models worker. What a download had stored is kept. */
  stopModels(): void;
}

/** What the page is told when a worker dies by itself. */
export interface Deaths {
  clip(death: Failure): void;
  library(death: Failure): void;
  models(death: Failure): void;
  /**
   * The library worker that took a dead one's place keeps nothing, for this reason: it knows no photo, and what it is
   * told lasts as long as the page.
   */
  unkept(reason: FailureName): void;
}

/** A worker that is started by the first call, and again by the first call after its death. */
interface Line<Api> {
  call<T>(use: (api: Remote<Api>) => Promise<T>): Promise<T>;
  end(): void;
}

/** Starts the workers when they are first needed. */
export function connect(deaths: Deaths): Workers {
  const clip = line<ClipApi>('clip', startClip, deaths.clip);
  /** The library that is open: a worker that takes a dead one's place opens it first. */
  let opened: string | undefined;
  const library = line<LibraryApi>('library', startLibrary, deaths.library, (api) => {
    if (opened === undefined) return;
    const told = api.restore(opened).then(({ unkept }) => unkept && deaths.unkept(unkept));
    // Of a worker that dies at once the page is told as of any other.
    told.catch(() => undefined);
  });
  const models = line<ModelsApi>('models', startModels, deaths.models);
  return {
    clip: methodsOf<ClipApi>(clip, {
      encodeImages: (model, pictures) =>
        clip.call((api) => api.encodeImages(model, transfer(pictures, [pictures.data.buffer]))),
    }),
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
    // It owns nothing: whoever asked is told of its death by the call, and asks again.
    evaluation: methodsOf<EvaluationApi>(line('evaluation', startEvaluation, () => {})),
    images: imagePool(imageWorkers(navigator.hardwareConcurrency), () => line('image', startImage, () => {})),
    stopClip: () => clip.end(),
    stopModels: () => models.end(),
  };
}

/** How many image workers a machine of `cores` gets: as many, up to 4. */
// Why not fewer, though a tower on wasm needs the cores too: with small towers it is they that set the pace, and with large
// ones they wait most of the time. On 2 cores a second one made indexing a third to a half faster with the built-in
// models, and no slower with a ViT-B/32.
export function imageWorkers(cores: number): number {
  return Math.min(4, Math.max(1, cores));
}

/**
 * Shares pictures out among `size` image workers, one at a time each; the others wait in the order they came. A
 * picture that its worker did not survive is tried once more on a new one, then given up as a bad picture.
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

  /** Asks a worker, and once more where it does not survive that. */
  async function call<T>(use: (api: Remote<ImageApi>) => Promise<T>): Promise<T> {
    const worker = await borrow();
    try {
      return await worker.call(use).catch(() => worker.call(use));
    } finally {
      giveBack(worker);
    }
  }

  return methodsOf<ImageApi>(
    { call },
    {
      async prepare(...given) {
        try {
          // Comlink's types take the answer's two forms apart.
          return await call((api) => api.prepare(...given) as Promise<PreparedPicture>);
        } catch (error) {
          if (failureName(error) !== 'WorkerDied') throw error;
          return { ok: false, name: 'WorkerDied', message: 'Reading this file stopped the reader, twice.' };
        }
      },
    },
  );
}

/**
 * All that `Api` can be asked: what is in `own` as it is there, everything else by a call of the worker, to which
 * functions among what it is given are proxies.
 */
// Why a Proxy: the interface is the one list of a worker's methods. A new one needs no line here unless it hands
// something over or has to be remembered.
function methodsOf<Api extends object>(line: Pick<Line<Api>, 'call'>, own: Partial<Api> = {}): Api {
  return new Proxy(own as Api, {
    get(target, name): unknown {
      if (name in target) return Reflect.get(target, name);
      // Whoever is awaited is asked for it.
      if (name === 'then' || typeof name === 'symbol') return undefined;
      return (...given: unknown[]) =>
        line.call((api) => {
          const method = (api as Record<string, (...given: unknown[]) => Promise<unknown>>)[name]!;
          return method(...given.map((each) => (typeof each === 'function' ? proxy(each) : each)));
        });
    },
  });
}

/** @param onStart is given every new worker before anyone else may call it */
function line<Api>(
  kind: WorkerKind,
  start: (name: string) => Worker,
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

  return {
    call(use) {
      current ??= begin();
      const { api, life } = current;
      return life.during(use(api));
    },
    end() {
      current?.life.end();
      current = undefined;
    },
  };
}

// The bundler finds a worker only where its address stands in the call itself.

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

function startEvaluation(name: string): Worker {
  return new Worker(new URL('../../../workers/evaluation.worker.ts', import.meta.url), {
    type: 'module',
    name,
  });
}
