import type { Backend, RunsOn } from '../../../workers/api';
import type { DeviceMemory } from '../../clip/footprint';

/** What the page knows of the device. */
export interface DeviceTold {
  /** `navigator.deviceMemory`: GiB, rounded, at most 8; undefined if the browser does not report it. */
  readonly gibibytes: number | undefined;
  /** Where the loaded model runs; undefined if none is loaded. */
  readonly runsOn: Pick<RunsOn, 'backend' | 'arithmetic'> | undefined;
  /** The backend requested by the user. */
  readonly backend: Backend | undefined;
}

/** The largest value browsers report, even if there is more memory. */
const MOST_TOLD = 8;

const GIBIBYTE = 2 ** 30;

/**
 * The memory limits for a model. A GPU's own memory cannot be queried; a small device's value also applies to its GPU,
 * which shares the memory.
 *
 * Why half of the device's memory: the system, the browser and the pictures need the rest, and a tab that takes too
 * much is killed without warning.
 *
 * Why wasm while no model runs: it has the lowest limit, so no offer has to be withdrawn later.
 */
export function deviceMemory({ gibibytes, runsOn, backend }: DeviceTold): DeviceMemory {
  const known = gibibytes !== undefined && gibibytes > 0 && gibibytes < MOST_TOLD;
  return {
    backend: runsOn?.backend ?? backend ?? 'wasm',
    ...(known && { memoryBytes: (gibibytes * GIBIBYTE) / 2 }),
    ...(runsOn?.backend === 'webgpu' && { shaderF16: runsOn.arithmetic === 'fp16' }),
  };
}

/** `navigator.deviceMemory` in GiB; undefined if not supported. */
export function gibibytesOf(navigator: object): number | undefined {
  const { deviceMemory: told } = navigator as { readonly deviceMemory?: unknown };
  return typeof told === 'number' ? told : undefined;
}
