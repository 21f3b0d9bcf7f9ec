import { expect, it } from 'vitest';
import { bufferSource } from '../../src/formats/byte-source';
import { readAhead } from '../../src/formats/read-ahead';

function counted(length: number) {
  const requests: string[] = [];
  const source = bufferSource(Uint8Array.from({ length }, (_, i) => i));
  const slice = async (start: number, end: number) => {
    requests.push(`${start}-${end}`);
    return source.slice(start, end);
  };
  return { requests, source: readAhead({ byteLength: length, slice }, 10) };
}

it('fetches a window at a time, no byte twice, and not what is passed over', async () => {
  const { requests, source } = counted(100);
  const read = async (start: number, end: number) => [...new Uint8Array(await source.slice(start, end))];
  expect(await read(0, 3)).toEqual([0, 1, 2]);
  expect(await read(3, 10)).toEqual([3, 4, 5, 6, 7, 8, 9]);
  expect(await read(8, 12)).toEqual([8, 9, 10, 11]);
  expect(await read(60, 75)).toHaveLength(15);
  expect(await read(95, 100)).toEqual([95, 96, 97, 98, 99]);
  expect(await read(2, 4)).toEqual([2, 3]);
  expect(requests).toEqual(['0-10', '10-18', '60-75', '95-100', '2-12']);
});

it('refuses what is not there', async () => {
  await expect(counted(5).source.slice(0, 6)).rejects.toThrow(RangeError);
});
