import type { CheckEmbeddings } from '../../src/clip/self-check';
import expectedUrl from '../../src/clip/self-check.expected.json?url';
import { browserRuntime, wasmThreads } from '../../src/clip/session-browser';
import { RUNTIME_FILES } from '../../src/clip/session-files';
import type { Platform } from '../../src/engine/platform';
import type { ThreadNeed } from '../../src/clip/thread-need';
import { findAdapter } from '../../src/gpu/device';
import { storageRoot } from '../../src/storage/directory';
import { fromPage } from '../sources/built-in-models';
import { int8Verdicts } from './int8-verdicts';
import { passedChecks } from './passed-checks';
import { samplePictures } from './sample-pictures';

/** The parts of a worker's global scope in use. */
interface BrowserWorker {
  readonly crossOriginIsolated: boolean;
  readonly SharedArrayBuffer?: unknown;
  readonly navigator: {
    readonly hardwareConcurrency: number;
    readonly userAgent: string;
    /** In GiB; only some browsers report it. */
    readonly deviceMemory?: number;
  };
  readonly performance: Pick<Performance, 'now'>;
  readonly fetch: typeof fetch;
}

/** The platform of a browser worker. @param build identifies this build; none in development */
export function browserPlatform(
  need: ThreadNeed,
  worker: BrowserWorker = self,
  build = import.meta.env.CLIPSCOPE_BUILD as string | undefined,
): Platform {
  const { hardwareConcurrency, userAgent, deviceMemory } = worker.navigator;
  const name = `${userAgent}, build ${build}`;
  const threads = need === 'one' ? 1 : wasmThreads(worker);
  return {
    runtime: (backend) => browserRuntime(backend, RUNTIME_FILES, threads),
    threads,
    cores: hardwareConcurrency,
    ...(deviceMemory !== undefined && { gibibytes: deviceMemory }),
    now: () => worker.performance.now(),
    gpu: {
      findAdapter,
      expectedEmbeddings: async () => (await (await worker.fetch(expectedUrl)).json()) as CheckEmbeddings,
      passed: passedChecks(storageRoot),
      name,
    },
    int8: {
      samplePictures: (settings) => samplePictures(settings, fromPage),
      verdicts: int8Verdicts(storageRoot, name),
    },
  };
}
