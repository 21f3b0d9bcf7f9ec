import type { Backend, RunsOn } from '../../../workers/api';
import type { DeviceMemory } from '../../clip/footprint';

/** What the page was told of the device. */
export interface DeviceTold {
  /** `navigator.deviceMemory`: GiB, rounded, and 8 for all that have more; undefined where the browser keeps it back. */
  readonly gibibytes: number | undefined;
  /** Where the loaded model runs; undefined while none is loaded. */
  readonly runsOn: Pick<RunsOn, 'backend' | 'arithmetic'> | undefined;
  /** The backend that the person insists on. */
  readonly backend: Backend | undefined;
}

/** Browsers name no more than this, however much there is. */
const MOST_TOLD = 8;

const GIBIBYTE = 2 ** 30;

/**
 * What a model has to fit into. Nothing tells of a GPU's own memory: the little that is said of a small device holds for
 * its GPU too, which shares it.
 *
 * Why half of what the device has: the system, the browser and the pictures need the rest, and a tab that takes too much
 * is ended without a word.
 *
 * Why wasm while no model runs: it has room for the least, so nothing is offered that is taken back later.
 */
export function deviceMemory({ gibibytes, runsOn, backend }: DeviceTold): DeviceMemory {
  const known = gibibytes !== undefined && gibibytes > 0 && gibibytes < MOST_TOLD;
  return {
    backend: runsOn?.backend ?? backend ?? 'wasm',
    ...(known && { memoryBytes: (gibibytes * GIBIBYTE) / 2 }),
    ...(runsOn?.backend === 'webgpu' && { shaderF16: runsOn.arithmetic === 'fp16' }),
  };
}

/** What a browser's `navigator` says of the memory, in GiB; undefined where it does not know the question. */
export function gibibytesOf(navigator: object): number | undefined {
  const { deviceMemory: told } = navigator as { readonly deviceMemory?: unknown };
  return typeof told === 'number' ? told : undefined;
}
