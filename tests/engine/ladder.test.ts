import { describe, expect, it } from 'vitest';
import { ladderOf, whyNoGpu, type AdapterFeatures, type Step } from '../../src/engine/ladder';
import type { LoadOptions } from '../../src/engine/runs-on';

const truths = [true, false];
const BACKENDS = ['auto', 'webgpu', 'wasm'] as const;
const ADAPTERS: (AdapterFeatures | undefined)[] = [
  undefined,
  ...truths.flatMap((software) =>
    truths.flatMap((shaderF16) => truths.map((subgroups) => ({ software, shaderF16, subgroups }))),
  ),
];
const WASM: Step = { backend: 'wasm', arithmetic: 'fp32' };
const gpu = (arithmetic: 'fp16' | 'fp32', subgroups: boolean): Step => ({
  backend: 'webgpu',
  arithmetic,
  subgroups,
});

/** Every choice with every adapter. */
const ALL = BACKENDS.flatMap((backend) =>
  (['auto', 'fp32'] as const).flatMap((arithmetic) =>
    (['fp32', 'fp16-storage', 'q8', 'q4'] as const).flatMap((precision) =>
      ADAPTERS.map((adapter) => ({ options: { backend, arithmetic }, precision, adapter })),
    ),
  ),
);

describe('ladderOf', () => {
  const FULL: AdapterFeatures = { software: false, shaderF16: true, subgroups: true };
  const auto: LoadOptions = { backend: 'auto', arithmetic: 'auto' };

  it('tries half precision before full, and each with subgroups first', () => {
    expect(ladderOf(auto, 'fp16-storage', FULL)).toEqual([
      gpu('fp16', true),
      gpu('fp16', false),
      gpu('fp32', true),
      gpu('fp32', false),
      WASM,
    ]);
  });

  it.each([
    ['forbidden', { ...auto, arithmetic: 'fp32' }, 'q8', FULL],
    ['less than the weights hold', auto, 'fp32', FULL],
    ['not to be had', auto, 'q4', { ...FULL, shaderF16: false }],
  ] as const)('leaves half precision out where it is %s', (_, options, precision, adapter) => {
    expect(ladderOf(options, precision, adapter)).toEqual([gpu('fp32', true), gpu('fp32', false), WASM]);
  });

  it('tries no subgroups that the adapter lacks', () => {
    expect(ladderOf(auto, 'fp32', { ...FULL, subgroups: false })).toEqual([gpu('fp32', false), WASM]);
  });

  it('takes a software adapter only by name, and never with subgroups', () => {
    const software = { ...FULL, software: true };
    expect(ladderOf(auto, 'fp16-storage', software)).toEqual([WASM]);
    expect(ladderOf({ ...auto, backend: 'webgpu' }, 'fp16-storage', software)).toEqual([
      gpu('fp16', false),
      gpu('fp32', false),
      WASM,
    ]);
  });

  it('ends in wasm, once, whatever is wanted and there, and tries nothing twice', () => {
    expect(ALL).toHaveLength(3 * 2 * 4 * 9);
    for (const { options, precision, adapter } of ALL) {
      const steps = ladderOf(options, precision, adapter);
      expect(steps.at(-1)).toEqual(WASM);
      expect(new Set(steps.map((step) => JSON.stringify(step))).size).toBe(steps.length);
      for (const step of steps.slice(0, -1)) {
        if (step.backend === 'wasm') throw new Error('wasm comes last');
        if (step.subgroups) expect(adapter).toMatchObject({ subgroups: true, software: false });
        if (step.arithmetic === 'fp16') {
          expect(adapter).toMatchObject({ shaderF16: true });
          expect([options.arithmetic, precision]).toEqual(['auto', expect.not.stringMatching(/^fp32$/)]);
        }
      }
    }
  });

  it('is without a GPU just where wasm was wanted or there is a reason', () => {
    for (const { options, precision, adapter } of ALL) {
      const onWasmOnly = ladderOf(options, precision, adapter).length === 1;
      const reason = whyNoGpu(options.backend, adapter);
      expect(onWasmOnly).toBe(options.backend === 'wasm' || reason !== undefined);
    }
  });
});

it.each([
  ['auto', undefined, 'this browser offers no WebGPU adapter'],
  ['webgpu', undefined, 'this browser offers no WebGPU adapter'],
  ['wasm', undefined, undefined],
  ['auto', { software: true }, 'the only WebGPU adapter here is software'],
  ['webgpu', { software: true }, undefined],
  ['wasm', { software: true }, undefined],
  ['auto', { software: false }, undefined],
] as const)('of a GPU wanted as %s from %o it is told why there is none: %s', (wanted, adapter, reason) => {
  expect(whyNoGpu(wanted, adapter && { shaderF16: true, subgroups: true, ...adapter })).toBe(reason);
});
