import { describe, expect, test } from 'vitest';
import { bufferSource } from '../../src/formats/byte-source';
import { bfloat16ToFloat32 } from '../../src/formats/float16';
import { DTYPE_BITS, elementCount, readSafetensorsHeader, readTensor } from '../../src/formats/safetensors';
import { fixture, golden, sha256 } from './fixtures';
import { entry, recordingSource, safetensorsFile } from './safetensors-file';

const { checkpoints } = await golden();

describe.each(Object.keys(checkpoints))('the checkpoint %s', (checkpoint) => {
  const expected = checkpoints[checkpoint]!;

  test('has the tensors the official reader finds, byte for byte', async () => {
    const source = recordingSource(await fixture(`towers/${checkpoint}/open_clip_model.safetensors`));
    const { tensors } = await readSafetensorsHeader(source);
    expect([...tensors.keys()].sort()).toEqual(Object.keys(expected).sort());
    for (const [name, info] of tensors) {
      const data = await readTensor(source, info);
      const { dtype, shape, sha256: digest, float32_sha256 } = expected[name]!;
      expect({ name, dtype, shape, digest }).toEqual({
        name: info.name,
        dtype: info.dtype,
        shape: info.shape,
        digest: sha256(data),
      });
      expect(data.byteLength * 8).toBe(elementCount(info.shape) * DTYPE_BITS[info.dtype]);
      if (float32_sha256) expect(sha256(bfloat16ToFloat32(new Uint16Array(data)))).toBe(float32_sha256);
    }
  });

  test('is covered by its tensors, in the order they are given', async () => {
    const source = recordingSource(await fixture(`towers/${checkpoint}/open_clip_model.safetensors`));
    const { tensors, dataStart } = await readSafetensorsHeader(source);
    let covered = dataStart;
    for (const info of tensors.values()) {
      expect(info.start).toBe(covered);
      covered = info.end;
    }
    expect(covered).toBe(source.byteLength);
    expect(source.reads).toEqual([
      [0, 8],
      [8, dataStart],
    ]);
  });

  test('is refused once its last byte is missing', async () => {
    const file = await fixture(`towers/${checkpoint}/open_clip_model.safetensors`);
    const [says, has] = [file.length, file.length - 1].map((length) => length.toLocaleString('en-US'));
    await expect(readSafetensorsHeader(bufferSource(file.subarray(0, -1)))).rejects.toMatchObject({
      name: 'SafetensorsMalformed',
      message: `The file is cut short: the header says ${says} bytes, the file has ${has}.`,
    });
  });
});

test('reads __metadata__', async () => {
  const file = await fixture('towers/vit-quickgelu-bf16/open_clip_model.safetensors');
  const { metadata } = await readSafetensorsHeader(bufferSource(file));
  expect([...metadata]).toEqual([['format', 'pt']]);
});

test.each<[string, string, number, string[]]>([
  ['no tensors', '{}', 0, []],
  ['padding', `{${entry('a', 'F32', [1], 0, 4)}}  \n\t `, 4, ['a']],
  ['a scalar', `{${entry('a', 'F32', [], 0, 4)}}`, 4, ['a']],
  ['empty tensors', `{${entry('b', 'F32', [2, 0], 4, 4)},${entry('a', 'F32', [1], 0, 4)}}`, 4, ['a', 'b']],
  [
    'an empty tensor first',
    `{${entry('a', 'U8', [4], 0, 4)},${entry('b', 'I64', [0], 0, 0)}}`,
    4,
    ['b', 'a'],
  ],
  ['an odd place', `{${entry('a', 'F64', [1], 1, 9)},${entry('b', 'U8', [1], 0, 1)}}`, 9, ['b', 'a']],
  [
    'special names',
    `{${entry('__proto__', 'U8', [1], 0, 1)},${entry('', 'I8', [1], 1, 2)}}`,
    2,
    ['__proto__', ''],
  ],
  ['fields unknown here', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":[{"y":-1.5}]}}', 1, ['a']],
  ['parts of a byte', `{${entry('a', 'F4', [2], 0, 1)},${entry('b', 'F6_E2M3', [4], 1, 4)}}`, 4, ['a', 'b']],
  ['a zero among sizes', `{${entry('a', 'F32', [0, 2 ** 53 - 1], 0, 0)}}`, 0, ['a']],
])('accepts %s', async (_, header, dataLength, names) => {
  const source = recordingSource(safetensorsFile(header, dataLength));
  const { tensors } = await readSafetensorsHeader(source);
  expect([...tensors.keys()]).toEqual(names);
});

test.each(Object.entries(DTYPE_BITS))('knows that 8 elements of %s take %i bytes', async (dtype, bits) => {
  const source = bufferSource(safetensorsFile(`{${entry('a', dtype, [8], 0, bits)}}`, bits));
  const { tensors, dataStart } = await readSafetensorsHeader(source);
  expect([...tensors.values()]).toEqual([
    { name: 'a', dtype, shape: [8], start: dataStart, end: dataStart + bits },
  ]);
});

test('a source that fails is not a malformed file', async () => {
  const broken = { byteLength: 1000, slice: () => Promise.reject(new Error('the disk is on fire')) };
  await expect(readSafetensorsHeader(broken)).rejects.toThrow(new Error('the disk is on fire'));
});
