import type { CheckEmbeddings } from '../../src/clip/self-check';
import expectedUrl from '../../src/clip/self-check.expected.json?url';
import { browserRuntime, wasmThreads } from '../../src/clip/session-browser';
import type { Platform } from '../../src/engine/platform';
import { findAdapter } from '../../src/gpu/device';
import { checkedModels } from './checked-models';

const { hardwareConcurrency, userAgent, deviceMemory } = navigator as WorkerNavigator & {
  deviceMemory?: number;
};

/** A worker of this browser. */
export const browserPlatform: Platform = {
  runtime: browserRuntime,
  threads: wasmThreads(),
  cores: hardwareConcurrency,
  ...(deviceMemory !== undefined && { gibibytes: deviceMemory }),
  now: () => performance.now(),
  gpu: {
    findAdapter,
    expectedEmbeddings: async () => (await (await fetch(expectedUrl)).json()) as CheckEmbeddings,
    checked: checkedModels,
    name: userAgent,
  },
};
