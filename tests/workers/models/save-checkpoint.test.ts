import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { readArchitecture } from '../../../src/clip/architecture';
import { readCheckpoint } from '../../../src/clip/checkpoint';
import { readSafetensorsHeader } from '../../../src/formats/safetensors';
import { bufferSource } from '../../../src/formats/byte-source';
import { readTowers } from '../../../src/engine/model-source';
import { Failure } from '../../../src/core/failure';
import { tryLock } from '../../../src/storage/lock';
import type { Progress } from '../../../workers/api';
import type { SavedFile } from '../../../workers/models-api';
import { configToSave, forgetExports, saveCheckpoint } from '../../../workers/models/save-checkpoint';
import { openKept } from '../../../workers/sources/kept-store';
import { memoryStorage, type MemoryStorage } from '../../helpers/memory-storage';
import { fixtureTowers } from '../../engine/fakes';
import { CONFIG, digestsOf, keep, memoryParts, TOKENIZER, type MemoryParts } from '../fixtures';

const FILES = ['open_clip_config.json', 'tokenizer.json', 'open_clip_model.safetensors'];

let parts: MemoryParts;
beforeEach(async () => {
  parts = memoryParts();
  await keep(parts, 'small');
});

const save = (dtype: 'F16' | 'F32', folder?: MemoryStorage, told: Progress[] = [], id = 'small') =>
  saveCheckpoint(parts, id, dtype, folder?.root, (progress) => void told.push(progress));

/** Names of the files that wait to be downloaded, without the folder of whoever saved them. */
const exported = () =>
  parts.memory
    .paths()
    .filter((path) => path.startsWith('exports/'))
    .map((path) => path.split('/').at(-1)!);

const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());

/** The towers of a checkpoint that was saved, as a loader would read them. */
async function reread(files: readonly SavedFile[]) {
  const file = (name: string) => files.find((one) => one.name === name)!.file;
  const weights = bufferSource(await bytesOf(file('open_clip_model.safetensors')));
  const config = await file('open_clip_config.json').text();
  return readTowers({ id: 'again', name: 'again', precision: 'fp32' }, { config, weights });
}

// Before anything is saved here: whoever saves holds the lock of what was saved for as long as it lives.
describe('what an earlier visit has saved to be downloaded', () => {
  it('is deleted, where nobody is copying it any more', async () => {
    parts.memory.put('exports/tokenizer.json', 'of an older version');
    parts.memory.put('exports/done/tokenizer.json', 'old');
    parts.memory.put('exports/copied/config.json', 'still being downloaded');
    const release = await tryLock('clipscope/exports/copied');
    await forgetExports(parts.root);
    expect(exported()).toEqual(['config.json']);
    await release?.();
    await forgetExports(parts.root);
    expect(exported()).toEqual([]);
    await forgetExports(parts.root);
  });

  it('stays without a word where the page has no storage', async () => {
    const none = () => Promise.reject(new Failure('StorageUnavailable', 'none'));
    await expect(forgetExports(none)).resolves.toBeUndefined();
  });
});

describe('a kept model that is saved to be downloaded', () => {
  it.each(['F16', 'F32'] as const)('is the checkpoint it was made of, in %s', async (dtype) => {
    const files = await save(dtype);
    expect(files.map(({ name }) => name)).toEqual(FILES);
    expect(await files[0]!.file.text()).toBe(CONFIG);
    expect(await files[1]!.file.text()).toBe(TOKENIZER);
    const bytes = await bytesOf(files[2]!.file);
    const { tensors, metadata } = await readSafetensorsHeader(bufferSource(bytes));
    expect(metadata.get('format')).toBe('pt');
    expect(tensors.get('logit_scale')).toMatchObject({ dtype: 'F32', shape: [] });
    const others = [...tensors.values()].filter(({ name }) => name !== 'logit_scale');
    expect(new Set(others.map((tensor) => tensor.dtype))).toEqual(new Set([dtype]));
    const { source } = await openKept(await parts.models(), 'small');
    const again = await reread(files);
    expect(again.logitScale).toBeCloseTo(source.logitScale, 4);
    expect(await digestsOf(again.image)).toEqual(await digestsOf(source.image));
    expect(await digestsOf(again.text!)).toEqual(await digestsOf(source.text!));
  });

  it('may be kept in blocks: what is saved is what these hold', async () => {
    await keep(parts, 'blocks', { precision: 'q8' });
    const { source } = await openKept(await parts.models(), 'blocks');
    const again = await reread(await save('F32', undefined, [], 'blocks'));
    expect(await digestsOf(again.image)).toEqual(await digestsOf(source.image));
  });

  it('brings tokenizer_config.json where it was kept', async () => {
    await keep(parts, 'padded', {
      texts: [
        ['open_clip_config.json', CONFIG],
        ['tokenizer.json', TOKENIZER],
        ['tokenizer_config.json', '{"pad_token":"!"}'],
      ],
    });
    const files = await save('F16', undefined, [], 'padded');
    expect(files.map(({ name }) => name)).toContain('tokenizer_config.json');
    expect(await files[2]!.file.text()).toBe('{"pad_token":"!"}');
  });

  it('tells how many tensors are written, of how many', async () => {
    const told: Progress[] = [];
    await save('F16', undefined, told);
    const total = told.length;
    expect(total).toBeGreaterThan(50);
    expect(told).toEqual(
      Array.from({ length: total }, (_, at) => ({ stage: 'storing', done: at + 1, total })),
    );
  });

  it('takes the place of the one that was saved before', async () => {
    const texts = [
      ['open_clip_config.json', CONFIG],
      ['tokenizer.json', TOKENIZER],
      ['tokenizer_config.json', '{}'],
    ] as const;
    await keep(parts, 'padded', { texts });
    await save('F16', undefined, [], 'padded');
    await save('F16');
    expect(exported()).toEqual([...FILES].sort());
  });

  it('leaves what another tab has saved', async () => {
    parts.memory.put('exports/other/config.json', 'being downloaded');
    await save('F16');
    expect(exported().sort()).toEqual([...FILES, 'config.json'].sort());
  });
});

describe('a kept model that is saved into a folder', () => {
  it('lies in one of its own there, and nothing else is touched', async () => {
    const folder = memoryStorage();
    folder.put('tokenizer.json', 'mine');
    parts.memory.put('exports/old', 'left alone');
    expect(await save('F16', folder)).toEqual([]);
    expect(folder.paths()).toEqual([...FILES.map((name) => `small/${name}`), 'tokenizer.json'].sort());
    expect(new TextDecoder().decode(folder.read('small/tokenizer.json'))).toBe(TOKENIZER);
    expect(new TextDecoder().decode(folder.read('tokenizer.json'))).toBe('mine');
    expect(parts.memory.paths()).toContain('exports/old');
  });

  it('leaves nothing there when the disk is full, and what was there as it was', async () => {
    const folder = memoryStorage();
    folder.quota = 100_000;
    await expect(save('F16', folder)).rejects.toMatchObject({ name: 'StorageFull' });
    expect(folder.paths()).toEqual([]);
    folder.put('small/open_clip_model.safetensors', 'saved before');
    folder.put('small/notes.txt', 'mine');
    await expect(save('F16', folder)).rejects.toMatchObject({ name: 'StorageFull' });
    expect(folder.paths()).toContain('small/notes.txt');
    expect(new TextDecoder().decode(folder.read('small/open_clip_model.safetensors'))).toBe('saved before');
  });

  it('is the same there as where it is downloaded', async () => {
    const folder = memoryStorage();
    await save('F32', folder);
    const [, , weights] = await save('F32');
    const there = folder.read('small/open_clip_model.safetensors');
    expect(Buffer.compare(there, await bytesOf(weights!.file))).toBe(0);
  });
});

describe('what a checkpoint’s config asks for', () => {
  it.each(['siglip', 'vit-quickgelu'])(
    'of %s is kept through a round: bias, scale and the shape of both',
    async (name) => {
      const folder = `tests/fixtures/towers/${name}`;
      const config = await readFile(`${folder}/open_clip_config.json`, 'utf8');
      const weights = bufferSource(new Uint8Array(await readFile(`${folder}/open_clip_model.safetensors`)));
      const checkpoint = await readCheckpoint(config, weights);
      const texts = [['open_clip_config.json', config] as const];
      await keep(parts, name, { checkpoint, weights, texts, precision: 'fp32' });
      const files = await save('F32', undefined, [], name);
      const source = await fixtureTowers(name);
      const again = await reread(files);
      expect(again.logitScale).toBeCloseTo(source.logitScale, 4);
      expect(again.logitBias).toEqual(source.logitBias);
      expect(await digestsOf(again.image)).toEqual(await digestsOf(source.image));
      expect(await digestsOf(again.text!)).toEqual(await digestsOf(source.text!));
    },
  );
});

describe('the config that is saved', () => {
  it('is the one that was kept', () => {
    expect(configToSave(CONFIG)).toBe(CONFIG);
  });

  it('is of a CoCa that of its two towers, without the decoder, which is not kept', async () => {
    const kept = await readFile('tests/fixtures/zoo/towers/coca-b/open_clip_config.json', 'utf8');
    const saved = JSON.parse(configToSave(kept)) as { model_cfg: Record<string, Record<string, unknown>> };
    expect(saved.model_cfg).not.toHaveProperty('multimodal_cfg');
    expect(saved.model_cfg).toMatchObject({
      custom_text: true,
      vision_cfg: { attentional_pool: true, attn_pooler_queries: 6 },
      text_cfg: { embed_cls: true },
    });
    for (const tower of ['vision_cfg', 'text_cfg'])
      expect(saved.model_cfg[tower]).not.toHaveProperty('output_tokens');
    const [before, after] = [kept, JSON.stringify(saved)].map((text) => readArchitecture(JSON.parse(text)));
    expect(after).toEqual({ ...before, hasDecoder: undefined });
  });
});

it('a scale that its config says is a list is written as one', async () => {
  const config = JSON.parse(CONFIG) as { model_cfg: object };
  const listed = JSON.stringify({
    ...config,
    model_cfg: { ...config.model_cfg, nonscalar_logit_scale: true },
  });
  await keep(parts, 'listed', {
    texts: [
      ['open_clip_config.json', listed],
      ['tokenizer.json', TOKENIZER],
    ],
  });
  const weights = (await save('F16', undefined, [], 'listed')).at(-1)!.file;
  const { tensors } = await readSafetensorsHeader(bufferSource(await bytesOf(weights)));
  expect(tensors.get('logit_scale')?.shape).toEqual([1]);
});

describe('a model that cannot be saved', () => {
  it('is unknown', async () => {
    await expect(save('F16', undefined, [], 'other')).rejects.toMatchObject({ name: 'ModelUnknown' });
  });

  it('is damaged', async () => {
    parts.memory.remove('models/small/text.0.bin');
    await expect(save('F16')).rejects.toMatchObject({ name: 'ModelDamaged' });
    expect(exported()).toEqual([]);
  });

  it.each([1_000, 1_000_000])('finds room for %i bytes only, and gives that back', async (room) => {
    const used = parts.memory.paths().reduce((sum, path) => sum + parts.memory.read(path).length, 0);
    parts.memory.quota = used + room;
    await expect(save('F16')).rejects.toMatchObject({ name: 'StorageFull' });
    expect(exported()).toEqual([]);
  });
});

it('what was saved to be downloaded is left alone while the worker lives that saved it', async () => {
  await save('F16');
  await forgetExports(parts.root);
  expect(exported()).toHaveLength(FILES.length);
});
