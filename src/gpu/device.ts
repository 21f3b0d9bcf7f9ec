import { Failure } from '../core/failure';

/** A WebGPU device for onnxruntime or our own shaders. */
export interface GpuDevice {
  readonly device: GPUDevice;
  /** The adapter's description, such as "nvidia ampere". */
  readonly description: string;
  /** Whether it is a software adapter: correct, but far slower than wasm. */
  readonly fallback: boolean;
  /** Resolves if the device is lost for any reason except `destroy()`. */
  readonly lost: Promise<string>;
}

/** Features requested if the adapter supports them. */
const WANTED: readonly GPUFeatureName[] = ['shader-f16'];

/**
 * The browser's preferred adapter, or undefined if it offers none.
 */
export async function findAdapter(): Promise<GPUAdapter | undefined> {
  if (!('gpu' in navigator)) return undefined;
  const adapter = await navigator.gpu
    .requestAdapter({ powerPreference: 'high-performance' })
    .catch(() => null);
  return adapter ?? undefined;
}

/**
 * A device with the adapter's own limits, so that large weights fit one buffer.
 * @param subgroups whether to request the feature; some adapters compute attention correctly only without it
 * @throws BackendUnavailable
 */
export async function openDevice(adapter: GPUAdapter, subgroups: boolean): Promise<GpuDevice> {
  const wanted: GPUFeatureName[] = subgroups ? [...WANTED, 'subgroups'] : [...WANTED];
  const device = await adapter
    .requestDevice({
      label: 'clipscope',
      requiredFeatures: wanted.filter((feature) => adapter.features.has(feature)),
      requiredLimits: largestLimits(adapter),
    })
    .catch((error: unknown) => {
      throw new Failure('BackendUnavailable', `The GPU gave no device: ${String(error)}`, { cause: error });
    });
  // Safari 26.0 and 26.1 have no `adapterInfo`, which onnxruntime-web reads.
  const known: Partial<GPUDevice> = device;
  if (!known.adapterInfo) Object.defineProperty(device, 'adapterInfo', { value: adapter.info });
  const lost = new Promise<string>((resolve) => {
    void device.lost.then((info) => {
      if (info.reason !== 'destroyed') resolve(info.message);
    });
  });
  return { device, description: describe(adapter), fallback: isFallback(adapter), lost };
}

/** Whether the adapter is software. */
export function isFallback(adapter: GPUAdapter): boolean {
  return adapter.info.isFallbackAdapter;
}

/** The adapter's name for display: its description, else vendor and architecture. */
export function describe(adapter: GPUAdapter): string {
  const { description, vendor, architecture } = adapter.info;
  return description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed GPU';
}

/** The limits that large towers exceed; the others stay at WebGPU's defaults. */
function largestLimits(adapter: GPUAdapter): Record<string, number> {
  const { limits } = adapter;
  return {
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
    maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
    maxComputeWorkgroupSizeY: limits.maxComputeWorkgroupSizeY,
    maxComputeWorkgroupSizeZ: limits.maxComputeWorkgroupSizeZ,
    maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
  };
}
