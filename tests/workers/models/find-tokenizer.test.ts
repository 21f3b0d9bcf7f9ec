import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TokenizerTexts } from '../../../src/engine/open-tokenizer';
import { canFindTokenizer, findTokenizer } from '../../../workers/models/find-tokenizer';
import { openTestHub, type TestHub } from '../../helpers/hub';
import { openScratch, type Scratch } from '../../hub/fixtures';
import {
  architectureOf,
  CONFIG,
  configWith,
  keep,
  memoryParts,
  NO_NETWORK,
  TOKENIZER,
  type MemoryParts,
} from '../fixtures';

const NAMED = configWith({ hf_tokenizer_name: 'someone/tokenizer' });
const MISSING = { name: 'TokenizerMissing' };

let scratch: Scratch;
let hub: TestHub;
let parts: MemoryParts;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.remove());
beforeEach(async () => {
  hub = await openTestHub();
  parts = memoryParts();
  return () => hub.close();
});

/** The small tokenizer with so many tokens, told from the one on disk by its text. */
function tokenizerOf(tokens: number): string {
  const json = JSON.parse(TOKENIZER) as { model: { vocab: Record<string, number> } };
  for (let id = 2048; id < tokens; id++) json.model.vocab[`spare ${id}`] = id;
  return JSON.stringify(json, undefined, 1);
}

const find = (config: string, ask?: string): Promise<TokenizerTexts> =>
  findTokenizer(parts, architectureOf(config), config, ask);

/** Keeps a model of this config and tokenizer. */
const keepWith = (id: string, config: string, tokenizer: string): Promise<void> =>
  keep(parts, id, {
    texts: [
      ['open_clip_config.json', config],
      ['tokenizer.json', tokenizer],
    ],
  });

/** Puts a repository with these files on the hub. */
const publish = async (repository: string, files: Record<string, string>): Promise<void> => {
  await hub.add(repository, await scratch.folder(files));
};

describe('the tokenizer that a config names', () => {
  it('is read from the hub, before any that is kept', async () => {
    await keepWith('kept', NAMED, TOKENIZER);
    const there = tokenizerOf(2048);
    await publish('someone/tokenizer', {
      'tokenizer.json': there,
      'tokenizer_config.json': '{"pad_token":"!"}',
    });
    expect(await find(NAMED, hub.url)).toEqual({ tokenizer: there, tokenizerConfig: '{"pad_token":"!"}' });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['is not there', async () => undefined],
    ['has no tokenizer', () => publish('someone/tokenizer', { 'README.md': 'nothing' })],
    [
      'has one of another size',
      () => publish('someone/tokenizer', { 'tokenizer.json': tokenizerOf(2047 + 2) }),
    ],
    ['has one that is none', () => publish('someone/tokenizer', { 'tokenizer.json': '{"model":' })],
    [
      'is not open to everyone',
      async () => {
        const folder = await scratch.folder({ 'tokenizer.json': TOKENIZER });
        await hub.add('someone/tokenizer', folder, { gated: true });
      },
    ],
  ])('is that of a kept model which names the same, where its repository %s', async (_, spoil) => {
    await spoil();
    await expect(find(NAMED, hub.url)).rejects.toMatchObject(MISSING);
    await keepWith('kept', NAMED, TOKENIZER);
    expect(await find(NAMED, hub.url)).toEqual({ tokenizer: TOKENIZER });
  });

  it('is not taken for missing where the hub does not answer', async () => {
    await keepWith('kept', NAMED, TOKENIZER);
    hub.fault(/./, { kind: 'status', status: 503 });
    await expect(find(NAMED, hub.url)).rejects.toMatchObject({ name: 'HubBusy' });
    await expect(canFindTokenizer(parts, architectureOf(NAMED), NAMED, hub.url)).rejects.toMatchObject({
      name: 'HubBusy',
    });
  });

  it('is not taken where it came damaged', async () => {
    await publish('someone/tokenizer', { 'tokenizer.json': TOKENIZER });
    hub.fault(/tokenizer\.json$/, { kind: 'corrupt', at: 100 });
    await expect(find(NAMED, hub.url)).rejects.toMatchObject({ name: 'HashMismatch' });
  });
});

describe('the tokenizer of a kept model', () => {
  beforeEach(() => {
    parts = { ...parts, connection: NO_NETWORK };
  });

  it('is taken by a config that names none either, without the network', async () => {
    await keepWith('kept', CONFIG, TOKENIZER);
    expect(await find(CONFIG)).toEqual({ tokenizer: TOKENIZER });
    expect(await canFindTokenizer(parts, architectureOf(CONFIG), CONFIG)).toBe(true);
  });

  it('is not taken on its number of tokens alone, where the configs name different ones', async () => {
    await keepWith('other', configWith({ hf_tokenizer_name: 'someone/else' }), TOKENIZER);
    await expect(find(CONFIG)).rejects.toMatchObject(MISSING);
    await expect(find(NAMED)).rejects.toMatchObject(MISSING);
    expect(await canFindTokenizer(parts, architectureOf(NAMED), NAMED)).toBe(false);
  });

  it.each([
    ['more', 2049],
    ['fewer', 2047],
  ])('is not taken by a tower of %s tokens', async (_, vocab_size) => {
    await keepWith('kept', CONFIG, TOKENIZER);
    await expect(find(configWith({ vocab_size }))).rejects.toMatchObject({
      ...MISSING,
      message: `It brings no tokenizer, and no kept model has one of 2,0${vocab_size - 2000} tokens.`,
    });
  });

  it('is that of the first listed, where several would do', async () => {
    await keepWith('a', CONFIG, tokenizerOf(2048));
    await keepWith('b', CONFIG, TOKENIZER);
    expect(await find(CONFIG)).toEqual({ tokenizer: tokenizerOf(2048) });
  });

  it.each<[string, (memory: MemoryParts['memory']) => void]>([
    ['is damaged', (memory) => memory.remove('models/a/image.0.bin')],
    ['lacks its config', (memory) => memory.remove('models/a/open_clip_config.json')],
    [
      'has a config that is no JSON',
      (memory) => memory.put('models/a/open_clip_config.json', ' '.repeat(CONFIG.length)),
    ],
  ])('is passed over where that model %s', async (_, spoil) => {
    await keepWith('a', CONFIG, tokenizerOf(2048));
    await keepWith('b', CONFIG, TOKENIZER);
    spoil(parts.memory);
    expect(await find(CONFIG)).toEqual({ tokenizer: TOKENIZER });
  });
});

describe("CLIP's own tokenizer", () => {
  const clip = configWith({ vocab_size: 49_408 });

  it('is read from the hub for a tower of 49,408 tokens that names none', async () => {
    const there = tokenizerOf(49_408);
    await publish('laion/CLIP-ViT-B-32-laion2B-s34B-b79K', { 'tokenizer.json': there });
    expect(await find(clip, hub.url)).toEqual({ tokenizer: there });
    hub.forgetRequests();
    await expect(find(CONFIG, hub.url)).rejects.toMatchObject(MISSING);
    expect(hub.requests).toEqual([]);
  });

  it('is not asked for where no hub may be', async () => {
    parts = { ...parts, connection: NO_NETWORK };
    await expect(find(clip)).rejects.toMatchObject({
      ...MISSING,
      message: expect.stringContaining('49,408'),
    });
  });

  it('is missing where the hub has it not', async () => {
    await expect(find(clip, hub.url)).rejects.toMatchObject(MISSING);
    expect(await canFindTokenizer(parts, architectureOf(clip), clip, hub.url)).toBe(false);
  });
});
