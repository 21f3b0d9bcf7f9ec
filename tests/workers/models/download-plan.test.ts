import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FetchRequest } from '../../../workers/models-api';
import { idOf, makePlan, requireUnchanged, textsOf } from '../../../workers/models/download-plan';
import type { DownloadPlan, PlannedRequest } from '../../../workers/models/download-record';
import { sha256 } from '../../formats/fixtures';
import { openTestHub, type TestHub } from '../../helpers/hub';
import { openScratch, testConnection, type Scratch } from '../../hub/fixtures';
import { CONFIG, FOLDER, keep, memoryParts, NO_NETWORK, TOKENIZER, WEIGHTS } from '../fixtures';

let scratch: Scratch;
let hub: TestHub;
let commit = '';
beforeAll(async () => {
  scratch = await openScratch();
  hub = await openTestHub();
  ({ commit } = await hub.add('a/small', FOLDER, { licence: 'mit' }));
});
afterAll(async () => {
  await hub.close();
  await scratch.remove();
});
beforeEach(() => hub.forgetRequests());

const HUB = { kind: 'hub', hub: 'https://hub.test', repository: 'Someone/ViT' } as const;
const REQUEST: PlannedRequest = { source: HUB, name: 'ViT', precision: 'fp32' };

describe('the id of a download', () => {
  it('is the same on every visit and in every version', async () => {
    expect(await idOf(REQUEST)).toBe('ViT-283e38f3');
    const folder = { kind: 'folder', url: 'https://host.test/vit/' } as const;
    expect(await idOf({ ...REQUEST, source: folder })).toBe('ViT-3afdb0f2');
  });

  it('does not tell upper from lower case in the name of a repository, as hubs do not', async () => {
    const same = { ...HUB, repository: 'someone/vit' };
    expect(await idOf({ ...REQUEST, source: same })).toBe(await idOf(REQUEST));
  });

  it.each<[string, Partial<PlannedRequest>]>([
    ['precision', { precision: 'q8' }],
    ['repository', { source: { ...HUB, repository: 'someone/vit-l' } }],
    ['revision', { source: { ...HUB, revision: 'v2' } }],
    ['folder', { source: { ...HUB, folder: 'sub' } }],
    ['file of weights', { source: { ...HUB, weights: 'a.safetensors' } }],
    ['hub', { source: { ...HUB, hub: 'https://mirror.test' } }],
    ['kind of source', { source: { kind: 'folder', url: 'https://hub.test' } }],
    ['name', { name: 'other' }],
  ])('is another for another %s', async (_, change) => {
    expect(await idOf({ ...REQUEST, ...change })).not.toBe(await idOf(REQUEST));
  });
});

/** A request for the small checkpoint, or another one of the hub. */
const request = (changes: Partial<FetchRequest> = {}, repository = 'a/small'): FetchRequest => ({
  source: { kind: 'hub', hub: hub.url, repository },
  name: 'small',
  precision: 'q8',
  ...changes,
});

describe('a plan', () => {
  it('of a repository holds all but the weights, and where these are', async () => {
    expect(await makePlan(request(), memoryParts())).toEqual({
      form: 1,
      request: request(),
      commit,
      licence: 'mit',
      weights: {
        url: `${hub.url}/a/small/resolve/${commit}/open_clip_model.safetensors`,
        byteLength: WEIGHTS.length,
        sha256: sha256(WEIGHTS),
      },
      config: CONFIG,
      tokenizer: TOKENIZER,
    });
    expect(hub.requests.some(({ server }) => server === 'cdn')).toBe(false);
  });

  it('of a folder knows no hash', async () => {
    const url = `${hub.url}/folder/a/small/`;
    const plan = await makePlan(request({ source: { kind: 'folder', url } }), memoryParts());
    expect(plan.weights).toEqual({ url: `${url}open_clip_model.safetensors`, byteLength: WEIGHTS.length });
    expect(plan).not.toHaveProperty('commit');
  });

  it('takes the tokenizer that a person has given before the one that is there, and does not keep it as the request', async () => {
    const plan = await makePlan(request({ tokenizer: new Blob(['{"mine":1}']) }), memoryParts());
    expect(plan.tokenizer).toBe('{"mine":1}');
    expect(plan.request).toEqual(request());
    expect(hub.requests.some(({ path }) => path.endsWith('tokenizer.json'))).toBe(false);
  });

  it('takes tokenizer_config.json along with the tokenizer', async () => {
    const files = { 'open_clip_config.json': CONFIG, 'model.safetensors': WEIGHTS };
    const tokenizers = { 'tokenizer.json': TOKENIZER, 'tokenizer_config.json': '{"pad_token":"!"}' };
    await hub.add('a/padded', await scratch.folder({ ...files, ...tokenizers }));
    const plan = await makePlan(request({}, 'a/padded'), memoryParts());
    expect(plan.tokenizerConfig).toBe('{"pad_token":"!"}');
  });

  it('finds a tokenizer where the checkpoint brings none, or is not made', async () => {
    const files = { 'open_clip_config.json': CONFIG, 'model.safetensors': WEIGHTS };
    await hub.add('a/bare', await scratch.folder(files));
    const parts = memoryParts();
    const made = makePlan(request({}, 'a/bare'), parts);
    await expect(made).rejects.toMatchObject({ name: 'TokenizerMissing' });
    await keep(parts, 'kept');
    expect((await makePlan(request({}, 'a/bare'), parts)).tokenizer).toBe(TOKENIZER);
  });

  it('is not made of a small file that came damaged', async () => {
    const fault = hub.fault(/tokenizer\.json$/, { kind: 'corrupt', at: 7 });
    const made = makePlan(request(), memoryParts());
    await expect(made).rejects.toMatchObject({ name: 'HashMismatch' });
    fault.end();
  });
});

const PLAN: DownloadPlan = {
  form: 1,
  request: { source: { kind: 'folder', url: 'https://host.test/' }, name: 'a', precision: 'q8' },
  weights: { url: 'https://host.test/w', byteLength: 100, modified: 'Monday' },
  config: '{}',
  tokenizer: '[]',
};

describe('a plain server’s file', () => {
  const answering = (headers: Record<string, string>) =>
    testConnection({ fetch: async () => new Response(null, { headers }) });

  it('is the one of the plan where length and date are the same', async () => {
    const same = answering({ 'Content-Length': '100', 'Last-Modified': 'Monday' });
    await expect(requireUnchanged(PLAN, same)).resolves.toBeUndefined();
  });

  it.each([
    ['another length', { 'Content-Length': '101', 'Last-Modified': 'Monday' }],
    ['another date', { 'Content-Length': '100', 'Last-Modified': 'Tuesday' }],
    ['no date any more', { 'Content-Length': '100' }],
  ])('is another one with %s', async (_, headers) => {
    await expect(requireUnchanged(PLAN, answering(headers as Record<string, string>))).rejects.toMatchObject({
      name: 'RevisionChanged',
      message: 'The file https://host.test/w was changed since the download began.',
    });
  });

  it('of a hub cannot change, and is not asked for', async () => {
    const ofHub = { ...PLAN, request: { ...PLAN.request, source: HUB } };
    await expect(requireUnchanged(ofHub, NO_NETWORK)).resolves.toBeUndefined();
  });
});

it('the small files of a plan are kept by their names, tokenizer_config.json only where there is one', () => {
  expect(textsOf(PLAN)).toEqual([
    ['open_clip_config.json', '{}'],
    ['tokenizer.json', '[]'],
  ]);
  expect(textsOf({ ...PLAN, tokenizerConfig: '7' }).at(-1)).toEqual(['tokenizer_config.json', '7']);
});
