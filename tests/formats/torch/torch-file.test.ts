import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { mulberry32 } from '../../../src/core/random';
import { bufferSource, type ByteSource } from '../../../src/formats/byte-source';
import { bfloat16ToFloat32, float16ToFloat32 } from '../../../src/formats/float16';
import { readTensor, type TensorInfo } from '../../../src/formats/safetensors';
import { readTorchTensors } from '../../../src/formats/torch/torch-file';
import { readWeightsFile } from '../../../src/formats/weights-file';

const folder = path.resolve('tests/fixtures/torch-files');
const fileOf = (name: string) => new Uint8Array(readFileSync(path.join(folder, name)));
const { tensors: expected } = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as {
  readonly tensors: Readonly<
    Record<
      string,
      { readonly dtype: string; readonly shape: readonly number[]; readonly values: readonly number[] }
    >
  >;
};

const DTYPES: Readonly<Record<string, string>> = {
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  float64: 'F64',
  int64: 'I64',
  bool: 'BOOL',
};

async function valuesOf(source: ByteSource, info: TensorInfo): Promise<number[]> {
  const bytes = await readTensor(source, info);
  switch (info.dtype) {
    case 'F32':
      return [...new Float32Array(bytes)];
    case 'F64':
      return [...new Float64Array(bytes)];
    case 'F16':
      return [...float16ToFloat32(new Uint16Array(bytes))];
    case 'BF16':
      return [...bfloat16ToFloat32(new Uint16Array(bytes))];
    case 'I64':
      return [...new BigInt64Array(bytes)].map(Number);
    default:
      return [...new Uint8Array(bytes)];
  }
}

describe('a file by torch.save', () => {
  const files = [
    'protocol-2.pt',
    'protocol-3.pt',
    'protocol-4.pt',
    'protocol-5.pt',
    'legacy.pt',
    'training.pt',
  ];

  it.each(files)('has the tensors that torch has in it: %s', async (name) => {
    const source = bufferSource(fileOf(name));
    const { tensors } = await readWeightsFile(source);
    expect([...tensors.keys()]).toEqual(Object.keys(expected));
    for (const [key, { dtype, shape, values }] of Object.entries(expected)) {
      const info = tensors.get(key)!;
      expect([info.name, info.dtype, info.shape]).toEqual([key, DTYPES[dtype], shape]);
      expect(await valuesOf(source, info), key).toEqual(values);
    }
  });

  it('is read without its weights: its directory, its pickle and one header', async () => {
    const bytes = fileOf('protocol-2.pt');
    const asked: [number, number][] = [];
    const whole = bufferSource(bytes);
    const source: ByteSource = {
      byteLength: whole.byteLength,
      slice(start, end) {
        asked.push([start, end]);
        return whole.slice(start, end);
      },
    };
    await readTorchTensors(source);
    // Head, end of the directory in both forms, directory, one header, byte order, pickle.
    expect(asked.length).toBe(7);
  });

  it.each(files)('cut short anywhere is told as cut short or damaged: %s', async (name) => {
    const bytes = fileOf(name);
    for (let length = 16; length < bytes.length; length += 97) {
      await expect(readTorchTensors(bufferSource(bytes.subarray(0, length)))).rejects.toMatchObject({
        name: expect.stringMatching(/^TorchFile(?:Malformed|Refused)$/) as string,
      });
    }
  });

  it.each([
    [
      'scripted.pt',
      'TorchFileRefused',
      'It is a TorchScript archive, which holds a program beside its weights.',
    ],
    [
      'negated.pt',
      'TorchFileRefused',
      'It has a tensor whose elements are to be negated or conjugated when they are read.',
    ],
    ['compressed.pt', 'TorchFileMalformed', 'Its record protocol-2/data.pkl is compressed.'],
  ])('is refused for what it is: %s', async (file, name, message) => {
    await expect(readTorchTensors(bufferSource(fileOf(file)))).rejects.toMatchObject({ name, message });
  });

  it('with any bytes changed gives tensors within the file, or a failure with a name', async () => {
    const random = mulberry32(11);
    const originals = [
      ...files.map(fileOf),
      ...['foreign-object', 'torchscript', 'parameters'].map(pickleOf),
    ];
    let [read, failed] = [0, 0];
    for (let round = 0; round < 10_000; round++) {
      const bytes = originals[round % originals.length]!.slice();
      for (let change = 0; change <= random() * 4; change++) {
        // Half of the changes near the start and the end, where the pickle and the directory are.
        const reach = random() < 0.5 ? bytes.length : 800;
        const at = Math.floor(random() * reach);
        bytes[random() < 0.5 ? at : bytes.length - 1 - at] = Math.floor(random() * 256);
      }
      try {
        for (const { start, end } of (await readTorchTensors(bufferSource(bytes))).values()) {
          if (start < 0 || end < start || end > bytes.length) throw new RangeError(`${start} to ${end}`);
        }
        read++;
      } catch (error) {
        expect(error).toMatchObject({ name: expect.stringMatching(/^TorchFile/) as string });
        failed++;
      }
    }
    expect(Math.min(read, failed)).toBeGreaterThan(500);
  });
});

function pickleOf(name: string): Uint8Array<ArrayBuffer> {
  const there = path.resolve('tests/fixtures/zoo/pickle');
  const { cases } = JSON.parse(readFileSync(path.join(there, 'index.json'), 'utf8')) as {
    readonly cases: readonly { readonly name: string; readonly file: string }[];
  };
  return new Uint8Array(readFileSync(path.join(there, cases.find((one) => one.name === name)!.file)));
}
