import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure';
import { int8Verdicts } from '../../../workers/clip/int8-verdicts';
import { memoryStorage } from '../../helpers/memory-storage';

const FILE = 'int8-verdicts.json';
const WELL = { plan: { exact: ['c_fc'], folded: { ln_2: [[3, -1]] } }, cosine: 0.999 } as const;
const BADLY = { plan: null, cosine: 0.9 };

describe('verdicts on int8', () => {
  it('are remembered on the next visit, by browser and build', async () => {
    const memory = memoryStorage();
    const visit = (here: string) => int8Verdicts(async () => memory.root, here);
    expect(await visit('build 1').get('a')).toBeUndefined();
    await visit('build 1').set('a', WELL);
    await visit('build 1').set('b', BADLY);
    expect(await visit('build 1').get('a')).toEqual(WELL);
    expect(await visit('build 1').get('b')).toEqual(BADLY);
    expect(await visit('build 2').get('a')).toBeUndefined();
    await visit('build 1').set('a', BADLY);
    expect(await visit('build 1').get('a')).toEqual(BADLY);
  });

  it('are the last that were made', async () => {
    const memory = memoryStorage();
    const verdicts = int8Verdicts(async () => memory.root, 'here');
    for (let at = 0; at < 70; at++) await verdicts.set(String(at), BADLY);
    expect(await verdicts.get('5')).toBeUndefined();
    expect(await verdicts.get('6')).toEqual(BADLY);
    expect(await verdicts.get('69')).toEqual(BADLY);
  });

  it.each(['', '{"a | here":{"plan":{},"cosine":1}}', '[]'])(
    'are none where the file holds %j',
    async (text) => {
      const memory = memoryStorage();
      memory.put(FILE, text);
      expect(await int8Verdicts(async () => memory.root, 'here').get('a')).toBeUndefined();
    },
  );

  it('are made again where the page has no storage', async () => {
    const none = int8Verdicts(() => Promise.reject(new Failure('StorageUnavailable', 'none')), 'here');
    await none.set('a', WELL);
    expect(await none.get('a')).toBeUndefined();
  });
});
