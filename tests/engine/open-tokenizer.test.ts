import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../src/clip/architecture';
import { openTokenizer } from '../../src/engine/open-tokenizer';

const clip = await readFile('static/models/clipscope-s/tokenizer.json', 'utf8');
const json = JSON.parse(clip) as { model: { vocab: Record<string, number> } };
const own = { hf_tokenizer_name: 'someone/tokenizer' };

function architecture(text: object = {}) {
  return readArchitecture({
    model_cfg: {
      embed_dim: 16,
      vision_cfg: { image_size: 32, layers: 1, width: 16, head_width: 16, patch_size: 8 },
      text_cfg: { width: 16, heads: 1, layers: 1, vocab_size: 2048, context_length: 8, ...text },
    },
  });
}

describe('openTokenizer', () => {
  it('takes context length and cleaning from the config', async () => {
    const tokenizer = await openTokenizer(architecture({ context_length: 6 }), { tokenizer: clip });
    const ids = tokenizer.encode(['A  CAT', 'a cat']);
    expect(ids).toHaveLength(2 * 6);
    expect([...ids.subarray(0, 6)]).toEqual([...ids.subarray(6)]);
  });

  it('refuses settings that it does not know, each by name', async () => {
    const kwargs = { clean: 'lower', reduction_mask: 'random', language: 'de', unset: null };
    await expect(
      openTokenizer(architecture({ tokenizer_kwargs: kwargs }), { tokenizer: clip }),
    ).rejects.toMatchObject({
      name: 'TokenizerUnsupported',
      message: 'tokenizer_kwargs: reduction_mask = "random", language = "de" is not supported.',
    });
  });

  it.each([
    ['0 for OpenCLIP’s own tokenizer, whatever the file says', {}, { padding: { pad_id: 7 } }, undefined, 0],
    ['what the file says', own, { padding: { pad_id: 7 } }, undefined, 7],
    [
      'the token that tokenizer_config.json names',
      own,
      {},
      { pad_token: 'a</w>' },
      json.model.vocab['a</w>'],
    ],
    ['0 where nothing is said', own, {}, undefined, 0],
  ])('pads with %s', async (_, text, file, config, padId) => {
    const tokenizer = await openTokenizer(architecture(text), {
      tokenizer: JSON.stringify({ ...json, ...file }),
      ...(config && { tokenizerConfig: JSON.stringify(config) }),
    });
    // Start, one word, end; the rest is padding.
    expect([...tokenizer.encode(['cat'])].slice(-4)).toEqual([padId, padId, padId, padId]);
  });

  it.each([2048, -1, 1.5, 1e9])('refuses to pad with %s, which the tower does not have', async (padId) => {
    const tokenizer = JSON.stringify({ ...json, padding: { pad_id: padId } });
    await expect(openTokenizer(architecture(own), { tokenizer })).rejects.toMatchObject({
      name: 'TokenizerUnsupported',
      message: `The tokenizer pads with the token ${padId}; the text tower has 2048, counted from 0.`,
    });
  });

  it('refuses a token around every text that the tower does not have', async () => {
    const processor = { type: 'BertProcessing', cls: ['[START]', 0], sep: ['[END]', 2048] };
    const tokenizer = JSON.stringify({ ...json, post_processor: processor });
    await expect(openTokenizer(architecture(own), { tokenizer })).rejects.toMatchObject({
      name: 'TokenizerUnsupported',
      message: 'tokenizer.json has 2049 tokens, the text tower 2048: they do not belong together.',
    });
  });

  it('refuses a vocabulary larger than the tower’s', async () => {
    await openTokenizer(architecture({ vocab_size: 2048 }), { tokenizer: clip });
    await expect(
      openTokenizer(architecture({ vocab_size: 2047 }), { tokenizer: clip }),
    ).rejects.toMatchObject({
      name: 'TokenizerUnsupported',
      message: 'tokenizer.json has 2048 tokens, the text tower 2047: they do not belong together.',
    });
  });

  it.each([
    ['tokenizer.json', { tokenizer: '{' }],
    ['tokenizer_config.json', { tokenizer: clip, tokenizerConfig: '{' }],
  ])('tells that %s is no JSON', async (file, texts) => {
    await expect(openTokenizer(architecture(), texts)).rejects.toMatchObject({
      name: 'ConfigUnreadable',
      message: expect.stringContaining(`${file} is not JSON`) as string,
    });
  });

  it.each([
    ['ends in time whatever the pattern, which JavaScript’s own engine would not', '(a+)+$'],
    ['and whatever comes after', '(?:a|a)*b'],
    ['or lies within', '([a-z]+)*x'],
  ])('%s', async (_, regex) => {
    const split = { type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false };
    const vocab = { '[UNK]': 0, a: 1 };
    const file = { model: { type: 'WordPiece', vocab, unk_token: '[UNK]' }, pre_tokenizer: split };
    const tokenizer = await openTokenizer(architecture(own), { tokenizer: JSON.stringify(file) });
    const row = tokenizer.encode([`${'a'.repeat(5000)}!`]);
    expect(row[0]).toBe(0);
  });

  it.each([
    ['lists', '['.repeat(200_000), ']'.repeat(200_000)],
    ['objects', '{"a":'.repeat(200_000) + '1', '}'.repeat(200_000)],
  ])('refuses %s nested without end, by name', async (_, open, close) => {
    const nested = `{"model": ${open}${close}}`;
    await expect(openTokenizer(architecture(), { tokenizer: nested })).rejects.toMatchObject({
      name: 'ConfigUnreadable',
      message: 'tokenizer.json is nested deeper than 100 levels.',
    });
  });

  it('takes brackets within texts for what they are', async () => {
    const file = { ...json, note: `${'['.repeat(500)}"\\\\${'{'.repeat(500)}` };
    await expect(openTokenizer(architecture(), { tokenizer: JSON.stringify(file) })).resolves.toBeDefined();
  });

  it('refuses a file that adds more tokens than the tower reads', async () => {
    const ids = Array<number>(1_000_000).fill(1);
    const file = {
      model: { type: 'WordPiece', vocab: { '[UNK]': 0, a: 1 }, unk_token: '[UNK]' },
      post_processor: {
        type: 'TemplateProcessing',
        single: [{ Sequence: { id: 'A' } }, { SpecialToken: { id: 'a' } }],
        special_tokens: { a: { id: 'a', ids, tokens: [] } },
      },
    };
    await expect(openTokenizer(architecture(own), { tokenizer: JSON.stringify(file) })).rejects.toMatchObject(
      {
        name: 'TokenizerUnsupported',
        message: expect.stringContaining('adds 1000000 tokens to each text, of the 8 that the tower reads'),
      },
    );
  });
});
