import { describe, expect, test } from 'vitest';
import { readPlan, type DownloadPlan } from '../../../workers/models/download-record';

const HUB: DownloadPlan = {
  form: 1,
  request: {
    source: { kind: 'hub', hub: 'https://hub.test', repository: 'someone/vit', revision: 'main' },
    name: 'vit',
    precision: 'fp16-storage',
  },
  commit: 'c0ffee',
  licence: 'mit',
  weights: { url: 'https://hub.test/w', byteLength: 1000, sha256: '00', gitBlob: '11' },
  config: '{}',
  tokenizer: '{}',
  tokenizerConfig: '{}',
};
const FOLDER: DownloadPlan = {
  form: 1,
  request: { source: { kind: 'folder', url: 'https://host.test/vit/' }, name: 'vit', precision: 'q4' },
  weights: { url: 'https://host.test/vit/w', byteLength: 0, modified: 'Sun, 06 Nov 1994 08:49:37 GMT' },
  config: '{}',
  tokenizer: '{}',
};

const read = (plan: unknown) => readPlan(JSON.parse(JSON.stringify(plan)));
const { source } = HUB.request;

describe('the plan of a download', () => {
  test.each([
    ['a hub', HUB],
    ['a folder', FOLDER],
  ])('from %s comes back as it was written', (_, plan) => expect(read(plan)).toStrictEqual(plan));

  test('holds nothing unknown', () => {
    expect(read({ ...FOLDER, stranger: 1 })).toStrictEqual(FOLDER);
  });

  test.each<[string, unknown]>([
    ['no object', 'text'],
    ['a list', [HUB]],
    ['another form', { ...HUB, form: 2 }],
    ['no form', { ...HUB, form: undefined }],
    ['no request', { ...HUB, request: undefined }],
    ['no name', { ...HUB, request: { ...HUB.request, name: undefined } }],
    ['an unknown precision', { ...HUB, request: { ...HUB.request, precision: 'q2' } }],
    [
      'an unknown kind of source',
      { ...HUB, request: { ...HUB.request, source: { ...source, kind: 'disk' } } },
    ],
    [
      'a hub without a repository',
      { ...HUB, request: { ...HUB.request, source: { kind: 'hub', hub: 'x' } } },
    ],
    ['an odd revision', { ...HUB, request: { ...HUB.request, source: { ...source, revision: 1 } } }],
    ['a folder without an address', { ...HUB, request: { ...HUB.request, source: { kind: 'folder' } } }],
    ['no weights', { ...HUB, weights: undefined }],
    ['weights without a length', { ...HUB, weights: { url: 'x' } }],
    ['weights of half a byte', { ...HUB, weights: { ...HUB.weights, byteLength: 0.5 } }],
    ['an odd hash', { ...HUB, weights: { ...HUB.weights, sha256: 0 } }],
    ['an odd date', { ...HUB, weights: { ...HUB.weights, modified: 0 } }],
    ['no config', { ...HUB, config: undefined }],
    ['no tokenizer', { ...HUB, tokenizer: {} }],
    ['an odd licence', { ...HUB, licence: ['mit'] }],
  ])('with %s is none', (_, plan) => expect(read(plan)).toBeUndefined());
});
