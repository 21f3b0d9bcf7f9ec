import { describe, expect, test } from 'vitest';
import { readDetail, type KeptDetail } from '../../../workers/sources/kept-detail';

const DETAIL: KeptDetail = {
  summary: {
    id: 'vit',
    name: 'ViT',
    origin: 'hub',
    repository: 'someone/vit',
    commit: 'c0ffee',
    licence: 'mit',
    imageSize: [64, 48],
    patchSize: 16,
    embedDim: 32,
    contextLength: 77,
    parameters: { image: 1000, text: 2000 },
    bytes: 6000,
    precision: 'q8',
    note: 'Small.',
  },
  logitScale: 100,
  logitBias: null,
  tensors: {
    image: [{ name: 'a', dtype: 'Q8', shape: [1, 32], file: 'image.0.bin', offset: 0, byteLength: 66 }],
    text: [],
  },
};

type Detail = Record<string, unknown>;

/** What is read of the detail, as it comes out of JSON, with some entries of it and of its summary replaced. */
function read(changes: Detail, summary: Detail = {}): KeptDetail | undefined {
  const { summary: whole, ...rest } = DETAIL;
  return readDetail(JSON.parse(JSON.stringify({ ...rest, summary: { ...whole, ...summary }, ...changes })));
}

describe('the detail of a kept model', () => {
  test('comes back as it was written', () => {
    expect(read({})).toStrictEqual(DETAIL);
    expect(read({ logitBias: -10 })).toStrictEqual({ ...DETAIL, logitBias: -10 });
  });

  test('may lack what an earlier version did not tell, and holds nothing unknown', () => {
    const absent = { repository: undefined, commit: undefined, licence: undefined, note: undefined };
    const { repository: _r, commit: _c, licence: _l, note: _n, patchSize: _p, ...rest } = DETAIL.summary;
    const summary = { ...absent, patchSize: undefined, stranger: 1 };
    expect(read({ stranger: 1 }, summary)).toStrictEqual({ ...DETAIL, summary: rest });
  });

  test.each(['text', null, undefined, [], 7])('is none: %s', (value) => {
    expect(readDetail(value)).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['summary', undefined],
    ['logitScale', '100'],
    ['logitScale', undefined],
    ['logitBias', undefined],
    ['logitBias', '0'],
    ['tensors', undefined],
    ['tensors', { image: [] }],
    ['tensors', { image: [null], text: [] }],
    ['tensors', { image: [], text: [{ ...DETAIL.tensors.image[0], byteLength: 65 }] }],
  ])('with a wrong %s is none: %j', (field, value) => {
    expect(read({ [field]: value })).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['id', 7],
    ['name', undefined],
    ['origin', 'built-in'],
    ['origin', 'elsewhere'],
    ['repository', null],
    ['commit', 7],
    ['licence', {}],
    ['imageSize', [64]],
    ['imageSize', [64, -1]],
    ['imageSize', [64, 48, 3]],
    ['patchSize', 0.5],
    ['embedDim', undefined],
    ['contextLength', '77'],
    ['parameters', { image: 1 }],
    ['bytes', -1],
    ['precision', 'fp64'],
    ['note', 7],
  ])('whose summary has a wrong %s is none: %j', (field, value) => {
    expect(read({}, { [field]: value })).toBeUndefined();
  });
});
