import { is } from 'valibot';
import { describe, expect, it } from 'vitest';
import { readPieces32 } from '../../../src/clip/weights/stored-tensor';
import {
  memoryFiles,
  readTensor32,
  storedBytes,
  storedTensor,
  storeTensors,
  type Precision,
  type StoredTensor,
} from '../../../src/clip/weights/weights';
import { bufferSource, type ByteSource } from '../../../src/formats/byte-source';
import type { TensorInfo } from '../../../src/formats/safetensors';

const LINEAR = 'visual.transformer.resblocks.0.mlp.c_fc.weight';

/** A checkpoint of one F32 tensor that begins at an odd byte. */
function checkpoint(name: string, shape: number[], values: Float32Array) {
  const bytes = new Uint8Array(1 + values.byteLength);
  bytes.set(new Uint8Array(values.buffer), 1);
  const info: TensorInfo = { name, dtype: 'F32', shape, start: 1, end: bytes.length };
  return { source: bufferSource(bytes), tensors: new Map([[name, info]]) };
}

async function keep(name: string, shape: number[], values: Float32Array, precision: Precision) {
  const { source, tensors } = checkpoint(name, shape, values);
  const { append, files } = memoryFiles('image');
  const [tensor] = await storeTensors(source, tensors, precision, append);
  if (tensor === undefined) throw new Error('nothing was stored');
  return { tensor, weights: { files } };
}

describe('weights', () => {
  it.each<[string, number[], StoredTensor['dtype'][]]>([
    [LINEAR, [2, 32], ['F32', 'F16', 'Q8', 'Q4']],
    ['transformer.resblocks.11.attn.in_proj_weight', [96, 32], ['F32', 'F16', 'Q8', 'Q4']],
    ['transformer.resblocks.11.attn.out_proj.weight', [32, 32], ['F32', 'F16', 'Q8', 'Q4']],
    ['visual.transformer.resblocks.0.mlp.c_fc.bias', [64], ['F32', 'F32', 'F32', 'F32']],
    ['visual.conv1.weight', [2, 3, 4, 4], ['F32', 'F16', 'F16', 'F16']],
    ['visual.proj', [32, 8], ['F32', 'F16', 'F16', 'F16']],
    ['text_projection.weight', [8, 32], ['F32', 'F16', 'F16', 'F16']],
    ['token_embedding.weight', [64, 32], ['F32', 'F16', 'F16', 'F16']],
    ['positional_embedding', [16, 32], ['F32', 'F16', 'F16', 'F16']],
  ])('%s is kept by what it is and by the precision', async (name, shape, dtypes) => {
    const values = new Float32Array(shape.reduce((a, b) => a * b)).fill(127);
    const kept = await Promise.all(
      (['fp32', 'fp16-storage', 'q8', 'q4'] as const).map(async (precision) => {
        const { tensor, weights } = await keep(name, shape, values, precision);
        expect(tensor.byteLength).toBe(storedBytes(name, shape, precision));
        expect(is(storedTensor, JSON.parse(JSON.stringify(tensor)))).toBe(true);
        const read = await readTensor32(weights, tensor);
        expect(read).toHaveLength(values.length);
        // A scale in fp16 may miss 127 by 2^-11 of it.
        expect(read.every((value) => Math.abs(value - 127) < 0.0625)).toBe(true);
        return tensor.dtype;
      }),
    );
    expect(kept).toEqual(dtypes);
  });

  it('are read in slices of 64 MiB, whole rows of a matrix, and counted as they are', async () => {
    const shape = [40_000, 1_024];
    const asked: [number, number][] = [];
    const total = 4 * 40_000 * 1_024;
    const source: ByteSource = {
      byteLength: total,
      slice: (start, end) => {
        asked.push([start, end]);
        return Promise.resolve(new Float32Array((end - start) / 4).fill(start / total).buffer);
      },
    };
    const info: TensorInfo = { name: 'token_embedding.weight', dtype: 'F32', shape, start: 0, end: total };
    const { append, files } = memoryFiles('text');
    const counted: number[] = [];
    const [tensor] = await storeTensors(source, new Map([[info.name, info]]), 'q8', append, (bytes) => {
      counted.push(bytes);
    });
    expect(asked).toEqual([
      [0, 2 ** 26],
      [2 ** 26, 2 ** 27],
      [2 ** 27, total],
    ]);
    expect(counted).toEqual([2 ** 26, 2 ** 26, total - 2 ** 27]);
    if (tensor === undefined) throw new Error('nothing was stored');
    const lengths: number[] = [];
    const firsts: number[] = [];
    for await (const piece of readPieces32({ files }, tensor)) {
      lengths.push(piece.length);
      firsts.push(piece[0] ?? NaN);
    }
    expect(lengths).toEqual([2 ** 24, 2 ** 24, total / 4 - 2 ** 25]);
    expect(firsts[2]).toBeCloseTo(2 ** 27 / total, 3);
  });

  it.each([NaN, Infinity, -Infinity])(
    'with %f are refused with the tensor, in each precision',
    async (odd) => {
      for (const precision of ['fp32', 'fp16-storage', 'q8', 'q4'] as const) {
        for (const [name, shape] of [
          [LINEAR, [2, 32]],
          ['ln_final.bias', [64]],
        ] as const) {
          const values = new Float32Array(64).fill(1, 0, 63).fill(odd, 63);
          await expect(keep(name, [...shape], values, precision)).rejects.toMatchObject({
            name: 'WeightsUnusable',
            message: expect.stringContaining(`the tensor ${name} has NaN or an infinite number`),
          });
        }
      }
    },
  );

  it('too large for half precision are refused where they are kept in it, not in fp32', async () => {
    const values = new Float32Array(64).fill(1e7);
    for (const precision of ['fp16-storage', 'q8'] as const) {
      await expect(keep(LINEAR, [2, 32], values, precision)).rejects.toThrow('too large for half precision');
    }
    const { tensor, weights } = await keep(LINEAR, [2, 32], values, 'fp32');
    expect(await readTensor32(weights, tensor)).toEqual(values);
    await expect(
      keep(LINEAR, [2, 32], new Float32Array(64).fill(65504), 'fp16-storage'),
    ).resolves.toBeDefined();
  });

  it('of a tensor that no buffer holds are refused with the number, before any memory is taken', async () => {
    const shape = [2 ** 16, 2 ** 16];
    const info = { name: 'visual.proj', dtype: 'F32', shape, start: 0, end: 4 * 2 ** 32 } as const;
    const source = { byteLength: info.end, slice: () => Promise.reject(new Error('read')) };
    const stored = storeTensors(source, new Map([[info.name, info]]), 'fp32', memoryFiles('image').append);
    await expect(stored).rejects.toMatchObject({
      name: 'ModelTooLarge',
      message: 'The tensor visual.proj takes 17,179,869,184 bytes, more than a browser holds in one piece.',
    });
  });

  it('are found in a Blob as in memory', async () => {
    const values = Float32Array.from({ length: 64 }, (_, at) => at - 32);
    const { tensor, weights } = await keep(LINEAR, [2, 32], values, 'q8');
    const files = weights.files.map(({ path, data }) => ({
      path,
      data: new Blob([new Uint8Array(8), data]),
    }));
    const moved = { ...tensor, offset: 8 };
    expect(await readTensor32({ files }, moved)).toEqual(await readTensor32(weights, tensor));
    await expect(readTensor32({ files }, { ...tensor, offset: 9 })).rejects.toThrow(RangeError);
    await expect(readTensor32({ files: [] }, tensor)).rejects.toThrow(LINEAR);
  });

  it.each<[string, object]>([
    ['no list as shape', { shape: 64 }],
    ['an unknown kind', { dtype: 'Q2' }],
    ['blocks of a vector', { dtype: 'Q8', shape: [64], byteLength: 66 }],
    ['a length of another shape', { shape: [2, 31] }],
    ['a negative offset', { offset: -64 }],
    ['no file', { file: undefined }],
  ])('a stored tensor with %s is none', (_, change) => {
    const tensor: StoredTensor = {
      name: LINEAR,
      dtype: 'F16',
      shape: [2, 32],
      file: 'image.0.bin',
      offset: 64,
      byteLength: 128,
    };
    expect(is(storedTensor, tensor)).toBe(true);
    expect(is(storedTensor, { ...tensor, ...change })).toBe(false);
  });
});
