import { beforeEach, describe, expect, it } from 'vitest';
import type { NamedProbe } from '../../../src/evaluation/probe-answers';
import { keptProbes } from '../../../workers/evaluation/kept-probes';
import { memoryStorage, type MemoryStorage } from '../../helpers/memory-storage';

const probe: NamedProbe = {
  classes: 2,
  names: ['cats', 'Hunde, groß'],
  dim: 3,
  weight: Float32Array.of(1, -2, 3.5, 0.25, 1e-8, -0),
  bias: Float32Array.of(0.5, -0.5),
};

let storage: MemoryStorage;
let kept: ReturnType<typeof keptProbes>;
beforeEach(() => {
  storage = memoryStorage();
  kept = keptProbes(async () => storage.root);
});

describe('keptProbes', () => {
  it('gives back what it keeps, for each model its own', async () => {
    await kept.keepProbe('aa', probe);
    await kept.keepProbe('bb', { ...probe, names: ['a', 'b'] });
    expect(await kept.keptProbe('aa')).toEqual(probe);
    expect((await kept.keptProbe('bb'))?.names).toEqual(['a', 'b']);
    expect(await kept.keptProbe('cc')).toBeUndefined();
  });

  it('keeps the last one, and none once it is forgotten', async () => {
    await kept.keepProbe('aa', { ...probe, names: ['a', 'b'] });
    await kept.keepProbe('aa', probe);
    expect((await kept.keptProbe('aa'))?.names).toEqual(probe.names);
    await kept.forgetProbe('aa');
    expect(await kept.keptProbe('aa')).toBeUndefined();
    expect(storage.paths()).toEqual([]);
    await kept.forgetProbe('aa');
  });

  it('gives its file, a safetensors with the tensors of a torch Linear', async () => {
    await kept.keepProbe('aa', probe);
    const bytes = new Uint8Array(await (await kept.probeFile('aa'))!.arrayBuffer());
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
      __metadata__: { classes: '["cats","Hunde, groß"]' },
      weight: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      bias: { dtype: 'F32', shape: [2], data_offsets: [24, 32] },
    });
    expect(bytes.length).toBe(8 + length + 32);
  });

  it.each([
    ['cut', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 4)],
    ['empty', () => new Uint8Array()],
    [
      'other',
      (bytes: Uint8Array) =>
        new TextEncoder().encode(new TextDecoder().decode(bytes).replace('bias', 'bies')),
    ],
    [
      'nameless',
      (bytes: Uint8Array) =>
        new TextEncoder().encode(new TextDecoder().decode(bytes).replace('classes', 'glasses')),
    ],
  ])('takes a %s file for no probe', async (_, spoil) => {
    await kept.keepProbe('aa', { ...probe, weight: new Float32Array(6), bias: new Float32Array(2) });
    storage.put('probes/aa.safetensors', spoil(storage.read('probes/aa.safetensors')));
    expect(await kept.keptProbe('aa')).toBeUndefined();
  });
});
