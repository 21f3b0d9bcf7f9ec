import { browserRuntime } from '../../src/clip/session-browser';
import type { Runtime } from '../../src/clip/towers';
import { findAdapter, openDevice } from '../../src/gpu/device';

export async function onWebGpu(subgroups: boolean): Promise<Runtime> {
  const adapter = await findAdapter();
  if (adapter === undefined) throw new Error('This browser offers no WebGPU adapter');
  const { device } = await openDevice(adapter, subgroups);
  return { ort: await browserRuntime('webgpu'), provider: { name: 'webgpu', device } };
}

export async function onWasm(): Promise<Runtime> {
  return { ort: await browserRuntime('wasm'), provider: { name: 'wasm' } };
}
