import { describe, expect, it } from 'vitest';
import { findAdapter, openDevice, type GpuDevice } from '../../src/gpu/device';
import { EmbeddingIndex } from '../../src/search/embedding-index';
import { GpuIndex } from '../../src/search/gpu-index';
import { TwinSearch } from '../../src/search/twin-search';
import { clusteredRows, unitRows } from '../search/duplicates/rows';
import { describeTopK, indexOf, sortedAll } from '../search/top-k-suite';

async function newDevice(): Promise<GpuDevice> {
  const adapter = await findAdapter();
  if (adapter === undefined) throw new Error('This browser offers no WebGPU adapter');
  return openDevice(adapter, false);
}

const { device } = await newDevice();

describe.each([1, 2, 16])('%d chunks a buffer', (slabChunks) => {
  describeTopK(
    'on WebGPU',
    async (index) => {
      const gpu = await GpuIndex.open(index, { device }, slabChunks);
      return (query, k, among) => gpu.topK(query, k, among);
    },
    20,
  );
});

describe('an index on WebGPU', () => {
  it('answers for the rows that are there in the end, whatever changed while it searched', async () => {
    const rows = clusteredRows(4000, 64, 21);
    const query = rows[5]!;
    const index = indexOf(rows.slice(0, 3000));
    const gpu = await GpuIndex.open(index, { device }, 2);
    const changes = [
      () => index.set(1, query),
      () => rows.slice(3000).forEach((row, i) => index.set(3000 + i, row)),
      () => Array.from({ length: 2500 }, (_, id) => index.remove(id)),
      () => [...index.ids()].forEach((id) => index.remove(id)),
      () => index.set(9, query),
    ];
    for (const change of changes) {
      // Before anything is sent, and while the GPU computes.
      for (const delay of [0, 1, 5]) {
        const found = gpu.topK(query, 30);
        if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
        change();
        const expected = sortedAll(index, query, 30);
        expect(await found).toEqual(expected);
      }
    }
  });

  it('gives searches at the same time their own answers', async () => {
    const rows = clusteredRows(2000, 64, 22);
    const index = indexOf(rows);
    const gpu = await GpuIndex.open(index, { device });
    const queries = rows.slice(0, 5);
    expect(await Promise.all(queries.map((query) => gpu.topK(query, 7)))).toEqual(
      queries.map((query) => sortedAll(index, query, 7)),
    );
  });

  it('looks at no more rows again than it cannot tell apart', async () => {
    const draw = unitRows(512, 23);
    const index = indexOf(Array.from({ length: 3000 }, draw));
    const gpu = await GpuIndex.open(index, { device });
    let again = 0;
    await gpu.topK(draw(), 10);
    for (const chunk of index.chunks) {
      const { cosine } = chunk;
      chunk.cosine = (query, row) => {
        again += 1;
        return cosine.call(chunk, query, row);
      };
    }
    await gpu.topK(draw(), 10);
    expect(again).toBeGreaterThanOrEqual(10);
    expect(again).toBeLessThan(20);
  });

  it('passes on what a subset throws', async () => {
    const gpu = await GpuIndex.open(indexOf(clusteredRows(10, 8, 1)), { device });
    const query = unitRows(8, 1)();
    const among = {
      has: () => {
        throw new Error('no such folder');
      },
    };
    await expect(gpu.topK(query, 3, among)).rejects.toThrow('no such folder');
    expect(await gpu.topK(query, 3)).toHaveLength(3);
  });

  it('says that the device is lost, and another one goes on', async () => {
    const { device: doomed } = await newDevice();
    const rows = clusteredRows(1500, 64, 24);
    const index = indexOf(rows);
    const gpu = await GpuIndex.open(index, { device: doomed });
    await gpu.topK(rows[0]!, 3);
    index.set(1, rows[0]!);
    const during = gpu.topK(rows[0]!, 3);
    doomed.destroy();
    const lost = expect.objectContaining({ name: 'DeviceLost' });
    await expect(during).rejects.toEqual(lost);
    await expect(gpu.topK(rows[0]!, 3)).rejects.toEqual(lost);
    const other = await GpuIndex.open(index, { device });
    expect(await other.topK(rows[0]!, 3)).toEqual(index.topK(rows[0]!, 3));
  });

  it('frees its buffers', async () => {
    const index = new EmbeddingIndex(8);
    const gpu = await GpuIndex.open(index, { device });
    expect(await gpu.topK(unitRows(8, 1)(), 3)).toEqual([]);
    gpu.destroy();
    await expect(gpu.topK(unitRows(8, 1)(), 3)).rejects.toEqual(
      expect.objectContaining({ name: 'BackendUnavailable' }),
    );
  });
});

describe('a search that has a twin', () => {
  const rows = clusteredRows(3000, 64, 31);
  const query = rows[7]!;

  it('asks the GPU from so many rows on, one index at a time', async () => {
    let opened = 0;
    const search = new TwinSearch(() => (opened++, newDevice()), 2000);
    const [small, large, other] = [rows.slice(0, 1999), rows, rows.slice(500)].map(indexOf);
    expect(await search.topK(small!, query, 9)).toEqual(sortedAll(small!, query, 9));
    expect(opened).toBe(0);
    for (const index of [large!, large!, other!, large!]) {
      expect(await search.topK(index, query, 9)).toEqual(sortedAll(index, query, 9));
    }
    expect(opened).toBe(3);
  });

  it('answers on the CPU without a GPU, or after the GPU was lost', async () => {
    const index = indexOf(rows);
    let opened = 0;
    const without = new TwinSearch(async () => {
      opened++;
      return undefined;
    }, 1);
    for (let i = 0; i < 2; i++)
      expect(await without.topK(index, query, 9)).toEqual(sortedAll(index, query, 9));
    expect(opened).toBe(1);
    const lost = await newDevice();
    const losing = new TwinSearch(async () => lost, 1);
    expect(await losing.topK(index, query, 9)).toEqual(sortedAll(index, query, 9));
    lost.device.destroy();
    expect(await losing.topK(index, query, 9)).toEqual(sortedAll(index, query, 9));
  });

  it('refuses a query of another length', async () => {
    const search = new TwinSearch(newDevice, 1);
    await expect(search.topK(indexOf(rows), new Float32Array(3), 9)).rejects.toThrow(RangeError);
  });
});
