import { describe, expect, test, vi } from 'vitest';
import { Failure } from '../../../src/core/failure';
import { createHeader, isHeader } from '../../../src/search/index-file/header';
import { xxh32 } from '../../../src/core/xxh32';
import { MemoryFile } from './memory-file';
import { HEADER, SMALL, filled, flipped, key, open, put, rowsOf } from './small-index';

/** Opening `bytes` is refused with `message`, and no byte of the file changes. */
async function expectRefused(bytes: Uint8Array, message: RegExp, description = SMALL): Promise<void> {
  const file = new MemoryFile(bytes);
  file.onStep = () => expect.unreachable('the file is written to');
  const error: unknown = await open(file, description).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Failure);
  expect(error).toMatchObject({ name: 'IndexUnreadable', message: expect.stringMatching(message) });
  expect(file.bytes).toEqual(Uint8Array.from(bytes));
}

/** The file with a u32 of its header changed and the header's checksum made to fit. */
function withField(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  const view = new DataView(changed.buffer);
  view.setUint32(at, value, true);
  view.setUint32(HEADER - 4, xxh32(changed.subarray(0, HEADER - 4)), true);
  return changed;
}

describe('a header', () => {
  test('with any flipped bit is rejected, and the file left unchanged', async () => {
    const { bytes } = await filled(2);
    for (let bit = 0; bit < 8 * HEADER; bit += 1) {
      const message =
        bit < 8 * 8
          ? /is no index/
          : bit < 8 * 12
            ? /has version \d+/
            : /checksum is \w{8} instead of \w{8}$/;
      await expectRefused(flipped(bytes, bit), message);
    }
  });

  test('with another version, encoding, model or dim is rejected, naming both values', async () => {
    const { bytes } = await filled(2);
    await expectRefused(withField(bytes, 8, 2), /version 2 instead of 1$/);
    await expectRefused(withField(bytes, 16, 2), /encoding 2 instead of 1$/);
    await expectRefused(bytes, /model small \(5 bytes\) instead of smaller$/, { model: 'smaller', dim: 3 });
    await expectRefused(bytes, /rows of 3 numbers instead of 4$/, { model: 'small', dim: 4 });
  });

  test('with a name that is too long is rejected', async () => {
    const { bytes } = await filled(1);
    await expectRefused(withField(bytes, 20, 60_000), /60000 bytes/);
  });

  test('is not found in a foreign file', async () => {
    await expectRefused(new Uint8Array(1000), /begins with the bytes 00 00 00 00 00 00 00 00$/);
    expect(isHeader(new Uint8Array(HEADER))).toBe(false);
    expect(isHeader(createHeader(SMALL))).toBe(true);
    expect(isHeader(createHeader(SMALL).subarray(0, 255))).toBe(false);
    expect(isHeader(flipped(createHeader(SMALL), 2000))).toBe(false);
  });

  test('accepts names of 1 to 200 bytes and 1 to 65,536 numbers', async () => {
    for (const description of [
      { model: 'é'.repeat(100), dim: 1 },
      { model: 'x', dim: 65_536 },
    ]) {
      const file = new MemoryFile();
      const numbers = new Float32Array(description.dim).fill(0.5);
      await (await open(file, description)).index.append([[key(1), numbers]]);
      expect((await open(file, description)).rows).toEqual(rowsOf([[key(1), numbers]]));
    }
    for (const description of [
      { model: '', dim: 1 },
      { model: 'é'.repeat(101), dim: 1 },
      { model: 'x', dim: 0 },
      { model: 'x', dim: 1.5 },
      { model: 'x', dim: 65_537 },
    ]) {
      const file = new MemoryFile();
      await expect(open(file, description)).rejects.toThrow(RangeError);
      expect(file.getSize()).toBe(0);
    }
  });
});

describe('an index without a complete header', () => {
  test('is created anew, whatever part of its header exists', async () => {
    const header = createHeader(SMALL);
    const parts = Array.from({ length: HEADER }, (_, length) => header.subarray(0, length));
    for (const part of [...parts, new Uint8Array(100), new Uint8Array(HEADER)]) {
      const file = new MemoryFile(part);
      const { index, ...opened } = await open(file);
      expect(opened).toEqual({ damaged: 0, inexact: 0, cut: 0, rows: {} });
      expect([index.live, index.dead]).toEqual([0, 0]);
      expect(file.durable).toEqual(header);
      await index.append([put(1)]);
      expect((await open(file)).rows).toEqual(rowsOf([put(1)]));
    }
  });

  test('stays so if there is no room for it', async () => {
    const file = new MemoryFile();
    vi.spyOn(file, 'write').mockReturnValueOnce(100).mockReturnValueOnce(0);
    await expect(open(file)).rejects.toMatchObject({ name: 'StorageFull' });
    expect(file.getSize()).toBe(0);
    expect((await open(file)).rows).toEqual({});
  });
});
