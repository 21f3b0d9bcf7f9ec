import * as ort from 'onnxruntime-web/wasm';
import { describe, expect, test } from 'vitest';
import { float32ToFloat16 } from '../../src/formats/float16';
import {
  dtypeCode,
  encodeModel,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
} from '../../src/formats/onnx';
import { fixture } from './fixtures';

ort.env.wasm.numThreads = 1;

/** The model that make-golden.py builds too: every kind of attribute and initializer, an optional input left out. */
const EXAMPLE: OnnxModel = {
  opsets: [
    { domain: '', version: 20 },
    { domain: 'com.microsoft', version: 1 },
  ],
  graph: {
    name: 'example',
    nodes: [
      {
        opType: 'Cast',
        inputs: ['half_weight'],
        outputs: ['weight'],
        attributes: { to: dtypeCode('float32') },
      },
      {
        opType: 'Gemm',
        name: 'layer',
        inputs: ['pixels', 'weight', 'bias'],
        outputs: ['rows'],
        attributes: { alpha: { float: 1.5 }, transB: 1 },
      },
      { opType: 'Reshape', inputs: ['rows', 'shape'], outputs: ['pairs'] },
      { opType: 'Transpose', inputs: ['pairs'], outputs: ['turned'], attributes: { perm: [0, 2, 1] } },
      { opType: 'Clip', inputs: ['turned', '', 'ceiling'], outputs: ['clipped'] },
      { opType: 'Gelu', inputs: ['clipped'], outputs: ['bent'], attributes: { approximate: 'tanh' } },
      {
        opType: 'QuickGelu',
        domain: 'com.microsoft',
        inputs: ['bent'],
        outputs: ['quick'],
        attributes: { alpha: { float: 1.702 } },
      },
      {
        opType: 'Constant',
        inputs: [],
        outputs: ['shifts'],
        attributes: { value_floats: { floats: [0.5, -0.25] } },
      },
      { opType: 'ReduceMean', inputs: ['quick', 'axes'], outputs: ['means'], attributes: { keepdims: 0 } },
      { opType: 'Add', inputs: ['means', 'shifts'], outputs: ['result'] },
    ],
    inputs: [{ name: 'pixels', dtype: 'float32', dims: ['batch', 3] }],
    outputs: [{ name: 'result', dtype: 'float32', dims: ['batch', 2] }],
    initializers: [
      {
        name: 'half_weight',
        dtype: 'float16',
        dims: [4, 3],
        external: { location: 'weights.bin', offset: 7, length: 24 },
      },
      {
        name: 'bias',
        dtype: 'float32',
        dims: [4],
        external: { location: 'weights.bin', offset: 31, length: 16 },
      },
      { name: 'shape', dtype: 'int64', dims: [3], data: BigInt64Array.of(-1n, 2n, 2n) },
      { name: 'ceiling', dtype: 'float32', dims: [], data: Float32Array.of(6) },
      { name: 'axes', dtype: 'int64', dims: [1], data: BigInt64Array.of(2n) },
    ],
  },
};

const WEIGHT = Float32Array.of(1, -2, 0.5, 0.25, 3, -1, 2, 2, 2, -0.5, 0, 1);
const BIAS = Float32Array.of(0.5, -1, 0, 20);

function weightsFile(): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(47).fill(0xaa);
  file.set(new Uint8Array(float32ToFloat16(WEIGHT).buffer), 7);
  file.set(new Uint8Array(BIAS.buffer), 31);
  return file;
}

/** What the example should give for one row of pixels. */
function expectedRow(pixels: readonly number[]): number[] {
  const bent = [...BIAS].map((bias, row) => {
    const sum = pixels.reduce((total, pixel, i) => total + pixel * WEIGHT[row * 3 + i]!, 0);
    const x = Math.min(1.5 * sum + bias, 6);
    const gelu = 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    return gelu / (1 + Math.exp(-1.702 * gelu));
  });
  return [(bent[0]! + bent[2]!) / 2 + 0.5, (bent[1]! + bent[3]!) / 2 - 0.25];
}

test('writes the bytes that the official library writes', async () => {
  expect(encodeModel(EXAMPLE)).toEqual(await fixture('formats/example.onnx'));
});

test('onnxruntime runs it, with weights at odd offsets of a file beside it', async () => {
  const session = await ort.InferenceSession.create(encodeModel(EXAMPLE), {
    executionProviders: ['wasm'],
    externalData: [{ path: 'weights.bin', data: weightsFile() }],
  });
  const pixels = [0.5, -1, 2, 1, 0.25, -0.75];
  const { result } = await session.run({ pixels: new ort.Tensor('float32', pixels, [2, 3]) });
  await session.release();
  expect(result!.dims).toEqual([2, 2]);
  const expected = [...expectedRow(pixels.slice(0, 3)), ...expectedRow(pixels.slice(3))];
  [...(result!.data as Float32Array)].forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
});

/** Runs a graph without inputs and returns its one output. */
async function evaluate(graph: Pick<OnnxGraph, 'nodes' | 'initializers' | 'outputs'>): Promise<ort.Tensor> {
  const opsets = [{ domain: '', version: 20 }];
  const bytes = encodeModel({ opsets, graph: { name: 'constant', inputs: [], ...graph } });
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const [output] = Object.values(await session.run({}));
  await session.release();
  return output!;
}

test.each([0, 1, 127, 128, 2 ** 28, 2 ** 31, 2 ** 32 + 1, 2 ** 53 - 1, -1, -128, -(2 ** 31), -(2 ** 53) + 1])(
  'the attribute %i arrives as it is',
  async (value) => {
    const nodes = [
      { opType: 'Constant', inputs: [], outputs: ['alone'], attributes: { value_int: value } },
      { opType: 'Constant', inputs: [], outputs: ['listed'], attributes: { value_ints: [value, 5] } },
      { opType: 'Add', inputs: ['alone', 'listed'], outputs: ['sums'] },
    ];
    const outputs = [{ name: 'sums', dtype: 'int64', dims: [2] } as const];
    const { data } = await evaluate({ nodes, initializers: [], outputs });
    expect([...(data as BigInt64Array)]).toEqual([BigInt(value) * 2n, BigInt(value) + 5n]);
  },
);

test('constants arrive as they are, views and empty ones too', async () => {
  const nodes: OnnxNode[] = [
    { opType: 'Cast', inputs: ['ints'], outputs: ['from ints'], attributes: { to: dtypeCode('float32') } },
    { opType: 'Concat', inputs: ['floats', 'from ints', 'none'], outputs: ['all'], attributes: { axis: 0 } },
  ];
  const { data } = await evaluate({
    nodes,
    initializers: [
      { name: 'floats', dtype: 'float32', dims: [2], data: Float32Array.of(9, -0.5, Infinity).subarray(1) },
      { name: 'ints', dtype: 'int32', dims: [1], data: Int32Array.of(-7) },
      { name: 'none', dtype: 'float32', dims: [0], data: new Float32Array() },
    ],
    outputs: [{ name: 'all', dtype: 'float32', dims: [3] }],
  });
  expect([...(data as Float32Array)]).toEqual([-0.5, Infinity, -7]);
});

describe('a mistake of the caller', () => {
  const encode = (graph: Partial<OnnxGraph>, irVersion = 10) => {
    const empty = { name: 'g', nodes: [], inputs: [], outputs: [], initializers: [] };
    return () =>
      encodeModel({ irVersion, opsets: [{ domain: '', version: 20 }], graph: { ...empty, ...graph } });
  };
  const node = (value: number | number[]): OnnxNode[] => [
    { opType: 'Concat', inputs: [], outputs: [], attributes: { axis: value } },
  ];
  const external = (offset: number, length: number): Partial<OnnxGraph> => ({
    initializers: [
      { name: 'w', dtype: 'float16', dims: [2, 3], external: { location: 'f', offset, length } },
    ],
  });

  test.each([
    ['a fraction for an integer', encode({ nodes: node(1.5) }), '1.5 (axis) is not an exact integer.'],
    ['a fraction among integers', encode({ nodes: node([1, NaN]) }), 'NaN (axis) is not an exact integer.'],
    [
      'an inexact integer',
      encode({ nodes: node(2 ** 53) }),
      '9007199254740992 (axis) is not an exact integer.',
    ],
    [
      'a negative dimension',
      encode({ inputs: [{ name: 'x', dtype: 'float32', dims: [-1] }] }),
      '-1 (dimension) is negative.',
    ],
    [
      'too little data',
      encode({ initializers: [{ name: 'c', dtype: 'int64', dims: [2], data: BigInt64Array.of(1n) }] }),
      'Initializer c has 8 bytes; its dims take 16.',
    ],
    ['a wrong length', encode(external(0, 24)), 'Initializer w has 24 bytes; its dims take 12.'],
    ['a negative offset', encode(external(-4, 12)), '-4 (offset of w) is negative.'],
    ['a negative version', encode({}, -1), '-1 (ir_version) is negative.'],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(new RangeError(message));
  });
});
