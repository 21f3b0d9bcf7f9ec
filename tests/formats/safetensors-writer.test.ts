import { expect, test } from 'vitest';
import { bufferSource } from '../../src/formats/byte-source';
import { readSafetensorsHeader } from '../../src/formats/safetensors';
import { encodeSafetensorsHeader } from '../../src/formats/safetensors-writer';

/** What `safetensors.numpy.save` (0.8.0) writes before the data of {"a": zeros(2, 3, fp32)}, metadata {"format": "pt"}. */
const GOLDEN = '{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}';

test('writes the header that the format’s own library writes', () => {
  const bytes = encodeSafetensorsHeader([{ name: 'a', dtype: 'F32', shape: [2, 3] }], { format: 'pt' });
  expect(new DataView(bytes.buffer).getBigUint64(0, true)).toBe(BigInt(bytes.length - 8));
  expect(bytes.length % 8).toBe(0);
  expect(new TextDecoder().decode(bytes.subarray(8)).trimEnd()).toBe(GOLDEN);
});

test('tensors follow one another, scalars and halves too, and are read back so', async () => {
  const header = encodeSafetensorsHeader([
    { name: 'scale', dtype: 'F32', shape: [] },
    { name: 'weight', dtype: 'F16', shape: [3, 5] },
    { name: 'bias', dtype: 'F16', shape: [5] },
  ]);
  const file = new Uint8Array(header.length + 4 + 30 + 10);
  file.set(header);
  const { tensors } = await readSafetensorsHeader(bufferSource(file));
  expect(
    [...tensors.values()].map(({ name, start, end }) => [name, start - header.length, end - header.length]),
  ).toEqual([
    ['scale', 0, 4],
    ['weight', 4, 34],
    ['bias', 34, 44],
  ]);
});
