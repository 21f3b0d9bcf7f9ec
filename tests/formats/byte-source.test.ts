import { describe, expect, test } from 'vitest';
import {
  blobSource,
  bufferSource,
  joinedSource,
  partOf,
  type ByteSource,
} from '../../src/formats/byte-source';

const BYTES = Uint8Array.from({ length: 10 }, (_, i) => i * 3);

const SOURCES: Record<string, () => ByteSource | Promise<ByteSource>> = {
  'an ArrayBuffer': () => bufferSource(BYTES.slice().buffer),
  'a view into a larger buffer': () => bufferSource(Uint8Array.of(9, 9, 9, ...BYTES, 9).subarray(3, 13)),
  'a Buffer of Node': () => bufferSource(Buffer.from(BYTES)),
  'a Blob': () => blobSource(new Blob([BYTES])),
  'files joined, one of them empty': () =>
    joinedSource([BYTES.slice(0, 1), BYTES.slice(1, 6), new Uint8Array(), BYTES.slice(6)].map(bufferSource)),
  'a part of another': () => partOf(bufferSource(Uint8Array.of(9, 9, ...BYTES, 9)), 2, 10),
  'a slice of a Blob': () => blobSource(new Blob([Uint8Array.of(9), BYTES]).slice(1)),
};

describe.each(Object.entries(SOURCES))('%s', (_, open) => {
  test('knows its length', async () => {
    expect((await open()).byteLength).toBe(10);
  });

  test.each([
    [0, 10],
    [0, 1],
    [9, 10],
    [3, 7],
    [0, 0],
    [4, 4],
    [10, 10],
  ])('gives bytes %i to %i', async (start, end) => {
    const piece = await (await open()).slice(start, end);
    expect(piece).toBeInstanceOf(ArrayBuffer);
    expect([...new Uint8Array(piece)]).toEqual([...BYTES.subarray(start, end)]);
  });

  test.each([
    [-1, 4],
    [4, 3],
    [0, 11],
    [11, 11],
    [0.5, 3],
    [0, 2.5],
    [NaN, 3],
    [0, Infinity],
  ])('refuses bytes %f to %f', async (start, end) => {
    const source = await open();
    await expect(source.slice(start, end)).rejects.toThrow(RangeError);
    await expect(source.slice(start, end)).rejects.toThrow('are not within the 10 there are.');
  });

  test('gives copies', async () => {
    const source = await open();
    new Uint8Array(await source.slice(2, 5)).fill(255);
    expect([...new Uint8Array(await source.slice(2, 5))]).toEqual([6, 9, 12]);
  });
});

/** A Blob of 10,000 bytes whose slices read as `read` says. */
function brokenBlob(read: () => Promise<ArrayBuffer>): Blob {
  const blob = new Blob([new Uint8Array(10_000)]);
  blob.slice = () => Object.assign(new Blob(), { arrayBuffer: read });
  return blob;
}

test('a file that is gone is a failure with the numbers', async () => {
  const gone = brokenBlob(() => Promise.reject(new Error('the file was removed')));
  await expect(blobSource(gone).slice(8, 5000)).rejects.toMatchObject({
    name: 'FileUnreadable',
    message: 'Could not read bytes 8 to 5,000 of a file of 10,000: the file was removed',
  });
});

test('a file that gives too little is a failure with the numbers', async () => {
  const short = brokenBlob(() => Promise.resolve(new ArrayBuffer(1200)));
  await expect(blobSource(short).slice(8, 5000)).rejects.toMatchObject({
    name: 'FileUnreadable',
    message: 'Asked for 4,992 bytes (bytes 8 to 5,000 of a file of 10,000), got 1,200.',
  });
});
