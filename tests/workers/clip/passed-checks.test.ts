import { beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure';
import { passedChecks } from '../../../workers/clip/passed-checks';
import { memoryStorage, type MemoryStorage } from '../../helpers/memory-storage';

const FILE = 'checked-models.json';

let memory: MemoryStorage;
const visit = () => passedChecks(async () => memory.root);
beforeEach(() => {
  memory = memoryStorage();
});

describe('what passed a check', () => {
  it('is remembered on the next visit, each model once', async () => {
    await visit().add('a');
    await visit().add('b');
    await visit().add('a');
    expect(await visit().has('a')).toBe(true);
    expect(await visit().has('b')).toBe(true);
    expect(await visit().has('c')).toBe(false);
    expect(new TextDecoder().decode(memory.read(FILE))).toBe('["a","b"]');
  });

  it('is read once for all that is asked, and keeps what another tab adds', async () => {
    let reads = 0;
    const read = memory.root.getFileHandle.bind(memory.root);
    memory.root.getFileHandle = (...given) => {
      reads++;
      return read(...given);
    };
    const here = visit();
    for (const key of ['a', 'b', 'c', 'd']) expect(await here.has(key)).toBe(false);
    expect(reads).toBe(1);
    await visit().add('elsewhere');
    await here.add('here');
    expect(await here.has('here')).toBe(true);
    expect(new TextDecoder().decode(memory.read(FILE))).toBe('["elsewhere","here"]');
  });

  it('is nothing at the beginning', async () => {
    expect(await visit().has('a')).toBe(false);
    expect(memory.paths()).toEqual([]);
  });

  it.each(['', '["a"', '{"a":true}', '["a",1]', 'null'])(
    'is nothing where the file holds %j, and begins anew',
    async (text) => {
      memory.put(FILE, text);
      expect(await visit().has('a')).toBe(false);
      await visit().add('b');
      expect(new TextDecoder().decode(memory.read(FILE))).toBe('["b"]');
    },
  );

  it('is forgotten in silence where the disk is full', async () => {
    memory.quota = 0;
    await visit().add('a');
    expect(await visit().has('a')).toBe(false);
  });

  it('lasts as long as the worker, in silence, where the page has no storage', async () => {
    const none = () => passedChecks(() => Promise.reject(new Failure('StorageUnavailable', 'none')));
    const here = none();
    await here.add('a');
    expect(await here.has('a')).toBe(true);
    expect(await none().has('a')).toBe(false);
  });
});
