import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isIndex, isShard, partOf } from '../../../src/clip/checkpoint-files';
import { readTowers } from '../../../src/engine/model-source';
import type { ModelSummary } from '../../../workers/api';
import { addCheckpoint, questions } from '../../../workers/models/add-checkpoint';
import { createFetching } from '../../../workers/models/fetch-model';
import { inspect } from '../../../workers/models/inspect';
import { saveCheckpoint } from '../../../workers/models/save-checkpoint';
import { openKept } from '../../../workers/sources/kept-store';
import type { CheckpointFiles, RemoteSource } from '../../../workers/models-api';
import { bufferSource } from '../../../src/formats/byte-source';
import { readCheckpointFolder } from '../../../src/engine/checkpoint-folder';
import { HF_FOLDERS, hfFiles, type HfFiles } from '../../helpers/hf-folder';
import { openTestHub, type TestHub } from '../../helpers/hub';
import { openScratch, testConnection, type Scratch } from '../../hub/fixtures';
import { digestsOf, memoryParts, NO_NETWORK, type MemoryParts } from '../fixtures';

const NAMES = ['clip-quick-gelu', 'clip-fp16', 'siglip', 'siglip-sharded', 'clip-sharded-bin'];

/** The same as a person gives them. */
function given(files: HfFiles): CheckpointFiles {
  const parts = Object.entries(files).map(([name, bytes]) => [name, new Blob([bytes])] as const);
  const shards = parts.filter(([name]) => isShard(name)).map(([name, file]) => ({ name, file }));
  const known = parts.flatMap(([name, file]) => {
    const part = partOf(name);
    return part ? [[part, file] as const] : [];
  });
  return {
    name: 'mine',
    ...(Object.fromEntries(known) as Partial<CheckpointFiles>),
    ...(Object.keys(files).some(isIndex) && { shards }),
  };
}

async function expectedDigests(files: HfFiles) {
  const checkpoint = await readCheckpointFolder({
    exists: async (name) => name in files,
    open: async (name) => bufferSource(files[name]!),
  });
  const source = await readTowers({ id: 'x', name: 'x', precision: 'fp32' }, checkpoint);
  return [await digestsOf(source.image), await digestsOf(source.text!), source.logitScale, source.logitBias];
}

async function keptDigests(parts: MemoryParts, { id }: ModelSummary) {
  const { source } = await openKept(await parts.models(), id);
  return [await digestsOf(source.image), await digestsOf(source.text!), source.logitScale, source.logitBias];
}

const none = () => undefined;

describe('a folder that transformers wrote', () => {
  it.each(NAMES)('is kept with the weights it has: %s', async (name) => {
    const files = await hfFiles(name);
    const parts = memoryParts(undefined, NO_NETWORK);
    const summary = await addCheckpoint(parts, { ...given(files), precision: 'fp32' }, none);
    expect(await keptDigests(parts, summary)).toEqual(await expectedDigests(files));
    const { source } = await openKept(await parts.models(), summary.id);
    const expected = JSON.parse(await readFile(path.join(HF_FOLDERS, name, 'expected.json'), 'utf8')) as {
      logit_scale_exp: number;
      logit_bias: number | null;
    };
    // Some are kept in fp16, as the expected ones were computed.
    expect(source.logitScale).toBeCloseTo(expected.logit_scale_exp, 5);
    expect(source.logitBias).toBe(expected.logit_bias);
  });

  it.each(NAMES)('is saved as OpenCLIP’s, with the same weights: %s', async (name) => {
    const parts = memoryParts(undefined, NO_NETWORK);
    const summary = await addCheckpoint(parts, { ...given(await hfFiles(name)), precision: 'fp32' }, none);
    const files = await saveCheckpoint(parts, summary.id, 'F32', undefined, none);
    expect(files.map((one) => one.name)).toEqual([
      'open_clip_config.json',
      'tokenizer.json',
      'open_clip_model.safetensors',
    ]);
    const saved = Object.fromEntries(
      await Promise.all(
        files.map(async (one) => [one.name, new Uint8Array(await one.file.arrayBuffer())] as const),
      ),
    );
    expect(await expectedDigests(saved)).toEqual(await keptDigests(parts, summary));
  });

  it('without its config is asked about like any weights', async () => {
    const { config: _, ...files } = given(await hfFiles('siglip-sharded'));
    expect((await questions(files)).map(({ key }) => key)).toContain('textActivation');
  });

  it('that lacks a part of its weights says which, and keeps nothing', async () => {
    const all = await hfFiles('siglip-sharded');
    const [gone] = Object.keys(all).filter(isShard);
    const { [gone!]: _, ...files } = all;
    const parts = memoryParts(undefined, NO_NETWORK);
    await expect(addCheckpoint(parts, given(files), none)).rejects.toMatchObject({
      name: 'CheckpointIncomplete',
      message: `mine lacks ${gone}, a part of its weights.`,
    });
    expect(parts.memory.paths()).toEqual([]);
  });

  it.each([
    ['{}', 'lists 0 files in its weight_map.'],
    ['{"weight_map": {"a": "../b.safetensors"}}', 'lists "../b.safetensors", which is no file beside it.'],
    ['{"weight_map": {"a": "config.json"}}', 'lists "config.json", which is no file beside it.'],
    ['{"weight_map": {"a": 5}}', 'lists 5, which is no file beside it.'],
    ['nothing', 'is not JSON'],
  ])('with the index %s is refused', async (index, message) => {
    const files = { ...given(await hfFiles('siglip-sharded')), weights: new Blob([index]) };
    await expect(addCheckpoint(memoryParts(), files, none)).rejects.toMatchObject({
      name: 'ConfigUnreadable',
      message: expect.stringContaining(`model.safetensors.index.json ${message}`) as string,
    });
  });
});

describe('a repository that transformers wrote', () => {
  let scratch: Scratch;
  let hub: TestHub;
  let parts: MemoryParts;
  beforeAll(async () => {
    scratch = await openScratch();
  });
  afterAll(() => scratch.remove());
  beforeEach(async () => {
    hub = await openTestHub();
    for (const name of NAMES) await hub.add(`hf/${name}`, await scratch.folder(await hfFiles(name)));
    parts = memoryParts(undefined, testConnection());
    return () => hub.close();
  });

  const onHub = (name: string): RemoteSource => ({ kind: 'hub', hub: hub.url, repository: `hf/${name}` });
  const onServer = (name: string): RemoteSource => ({ kind: 'folder', url: `${hub.url}/folder/hf/${name}/` });
  const fetchIt = (source: RemoteSource) =>
    createFetching(parts).fetchModel({ source, name: 'mine', precision: 'fp32' }, none);

  it.each(NAMES)('is told with all it sends, fetched, and kept with the weights it has: %s', async (name) => {
    const files = await hfFiles(name);
    const weights = Object.entries(files).filter(([file]) => /\.(?:safetensors|bin)$/.test(file));
    const bytes = weights.reduce((sum, [, { length }]) => sum + length, 0);
    for (const source of [onHub(name), onServer(name)]) {
      const told = await inspect(parts, source);
      expect(told.downloadBytes).toBeGreaterThan(bytes);
      expect(told.downloadBytes).toBeLessThan(bytes + 10_000);
      expect(told.hasTokenizer).toBe(true);
      expect(told.parts).toBe(weights.length > 1 ? weights.length : undefined);
      expect(await keptDigests(parts, await fetchIt(source))).toEqual(await expectedDigests(files));
    }
  });

  it('goes on with the parts that it had', async () => {
    const source = onHub('siglip-sharded');
    const refused = hub.fault(/model-00003-of-\d+\.safetensors$/, { kind: 'status', status: 404 });
    await expect(fetchIt(source)).rejects.toMatchObject({ name: 'HubNotFound' });
    refused.end();
    const [left] = await createFetching(parts).interruptedDownloads();
    expect(left!.done).toBeGreaterThan(0);
    expect(left!.done).toBeLessThan(left!.total);
    expect(await keptDigests(parts, await fetchIt(source))).toEqual(
      await expectedDigests(await hfFiles('siglip-sharded')),
    );
  });

  it('with a wrong byte in one part is refused by the name of that part', async () => {
    hub.fault(/model-00002-of-\d+\.safetensors$/, { kind: 'corrupt', at: 10_000 });
    await expect(fetchIt(onHub('siglip-sharded'))).rejects.toMatchObject({
      name: 'HashMismatch',
      message: expect.stringMatching(/^model-00002-of-\d+\.safetensors is damaged/) as string,
    });
    expect(await createFetching(parts).interruptedDownloads()).toEqual([]);
  });

  it('that lacks a part says which', async () => {
    const files = await hfFiles('siglip-sharded');
    const [gone] = Object.keys(files).filter(isShard);
    const { [gone!]: _, ...others } = files;
    await hub.add('hf/cut', await scratch.folder(others));
    for (const [source, place] of [
      [onHub('cut'), 'hf/cut'],
      [onServer('cut'), `The folder ${hub.url}/folder/hf/cut/`],
    ] as const) {
      await expect(inspect(parts, source)).rejects.toMatchObject({
        name: 'CheckpointIncomplete',
        message: `${place} lacks ${gone}, a part of its weights.`,
      });
    }
  });
});
