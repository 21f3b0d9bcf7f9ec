import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ShardWriter } from '../../src/storage/model-writer';
import { SHARD_ALIGNMENT, SHARD_CAP, createShards } from '../../src/storage/shards';

/** Keeps shards in memory, and that only one of them is open at a time. */
function memory() {
  const files = new Map<string, number[]>();
  const open = new Set<string>();
  async function shard(name: string): Promise<ShardWriter> {
    const bytes: number[] = [];
    expect([...open]).toEqual([]);
    expect(files.has(name)).toBe(false);
    files.set(name, bytes);
    open.add(name);
    return {
      get length() {
        return bytes.length;
      },
      async write(more) {
        expect(open.has(name)).toBe(true);
        return bytes.push(...more) - more.length;
      },
      async close() {
        open.delete(name);
      },
    };
  }
  return { files, open, shard };
}

const tensor = (length: number, value = 1) => new Uint8Array(length).fill(value);

describe('shards', () => {
  test('stay below 512 MB by default', () => {
    expect(SHARD_CAP).toBe(536_870_911);
  });

  test('start every tensor at a multiple of 64, with zeros between', async () => {
    const writer = memory();
    const shards = createShards(writer, 'image', 1000);
    expect(await shards.append(tensor(65, 7))).toEqual({ file: 'image.0.bin', offset: 0 });
    expect(await shards.append(tensor(64, 8))).toEqual({ file: 'image.0.bin', offset: 128 });
    expect(await shards.append(tensor(1, 9))).toEqual({ file: 'image.0.bin', offset: 192 });
    await shards.close();
    expect(writer.files.get('image.0.bin')).toEqual([
      ...tensor(65, 7),
      ...tensor(63, 0),
      ...tensor(64, 8),
      9,
    ]);
  });

  test('roll over when the next tensor would exceed the cap, and not a byte earlier', async () => {
    const shards = createShards(memory(), 'text', 256);
    const places = [];
    for (const length of [100, 128, 1, 192, 65]) places.push(await shards.append(tensor(length)));
    expect(places).toEqual([
      { file: 'text.0.bin', offset: 0 },
      { file: 'text.0.bin', offset: 128 },
      { file: 'text.1.bin', offset: 0 },
      { file: 'text.1.bin', offset: 64 },
      { file: 'text.2.bin', offset: 0 },
    ]);
  });

  test('give a tensor larger than the cap a shard of its own', async () => {
    const shards = createShards(memory(), 'text', 100);
    const files = [];
    for (const length of [10, 500, 10]) files.push((await shards.append(tensor(length))).file);
    expect(files).toEqual(['text.0.bin', 'text.1.bin', 'text.2.bin']);
  });

  test('create no file without tensors', async () => {
    const writer = memory();
    await createShards(writer, 'text').close();
    expect(writer.files.size).toBe(0);
  });

  test('store every tensor at its offset, below the cap, appended one by one or all at once', async () => {
    const lengths = fc.array(fc.nat(400), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 1, max: 1000 }), async (sizes, cap) => {
        const writer = memory();
        const shards = createShards(writer, 'x', cap);
        const tensors = sizes.map((size, i) => tensor(size, i + 1));
        const places = await Promise.all(tensors.map((bytes) => shards.append(bytes)));
        await shards.close();
        expect([...writer.open]).toEqual([]);
        for (const [i, { file, offset }] of places.entries()) {
          const bytes = writer.files.get(file) ?? [];
          const size = sizes[i] ?? NaN;
          expect(offset % SHARD_ALIGNMENT).toBe(0);
          expect(bytes.slice(offset, offset + size)).toEqual([...(tensors[i] ?? [])]);
          if (bytes.length > cap) expect([offset, size]).toEqual([0, bytes.length]);
        }
      }),
    );
  });
});
