import { describe, expect, it } from 'vitest';
import { findEntry } from '../../../src/clip/catalogue';
import { fits, recommendedPrecision } from '../../../src/clip/footprint';
import { deviceMemory, gibibytesOf } from '../../../src/ui/models/device-memory';

const nothing = { gibibytes: undefined, runsOn: undefined, backend: undefined };

describe('what is known of the device', () => {
  it('takes wasm while no model runs and nobody insists on another', () => {
    expect(deviceMemory(nothing)).toEqual({ backend: 'wasm' });
    expect(deviceMemory({ ...nothing, backend: 'webgpu' })).toEqual({ backend: 'webgpu' });
  });

  it('takes the backend that runs, not the one that was asked for', () => {
    const runsOn = { backend: 'wasm', arithmetic: 'fp32' } as const;
    expect(deviceMemory({ ...nothing, backend: 'webgpu', runsOn })).toEqual({ backend: 'wasm' });
  });

  it('plans with half of a small device', () => {
    expect(deviceMemory({ ...nothing, gibibytes: 4 }).memoryBytes).toBe(2 * 2 ** 30);
    expect(deviceMemory({ ...nothing, gibibytes: 0.5 }).memoryBytes).toBe(2 ** 28);
  });

  it('knows no bound where the browser names the most that it ever names', () => {
    expect(deviceMemory({ ...nothing, gibibytes: 8 })).not.toHaveProperty('memoryBytes');
    expect(deviceMemory({ ...nothing, gibibytes: 32 })).not.toHaveProperty('memoryBytes');
    expect(deviceMemory({ ...nothing, gibibytes: 0 })).not.toHaveProperty('memoryBytes');
  });

  it('knows half precision by the model that runs in it', () => {
    const on = (arithmetic: 'fp16' | 'fp32') =>
      deviceMemory({ ...nothing, runsOn: { backend: 'webgpu', arithmetic } }).shaderF16;
    expect(on('fp16')).toBe(true);
    expect(on('fp32')).toBe(false);
  });

  it('reads what a browser says, if it says anything', () => {
    expect(gibibytesOf({ deviceMemory: 4 })).toBe(4);
    expect(gibibytesOf({})).toBeUndefined();
    expect(gibibytesOf({ deviceMemory: 'much' })).toBeUndefined();
  });

  it('keeps from a small device what would end its tab', () => {
    const large = findEntry('ViT-H-14:laion2b_s32b_b79k');
    if (!large) throw new Error('The catalogue has lost ViT-H-14');
    const small = deviceMemory({ ...nothing, gibibytes: 2 });
    expect(fits(large, 'fp16-storage', small).fits).toBe(false);
    expect(recommendedPrecision(large, small)).not.toBe('fp16-storage');
    expect(recommendedPrecision(large, deviceMemory({ ...nothing, gibibytes: 8 }))).toBe('fp16-storage');
  });
});
