import { describe, expect, it } from 'vitest';
import { readAs } from '../../../src/core/schema';
import { modelSummary, type ModelSummary } from '../../../workers/sources/model-summary';
import { SHAPE } from '../fixtures';

const SUMMARY: ModelSummary = {
  id: 'vit-00ff',
  name: 'ViT',
  origin: 'hub',
  repository: 'someone/vit',
  commit: 'c0ffee',
  licence: 'mit',
  ...SHAPE,
  parameters: { image: 1000, text: 2000 },
  bytes: 6000,
  precision: 'q8',
  note: 'Small.',
};

const read = (changes: object) =>
  readAs(modelSummary, JSON.parse(JSON.stringify({ ...SUMMARY, ...changes })) as unknown);

describe('the summary of a model', () => {
  it.each(['built-in', 'folder', 'hub'] as const)('comes back as it was written, of origin %s', (origin) => {
    expect(read({ origin })).toStrictEqual({ ...SUMMARY, origin });
  });

  it('may tell nothing of where it came from, and holds nothing unknown', () => {
    const { repository: _r, commit: _c, licence: _l, note: _n, ...rest } = SUMMARY;
    const absent = { repository: undefined, commit: undefined, licence: undefined, note: undefined };
    expect(read({ ...absent, stranger: 1 })).toStrictEqual(rest);
  });

  it.each(['fp32', 'fp16-storage', 'q8', 'q4'] as const)('knows the precision %s', (precision) => {
    expect(read({ precision })?.precision).toBe(precision);
  });

  it.each<[string, object]>([
    ['an unknown precision', { precision: 'q2' }],
    ['an unknown origin', { origin: 'elsewhere' }],
    ['a shape that is none', { imageSize: [96] }],
    ['a length of half a byte', { bytes: 0.5 }],
    ['no name', { name: undefined }],
    ['a commit of null', { commit: null }],
  ])('is none with %s', (_, changes) => expect(read(changes)).toBeUndefined());
});
