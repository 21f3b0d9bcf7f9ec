import { describe, expect, it } from 'vitest';
import { bufferSource } from '../../../src/formats/byte-source';
import { ingest } from '../../../workers/models/ingest';
import { isWhole, listKept, openKept } from '../../../workers/sources/kept-store';
import { builtInModel } from '../../engine/fakes';
import { ingestion, keep, memoryParts, SHAPE, digestsOf, WEIGHTS } from '../fixtures';

describe('a checkpoint that is kept', () => {
  it('is listed with its shape, where it came from and what it takes', async () => {
    const parts = memoryParts();
    const store = await parts.models();
    const about = {
      name: 'small',
      origin: 'hub',
      repository: 'a/small',
      commit: 'c0ffee',
      licence: 'mit',
    } as const;
    const summary = await ingest(store, await ingestion('small-1', { about, sourceHash: '00ff' }), {});
    expect(summary).toMatchObject({ id: 'small-1', ...about, ...SHAPE, precision: 'fp16-storage' });
    expect(await listKept(store)).toEqual([summary]);
    const [manifest] = await store.list();
    expect(manifest).toMatchObject({
      id: 'small-1',
      name: 'small',
      sourceHash: '00ff',
      precision: 'fp16-storage',
    });
    const tensorBytes = parts.memory.paths().filter((path) => path.endsWith('.bin'));
    expect(tensorBytes).toEqual(['models/small-1/image.0.bin', 'models/small-1/text.0.bin']);
  });

  it.each(['fp16-storage', 'fp32'] as const)('gives back every weight in %s', async (precision) => {
    const parts = memoryParts();
    await keep(parts, 'small', { precision });
    const { source } = await openKept(await parts.models(), 'small');
    const there = await builtInModel();
    expect(source.logitScale).toBe(there.logitScale);
    for (const tower of ['image', 'text'] as const) {
      expect(await digestsOf(source[tower]!)).toEqual(await digestsOf(there[tower]!));
    }
  });

  it('takes the place of one that was kept under its id', async () => {
    const parts = memoryParts();
    await keep(parts, 'small', { precision: 'fp32' });
    await keep(parts, 'small');
    expect(await listKept(await parts.models())).toMatchObject([{ id: 'small', precision: 'fp16-storage' }]);
  });
});

it('the image tower can be opened while the text tower is still being converted', async () => {
  const parts = memoryParts();
  const store = await parts.models();
  const seen: unknown[] = [];
  let early: Promise<unknown> | undefined;
  const weights = bufferSource(WEIGHTS);
  await ingest(
    store,
    await ingestion('small', {
      weights: {
        ...weights,
        async slice(start, end) {
          await early;
          return weights.slice(start, end);
        },
      },
    }),
    {
      onImageTower() {
        early = openKept(store, 'small').then(async ({ source }) => {
          seen.push(source.text, await digestsOf(source.image), await isWhole(store, 'small'));
        });
      },
    },
  );
  const { source } = await openKept(store, 'small');
  expect(seen).toEqual([undefined, await digestsOf(source.image), false]);
  expect(source.text?.tensors.length).toBeGreaterThan(10);
});

it('tells how many bytes were converted, up to all that the tensors have', async () => {
  const parts = memoryParts();
  const told: number[] = [];
  const given = await ingestion('small');
  await ingest(await parts.models(), given, { onBytes: (done) => void told.push(done) });
  const { image, text } = given.checkpoint.tensors;
  const total = [...image.values(), ...text.values()].reduce((sum, { start, end }) => sum + end - start, 0);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told).toHaveLength(image.size + text.size);
  expect(told.at(-1)).toBe(total);
});

describe('an ingestion leaves nothing behind', () => {
  it.each(['image', 'text'] as const)(
    'where the last tensor of the %s tower cannot be read',
    async (tower) => {
      const parts = memoryParts();
      const weights = bufferSource(WEIGHTS);
      const whole = await ingestion('small');
      const last = [...whole.checkpoint.tensors[tower].values()].at(-1)!;
      const slice = async (start: number, end: number) => {
        if (start < last.end && end > last.start) throw new Error('cut');
        return weights.slice(start, end);
      };
      const cut = { ...whole, weights: { ...weights, slice } };
      await expect(ingest(await parts.models(), cut, {})).rejects.toThrow('cut');
      expect(parts.memory.paths()).toEqual([]);
    },
  );

  it.each([100, 60_000, 1_000_000, 3_700_000])('on a disk that is full after %i bytes', async (quota) => {
    const parts = memoryParts();
    parts.memory.quota = quota;
    const begun = ingest(await parts.models(), await ingestion('small'), {});
    await expect(begun).rejects.toMatchObject({ name: 'StorageFull' });
    expect(parts.memory.paths()).toEqual([]);
  });

  it('where what is asked before its end refuses, and its id is free again', async () => {
    const parts = memoryParts();
    const store = await parts.models();
    const beforeCommit = () => Promise.reject(new Error('wrong hash'));
    await expect(ingest(store, await ingestion('small'), { beforeCommit })).rejects.toThrow('wrong hash');
    expect(parts.memory.paths()).toEqual([]);
    await keep(parts, 'small');
    expect(await isWhole(store, 'small')).toBe(true);
  });
});

it('an id that another one is writing is refused, and the other one is not disturbed', async () => {
  const parts = memoryParts();
  const store = await parts.models();
  await ingest(store, await ingestion('small'), {
    beforeCommit: async () => {
      await expect(keep(parts, 'small')).rejects.toMatchObject({ name: 'StorageBusy' });
    },
  });
  expect(await isWhole(store, 'small')).toBe(true);
});
