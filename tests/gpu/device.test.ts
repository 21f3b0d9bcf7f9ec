import { describe, expect, it } from 'vitest';
import { openDevice } from '../../src/gpu/device';

const info = { vendor: 'apple', architecture: 'metal-3', description: '', isFallbackAdapter: false };

/** An adapter of no features, whose device has `extras`. */
function adapter(extras: object): GPUAdapter {
  const device = { lost: new Promise(() => {}), ...extras };
  return {
    info,
    limits: {},
    features: new Set(),
    requestDevice: async () => device,
  } as unknown as GPUAdapter;
}

describe('openDevice', () => {
  it('tells onnxruntime-web of the adapter where the browser does not', async () => {
    const { device, description } = await openDevice(adapter({}), false);
    expect(device.adapterInfo).toBe(info);
    expect(description).toBe('apple metal-3');
  });

  it('leaves what the browser tells', async () => {
    const own = { vendor: 'own' };
    expect((await openDevice(adapter({ adapterInfo: own }), false)).device.adapterInfo).toBe(own);
  });
});
