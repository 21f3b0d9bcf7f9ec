import { describe, expect, it } from 'vitest';
import { int8ScalesStart, int8Weights, PLAIN_INT8, type Int8Tensor } from '../../../src/clip/weights/int8';
import {
  memoryFiles,
  readTensor32,
  storeTensors,
  tensorSum,
  type Precision,
  type StoredTensor,
} from '../../../src/clip/weights/weights';
import { mulberry32 } from '../../../src/core/random';

const BLOCK = 'visual.transformer.resblocks.0';
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  'visual.conv1.weight': [70, 3, 4, 4],
  [`${BLOCK}.ln_2.weight`]: [70],
  [`${BLOCK}.ln_2.bias`]: [70],
  [`${BLOCK}.mlp.c_fc.weight`]: [130, 70],
  [`${BLOCK}.mlp.c_fc.bias`]: [130],
  [`${BLOCK}.mlp.c_proj.weight`]: [70, 130],
  'visual.attn_pool.q.weight': [70, 70],
  'visual.attn_pool.kv.weight': [140, 70],
};

/** A tower of random weights, and what they are as fp32. */
async function tower(precision: Precision) {
  const random = mulberry32(5);
  const { append, files } = memoryFiles('image');
  const tensors: StoredTensor[] = [];
  for (const [name, shape] of Object.entries(SHAPES)) {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random() - 0.5);
    const info = { name, dtype: 'F32' as const, shape, start: 0, end: values.byteLength };
    const source = { byteLength: values.byteLength, slice: () => Promise.resolve(values.buffer) };
    tensors.push(...(await storeTensors(source, new Map([[name, info]]), precision, append)));
  }
  return { tensors, files };
}

type Made = Awaited<ReturnType<typeof int8Weights>>;

/** The values of a tensor, as the graph reads them: [out, in]. */
async function valuesOf(made: Made, name: string): Promise<Float32Array> {
  const tensor = made.tensors.find((one) => one.name === name);
  if (tensor === undefined) throw new Error(`${name} is missing`);
  if (tensor.dtype !== 'I8') return readTensor32(made, tensor);
  const { levels, scales, rows, width } = partsOf(made, tensor);
  return Float32Array.from({ length: rows * width }, (_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    return levels[column * rows + row]! * scales[row]!;
  });
}

function partsOf({ files }: Made, { shape, file, byteLength }: Int8Tensor) {
  const [rows = 0, width = 0] = shape;
  const data = files.find(({ path }) => path === file)?.data as Uint8Array<ArrayBuffer>;
  expect(data.byteLength).toBe(byteLength);
  const levels = new Int8Array(data.buffer, data.byteOffset, rows * width);
  return { levels, scales: new Float32Array(data.buffer, int8ScalesStart(shape), rows), rows, width };
}

describe('a tower in int8', () => {
  it.each(['fp32', 'fp16-storage', 'q8', 'q4'] as const)(
    'has the large matrices of %s within half a level, and all else as it is stored',
    async (precision) => {
      const stored = await tower(precision);
      const made = await int8Weights(stored, PLAIN_INT8);
      const inInt8 = made.tensors.filter(({ dtype }) => dtype === 'I8').map(({ name }) => name);
      expect(inInt8).toEqual([
        `${BLOCK}.mlp.c_fc.weight`,
        `${BLOCK}.mlp.c_proj.weight`,
        'visual.attn_pool.kv.weight',
      ]);
      for (const tensor of stored.tensors) {
        const { name } = tensor;
        const values = await readTensor32(stored, tensor);
        const found = await valuesOf(made, name);
        if (!inInt8.includes(name)) {
          expect(found).toEqual(values);
          continue;
        }
        const { scales, rows, width } = partsOf(
          made,
          made.tensors.find((one) => one.name === name) as Int8Tensor,
        );
        for (let row = 0; row < rows; row++) {
          const own = values.subarray(row * width, (row + 1) * width);
          const most = own.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
          expect(scales[row]).toBeCloseTo(most / 127, 8);
          own.forEach((value, column) => {
            const difference = Math.abs(found[row * width + column]! - value);
            expect(difference).toBeLessThanOrEqual((scales[row]! / 2) * 1.0001);
          });
        }
      }
    },
  );

  it('leaves the matrices of the plan as they are stored', async () => {
    const stored = await tower('q8');
    const name = `${BLOCK}.mlp.c_fc.weight`;
    const made = await int8Weights(stored, { ...PLAIN_INT8, exact: [name] });
    expect(made.tensors.find((one) => one.name === name)?.dtype).toBe('Q8');
  });

  it('folds channels from the layer norm into the matrix behind it, and nowhere else', async () => {
    const stored = await tower('fp32');
    const matrix = `${BLOCK}.mlp.c_fc.weight`;
    const plan = {
      exact: [matrix],
      folded: {
        [`${BLOCK}.ln_2`]: [
          [3, 2],
          [69, -1],
        ] as const,
      },
    };
    const made = await int8Weights(stored, plan);
    const factor = (channel: number) => (channel === 3 ? 4 : channel === 69 ? 0.5 : 1);
    for (const tensor of stored.tensors) {
      const values = await readTensor32(stored, tensor);
      const expected = values.map((value, at) =>
        tensor.name === matrix
          ? value * factor(at % 70)
          : tensor.name.includes('ln_2')
            ? value / factor(at)
            : value,
      );
      if (tensor.name.includes('c_proj') || tensor.name.includes('kv')) continue;
      expect(await valuesOf(made, tensor.name)).toEqual(expected);
    }
  });

  it('is not made of weights that are damaged', async () => {
    const { tensors, files } = await tower('fp32');
    const kept = tensors.map((tensor) => {
      const { data } = files.find(({ path }) => path === tensor.file)!;
      return { ...tensor, sum: tensorSum(data) };
    });
    const blobs = files.map(({ path, data }) => ({ path, data: new Blob([data]) }));
    await expect(int8Weights({ tensors: kept, files: blobs }, PLAIN_INT8)).resolves.toBeDefined();
    const bad = kept.map((tensor) => (tensor.name.includes('c_fc.weight') ? { ...tensor, sum: 1 } : tensor));
    await expect(int8Weights({ tensors: bad, files: blobs }, PLAIN_INT8)).rejects.toMatchObject({
      name: 'ModelDamaged',
    });
    // A tensor that stays as it is is read, and checked, by the session.
    const other = kept.map((tensor) => (tensor.name.includes('conv1') ? { ...tensor, sum: 1 } : tensor));
    const made = await int8Weights({ tensors: other, files: blobs }, PLAIN_INT8);
    const file = made.files.find(({ path }) => path === 'visual.conv1.weight');
    const bytes = await (file!.data as Blob).arrayBuffer();
    expect(() => file!.check?.(bytes)).toThrow('damaged');
  });
});
