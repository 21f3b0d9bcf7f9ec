import { browserRuntime } from '../../src/clip/session-browser';
import { RUNTIME_FILES } from '../../src/clip/session-files';
import type { Runtime } from '../../src/clip/towers';
import { findAdapter, openDevice } from '../../src/gpu/device';

export async function onWebGpu(subgroups: boolean): Promise<Runtime> {
  const adapter = await findAdapter();
  if (adapter === undefined) throw new Error('This browser offers no WebGPU adapter');
  const { device } = await openDevice(adapter, subgroups);
  return { ort: await browserRuntime('webgpu', RUNTIME_FILES), provider: { name: 'webgpu', device } };
}

export async function onWasm(): Promise<Runtime> {
  return { ort: await browserRuntime('wasm', RUNTIME_FILES), provider: { name: 'wasm' } };
}
