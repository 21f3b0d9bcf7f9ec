import { describe, expect, it } from 'vitest';
import type { UnitRows } from '../../src/core/unit-rows';
import { EmbeddingLog } from '../../src/datasets/embedding-log';
import type { LogFile } from '../../src/datasets/record-log';
import { memoryLog } from './memory-log';

const rows = (...data: number[]): UnitRows => ({
  count: data.length / 2,
  dim: 2,
  data: Float32Array.from(data),
});

async function filled(file: LogFile): Promise<EmbeddingLog> {
  const log = await EmbeddingLog.open(file, 'model and data');
  const first = {
    samples: [{ key: 'a', answer: 3 }],
    skipped: [{ key: 'b', message: 'cut' }],
    position: '1',
  };
  await log.addPictures(first, rows(1, 0));
  const second = {
    samples: [
      { key: 'c', answer: ['ünï'] },
      { key: 'd', answer: 0 },
    ],
    skipped: [],
    position: '3',
  };
  await log.addPictures(second, rows(0, 1, 0.6, 0.8));
  return log;
}

const contentOf = (log: EmbeddingLog) => ({
  samples: log.samples,
  skipped: log.skipped,
  position: log.position,
  isComplete: log.isComplete,
  pictures: [...log.pictures().data],
});

describe('an embedding log', () => {
  it('gives back what was added, in this visit and in the next', async () => {
    const file = memoryLog();
    const log = await filled(file);
    await log.finish();
    await log.finish();
    expect(contentOf(log)).toEqual({
      samples: [
        { key: 'a', answer: 3 },
        { key: 'c', answer: ['ünï'] },
        { key: 'd', answer: 0 },
      ],
      skipped: [{ key: 'b', message: 'cut' }],
      position: '3',
      isComplete: true,
      pictures: [1, 0, 0, 1, 0.6, 0.8].map(Math.fround),
    });
    expect(log.pictures()).toMatchObject({ count: 3, dim: 2 });
    const length = file.byteLength;
    expect(contentOf(await EmbeddingLog.open(file, 'model and data'))).toEqual(contentOf(log));
    expect(file.byteLength).toBe(length);
  });

  it('keeps a batch of which nothing could be read', async () => {
    const file = memoryLog();
    const log = await EmbeddingLog.open(file, 'x');
    const none = { count: 0, dim: 0, data: new Float32Array(0) };
    await log.addPictures({ samples: [], skipped: [{ key: 'a', message: 'cut' }], position: '0' }, none);
    await log.addPictures({ samples: [{ key: 'b', answer: 0 }], skipped: [], position: '1' }, rows(1, 0));
    expect(contentOf(await EmbeddingLog.open(file, 'x'))).toEqual(contentOf(log));
  });

  it('begins anew for another model or data set', async () => {
    const file = memoryLog();
    await filled(file);
    const other = await EmbeddingLog.open(file, 'another');
    expect(contentOf(other)).toMatchObject({ samples: [], position: undefined });
    expect(contentOf(await EmbeddingLog.open(file, 'model and data')).samples).toEqual([]);
  });

  it('goes on behind the last whole record, wherever it was cut', async () => {
    const whole = memoryLog();
    await filled(whole);
    const keys = new Set<string>();
    for (let length = 0; length <= whole.bytes.length; length++) {
      const file = memoryLog();
      file.bytes = whole.bytes.slice(0, length);
      const log = await EmbeddingLog.open(file, 'model and data');
      const { count } = log.pictures();
      expect(count).toBe(log.samples.length);
      keys.add(log.samples.map(({ key }) => key).join(''));
      await log.addPictures({ samples: [{ key: 'z', answer: 1 }], skipped: [], position: '9' }, rows(1, 0));
      const again = await EmbeddingLog.open(file, 'model and data');
      expect(again.samples.at(-1)?.key).toBe('z');
      expect(again.pictures().count).toBe(count + 1);
    }
    expect([...keys]).toEqual(['', 'a', 'acd']);
  });

  it('does not trust a record that was damaged, nor any behind it', async () => {
    const file = memoryLog();
    await filled(file);
    for (let at = 0; at < file.bytes.length; at++) {
      const damaged = memoryLog();
      damaged.bytes = file.bytes.slice();
      damaged.bytes[at]! ^= 0x10;
      const log = await EmbeddingLog.open(damaged, 'model and data');
      expect(log.samples.length).toBeLessThan(3);
    }
  });

  it('keeps the rows of one set of texts, the last', async () => {
    const file = memoryLog();
    const log = await EmbeddingLog.open(file, 'x');
    await log.addTexts('old', 2, rows(1, 0, 1, 0));
    await log.addTexts('new', 1, rows(0, 1));
    await log.addTexts('new', 2, rows(0.6, 0.8));
    const again = await EmbeddingLog.open(file, 'x');
    expect([again.groupsOf('new'), again.groupsOf('old')]).toEqual([3, 0]);
    expect([...again.texts().data]).toEqual([0, 1, 0.6, 0.8].map(Math.fround));
  });

  it('refuses rows that are not those of its samples', async () => {
    const log = await EmbeddingLog.open(memoryLog(), 'x');
    const batch = { samples: [{ key: 'a', answer: 0 }], skipped: [], position: '0' };
    await expect(log.addPictures(batch, rows(1, 0, 0, 1))).rejects.toThrow('2 rows of 1 samples');
  });
});
