import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRemote } from '../../../workers/models/remote-checkpoint';
import { openTestHub, type TestHub } from '../../helpers/hub';
import { openScratch, testConnection, type Scratch } from '../../hub/fixtures';

const CONFIG = 'open_clip_config.json';

let scratch: Scratch;
let hub: TestHub;
let made = 0;
beforeAll(async () => {
  scratch = await openScratch();
  hub = await openTestHub();
});
afterAll(async () => {
  await hub.close();
  await scratch.remove();
});

/** A config that holds its path. */
const configAt = (file: string) => JSON.stringify({ model_cfg: file });

/** Puts files of these names on the server, each holding its name, and gives their repository. */
async function serve(...names: string[]): Promise<string> {
  const repository = `clipscope/no-${++made}`;
  const files = Object.fromEntries(
    names.map((name) => [name, new TextEncoder().encode(name.endsWith(CONFIG) ? configAt(name) : name)]),
  );
  await hub.add(repository, await scratch.folder(files));
  return repository;
}

const plain = (repository: string, file = '') =>
  readRemote({ kind: 'folder', url: `${hub.url}/folder/${repository}/${file}` }, testConnection());

describe('a checkpoint on a plain server', () => {
  it.each([
    [['open_clip_model.safetensors', 'model.safetensors'], 'open_clip_model.safetensors'],
    [['model.safetensors', 'open_clip_pytorch_model.safetensors'], 'open_clip_pytorch_model.safetensors'],
    [['model.safetensors'], 'model.safetensors'],
  ])('of %s takes %s', async (names, weights) => {
    const repository = await serve(CONFIG, ...names);
    const found = await plain(repository);
    expect(found.config).toBe(configAt(CONFIG));
    expect(found.weights).toMatchObject({
      url: `${hub.url}/folder/${repository}/${weights}`,
      byteLength: weights.length,
    });
    expect(found).not.toHaveProperty('tokenizer');
  });

  it('takes the weights that the address names, the rest from beside them', async () => {
    const weights = 'openclip-b32.safetensors';
    const repository = await serve(CONFIG, weights, 'open_clip_model.safetensors', 'tokenizer.json');
    const found = await plain(repository, weights);
    expect(found.weights.url).toBe(`${hub.url}/folder/${repository}/${weights}`);
    expect(found.weights.byteLength).toBe(weights.length);
    expect(found.config).toBe(configAt(CONFIG));
    expect(await found.tokenizer?.text()).toBe('tokenizer.json');
  });

  it.each([
    [
      'weights of another name',
      [CONFIG, 'openclip-b32.safetensors'],
      '',
      'has no open_clip_model.safetensors. Weights of another name are found by their own address.',
    ],
    ['no such weights', [CONFIG], 'my%20own.safetensors', 'has no my own.safetensors.'],
    [
      'no config',
      ['openclip-b32.safetensors'],
      'openclip-b32.safetensors',
      'has neither open_clip_config.json nor config.json.',
    ],
  ])('says what a folder with %s lacks', async (_, names, file, message) => {
    const repository = await serve(...names);
    await expect(plain(repository, file)).rejects.toMatchObject({
      name: 'CheckpointIncomplete',
      message: `The folder ${hub.url}/folder/${repository}/ ${message}`,
    });
  });
});

it('a folder and a file in a repository are taken, and nothing else', async () => {
  const repository = await serve(
    ...[CONFIG, 'open_clip_model.safetensors', `sub/${CONFIG}`],
    ...['sub/open_clip_model.safetensors', 'sub/epoch 5.safetensors', 'other/open_clip_model.safetensors'],
  );
  const ask = (within: { folder?: string; weights?: string }) =>
    readRemote({ kind: 'hub', hub: hub.url, repository, ...within }, testConnection());
  const inside = await ask({ folder: 'sub' });
  expect([inside.config, inside.weights.url]).toEqual([
    configAt(`sub/${CONFIG}`),
    expect.stringMatching(/\/resolve\/[0-9a-f]{40}\/sub\/open_clip_model\.safetensors$/),
  ]);
  const file = await ask({ folder: 'sub', weights: 'epoch 5.safetensors' });
  expect(file.weights.url).toMatch(/\/sub\/epoch%205\.safetensors$/);
  await expect(ask({ folder: 'other' })).rejects.toMatchObject({
    name: 'CheckpointIncomplete',
    message: `${repository}/other has neither ${CONFIG} nor config.json.`,
  });
});

it('a hub’s listing tells weights of any name', async () => {
  const repository = await serve(CONFIG, 'openclip-b32.safetensors');
  const found = await readRemote({ kind: 'hub', hub: hub.url, repository }, testConnection());
  expect(found.weights.url).toMatch(/\/openclip-b32\.safetensors$/);
});

it('a file needs no config beside it if one comes with the source', async () => {
  const bytes = new TextEncoder().encode('weights');
  const repository = 'clipscope/laws';
  await hub.add(repository, await scratch.folder({ 'Model-B-32.pt': bytes, 'Model-L-14.pt': bytes }));
  const source = { kind: 'hub', hub: hub.url, repository, weights: 'Model-L-14.pt' } as const;
  const found = await readRemote({ ...source, config: '{"a":1}' }, testConnection());
  expect(found.weights.url).toMatch(/\/Model-L-14\.pt$/);
  expect(found.config).toBe('{"a":1}');
  await expect(readRemote(source, testConnection())).rejects.toMatchObject({ name: 'CheckpointIncomplete' });
  const own = await serve(CONFIG, 'Model-L-14.pt');
  const brought = await readRemote({ ...source, repository: own, config: '{"a":1}' }, testConnection());
  expect(brought.config).toBe(configAt(CONFIG));
});
