import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inspect } from '../../../workers/models/inspect';
import { openTestHub, type TestHub } from '../../helpers/hub';
import { bytesSent, openScratch, type Scratch } from '../../hub/fixtures';
import { CONFIG, configWith, FOLDER, keep, memoryParts, SHAPE, TOKENIZER, WEIGHTS } from '../fixtures';

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

/** What the small checkpoint is and takes, wherever it lies. */
const SMALL = {
  ...SHAPE,
  parameters: { image: 1_309_696, text: 546_912 },
  downloadBytes: 3_726_252 + 478 + 50_054,
  hasTokenizer: true,
};

const hubSource = (repository: string) => ({ kind: 'hub', hub: hub.url, repository }) as const;
const folderSource = (repository: string) =>
  ({ kind: 'folder', url: `${hub.url}/folder/${repository}/` }) as const;

let made = 0;
/** Another repository, of the small checkpoint's files save for those given; undefined: the file is left out. */
async function publish(files: Record<string, string | Uint8Array | undefined>): Promise<string> {
  const repository = `a/made-${++made}`;
  const all = {
    'open_clip_config.json': CONFIG,
    'open_clip_model.safetensors': WEIGHTS,
    'tokenizer.json': TOKENIZER,
    ...files,
  };
  const there = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  await hub.add(repository, await scratch.folder(Object.fromEntries(there)));
  return repository;
}

describe('a remote checkpoint', () => {
  it('of a hub is told with the commit that was looked at, without its weights being sent', async () => {
    const found = await inspect(memoryParts(), hubSource('a/small'));
    expect(found).toMatchObject({
      ...SMALL,
      source: { ...hubSource('a/small'), revision: commit },
      commit,
      file: 'open_clip_model.safetensors',
      licence: 'mit',
    });
    expect(bytesSent(hub)).toBeLessThan(100_000);
    expect(hub.requests.some(({ path }) => path.endsWith('tokenizer.json'))).toBe(false);
  });

  it('of a folder has neither commit nor licence', async () => {
    const found = await inspect(memoryParts(), folderSource('a/small'));
    expect(found).toMatchObject({ ...SMALL, source: folderSource('a/small') });
    expect(found).not.toHaveProperty('commit');
    expect(found).not.toHaveProperty('licence');
  });

  it('takes on this device what its precision takes', async () => {
    const { keptBytes } = await inspect(memoryParts(), hubSource('a/small'));
    expect(keptBytes.fp32).toBe(4 * (1_309_696 + 546_912));
    // Vectors stay in fp32.
    const vectors = { image: 128 + 512 + 6 * 13 * 128, text: 3 * 13 * 96 + 192 };
    expect(keptBytes['fp16-storage']).toBe(2 * (1_309_696 + 546_912 + vectors.image + vectors.text));
    expect(keptBytes.q8).toBeLessThan(keptBytes['fp16-storage']);
    expect(keptBytes.q4).toBeLessThan(keptBytes.q8);
  });
});

describe('the tokenizer of a remote checkpoint without one', () => {
  const config = configWith({ hf_tokenizer_name: 'a/tokenizer' });

  it('can be had from a repository on its own hub', async () => {
    const repository = await publish({ 'open_clip_config.json': config, 'tokenizer.json': undefined });
    expect(await inspect(memoryParts(), hubSource(repository))).toMatchObject({ hasTokenizer: false });
    await hub.add('a/tokenizer', await scratch.folder({ 'tokenizer.json': TOKENIZER }));
    expect(await inspect(memoryParts(), hubSource(repository))).toMatchObject({ hasTokenizer: true });
    expect(await inspect(memoryParts(), folderSource(repository))).toMatchObject({ hasTokenizer: false });
  });

  it('can be had from a kept model', async () => {
    const repository = await publish({ 'tokenizer.json': undefined });
    const parts = memoryParts();
    expect(await inspect(parts, folderSource(repository))).toMatchObject({ hasTokenizer: false });
    await keep(parts, 'kept');
    expect(await inspect(parts, folderSource(repository))).toMatchObject({ hasTokenizer: true });
  });
});

describe('a remote checkpoint that cannot be used is refused by its config and its header', () => {
  it.each<[string, Record<string, string | Uint8Array | undefined>, string]>([
    ['no config', { 'open_clip_config.json': undefined }, 'CheckpointIncomplete'],
    ['no weights', { 'open_clip_model.safetensors': undefined }, 'CheckpointIncomplete'],
    ['a config that is no JSON', { 'open_clip_config.json': '{' }, 'ConfigUnreadable'],
    ['weights of another width', { 'open_clip_config.json': configWith({ width: 192 }) }, 'TensorMismatch'],
    ['fewer layers than its config', { 'open_clip_config.json': configWith({ layers: 4 }) }, 'TensorMissing'],
    [
      'texts that end in another space',
      { 'open_clip_config.json': configWith({ proj_type: 'none' }) },
      'UnsupportedSetting',
    ],
    [
      'a header that is cut',
      { 'open_clip_model.safetensors': WEIGHTS.subarray(0, 500) },
      'SafetensorsMalformed',
    ],
  ])('with %s', async (_, files, name) => {
    const repository = await publish(files);
    await expect(inspect(memoryParts(), hubSource(repository))).rejects.toMatchObject({ name });
    await expect(inspect(memoryParts(), folderSource(repository))).rejects.toMatchObject({ name });
  });

  it('where there is none', async () => {
    await expect(inspect(memoryParts(), hubSource('a/nothing'))).rejects.toMatchObject({
      name: 'HubNotFound',
    });
  });
});
