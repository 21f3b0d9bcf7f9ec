import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../src/clip/architecture';
import { openTokenizer } from '../../src/engine/open-tokenizer';

interface Kind {
  readonly name: string;
  readonly config: object;
  readonly kwargs: object;
  readonly tokenizer: unknown;
  readonly strings: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

const golden = JSON.parse(readFileSync('tests/fixtures/tokenizer/hf-tokenizers.json', 'utf8')) as {
  context_length: number;
  charsmap: string;
  named: string[];
  rows: Kind[];
};
const { rows, named } = golden;

/** A model with this tokenizer. */
function architecture({ kwargs }: Pick<Kind, 'kwargs'>, text: object = {}) {
  return readArchitecture({
    model_cfg: {
      embed_dim: 16,
      vision_cfg: { image_size: 32, layers: 1, width: 16, head_width: 16, patch_size: 8 },
      text_cfg: {
        width: 16,
        heads: 1,
        layers: 1,
        vocab_size: 1000,
        context_length: golden.context_length,
        hf_tokenizer_name: 'someone/tokenizer',
        tokenizer_kwargs: kwargs,
        ...text,
      },
    },
  });
}

const fileOf = ({ tokenizer }: Kind) => JSON.stringify(tokenizer).replace('@charsmap', golden.charsmap);

describe("texts in many scripts get the ids of OpenCLIP's HFTokenizer", () => {
  it.each(rows)('$name', async (kind) => {
    const texts = { tokenizer: fileOf(kind), tokenizerConfig: JSON.stringify(kind.config) };
    const tokenizer = await openTokenizer(architecture(kind), texts);
    const encoded = kind.strings.map(({ text }) => ({
      text,
      ids: [...tokenizer.encode([text], 'as-openclip')],
    }));
    expect(encoded).toEqual(kind.strings);
    // Typed, a text without names of special tokens gets the same.
    const plain = kind.strings.filter(({ text }) => !named.includes(text));
    expect(plain.length).toBeGreaterThan(40);
    expect([...tokenizer.encode(plain.map(({ text }) => text))]).toEqual(plain.flatMap(({ ids }) => ids));
  });
});

describe('the language code of NLLB', () => {
  const nllb = rows.find(({ name }) => name === 'NLLB')!;
  const french = rows.find(({ name }) => name === 'NLLB in French')!;

  it('stands before a text where the tower says that it is one, without tokenizer_config.json', async () => {
    const text = {
      hf_model_name: 'facebook/nllb-200-distilled-600M',
      hf_proj_type: 'linear',
      hf_pooler_type: 'cls_pooler',
      hf_model_config: { vocab_size: 1000, d_model: 16, encoder_layers: 1, encoder_ffn_dim: 16 },
    };
    const tokenizer = await openTokenizer(architecture(nllb, text), { tokenizer: fileOf(nllb) });
    const strings = nllb.strings.slice(0, 5);
    expect([...tokenizer.encode(strings.map((one) => one.text))]).toEqual(strings.flatMap(({ ids }) => ids));
    expect(strings.map(({ ids }) => ids[0])).not.toEqual(french.strings.slice(0, 5).map(({ ids }) => ids[0]));
  });

  it('is refused by name if the vocabulary lacks it', async () => {
    const tokenizerConfig = JSON.stringify({ ...nllb.config, src_lang: 'xxx_Latn' });
    await expect(
      openTokenizer(architecture(nllb), { tokenizer: fileOf(nllb), tokenizerConfig }),
    ).rejects.toMatchObject({
      name: 'TokenizerUnsupported',
      message: expect.stringContaining('has no token "xxx_Latn"') as string,
    });
  });
});

it.each(['XLM-RoBERTa', 'RoBERTa', 'BERT cased'])(
  '%s pads right without tokenizer_config.json',
  async (name) => {
    const kind = rows.find((row) => row.name === name)!;
    const tokenizer = await openTokenizer(architecture(kind), { tokenizer: fileOf(kind) });
    const [{ text, ids } = { text: '', ids: [0] }] = kind.strings.filter((one) => one.text === 'x');
    expect([...tokenizer.encode([text])]).toEqual(ids);
  },
);
