import { askHeads, wholeNumber, type Choices, type Interview } from './interview';
import { mlpRatio, type TowerShapes } from './shapes';
import type { TextPool } from '../families/clip-text/clip-text-config';

/** The family a text tower follows, which determines most settings that shapes leave open. */
export type TextStyle = 'clip' | 'clipa' | 'siglip';

type Json = Readonly<Record<string, unknown>>;

/** A tokenizer, as `text_cfg` names it. */
interface TokenizerEntry {
  readonly value: string;
  readonly label: string;
  /** Vocabulary size of the published towers that use it. */
  readonly vocabSize?: number;
  /** The end token's id, for pooling by id. */
  readonly eosId?: number;
  readonly settings: Json;
}

const CANONICALIZE = { tokenizer_kwargs: { clean: 'canonicalize' } };

const CLIP: TokenizerEntry = { value: 'clip', label: "CLIP's own", vocabSize: 49_408, settings: {} };
const BERT: TokenizerEntry = {
  value: 'bert',
  label: "BERT's, without its separator (CLIPA)",
  vocabSize: 32_000,
  settings: { hf_tokenizer_name: 'bert-base-uncased', tokenizer_kwargs: { strip_sep_token: true } },
};
const SIGLIP: TokenizerEntry = {
  value: 'siglip',
  label: "SigLIP's",
  vocabSize: 32_000,
  settings: { hf_tokenizer_name: 'timm/ViT-B-16-SigLIP', ...CANONICALIZE },
};
const SIGLIP_I18N: TokenizerEntry = {
  value: 'siglip-i18n',
  label: "SigLIP's, multilingual",
  vocabSize: 250_000,
  settings: { hf_tokenizer_name: 'timm/ViT-B-16-SigLIP-i18n-256', ...CANONICALIZE },
};
const SIGLIP_2: TokenizerEntry = {
  value: 'siglip2',
  label: "SigLIP 2's",
  vocabSize: 256_000,
  settings: { hf_tokenizer_name: 'timm/ViT-B-16-SigLIP2', ...CANONICALIZE },
};
const MT5: TokenizerEntry = {
  value: 'mt5',
  label: "mT5's",
  vocabSize: 250_100,
  eosId: 1,
  settings: { hf_tokenizer_name: 'google/mt5-base', ...CANONICALIZE },
};
const XLM_V: TokenizerEntry = {
  value: 'xlm-v',
  label: "XLM-V's",
  vocabSize: 901_629,
  eosId: 2,
  settings: { hf_tokenizer_name: 'facebook/xlm-v-base' },
};
// Why any name works: OpenCLIP only checks that there is one, and reads the tokenizer beside the config.
const FILE: TokenizerEntry = {
  value: 'file',
  label: 'As its tokenizer.json says',
  settings: { hf_tokenizer_name: 'tokenizer.json' },
};
const FILE_CANONICAL: TokenizerEntry = {
  value: 'file-canonical',
  label: 'As its tokenizer.json says, without capitals and punctuation (SigLIP)',
  settings: { hf_tokenizer_name: 'tokenizer.json', ...CANONICALIZE },
};

const KNOWN = [CLIP, BERT, SIGLIP, SIGLIP_I18N, SIGLIP_2, MT5, XLM_V];

/** Vocabulary sizes and widths of SigLIP's text towers. */
const SIGLIP_VOCABS: ReadonlySet<number> = new Set([32_000, 250_000, 256_000]);
const SIGLIP_WIDTHS: ReadonlySet<number> = new Set([768, 1024, 1152]);

/** Published text towers whose heads are not 64 wide, by width. */
const HEAD_WIDTHS: ReadonlyMap<number, number> = new Map([[1152, 72]]);

export function textStyle({ image, text }: TowerShapes): TextStyle {
  if (text.projection === 'linear' || (image.kind === 'timm' && text.projection === 'none')) return 'siglip';
  return image.kind === 'open-clip' && !image.preNorm ? 'clipa' : 'clip';
}

/** Whether these are the text shapes of a published SigLIP, which then settle all other settings. */
export function isPublishedSiglipText(shapes: TowerShapes): boolean {
  const { vocabSize, width } = shapes.text;
  return textStyle(shapes) === 'siglip' && SIGLIP_VOCABS.has(vocabSize) && SIGLIP_WIDTHS.has(width);
}

/** Of published text towers only SigLIP 2's use GELU with tanh. */
export function isSiglip2({ text }: TowerShapes): boolean {
  return text.vocabSize === SIGLIP_2.vocabSize;
}

/** `text_cfg`, its GELU with `tanh` or not. @throws ArchitectureUnclear for an invalid answer */
export function textConfig(shapes: TowerShapes, tanh: boolean, interview: Interview): Json {
  const { text } = shapes;
  const style = textStyle(shapes);
  const causal = askCausal(style, interview);
  // A class token is read whatever the pool.
  const { pool, eosId } = text.classToken
    ? { pool: 'argmax' as const, eosId: undefined }
    : askPool(text.vocabSize, style, interview);
  const heads = askHeads(interview, 'textHeads', text.width, HEAD_WIDTHS);
  const tokenizer = askTokenizer(text.vocabSize, style, interview);
  return {
    context_length: text.contextLength,
    vocab_size: text.vocabSize,
    ...tokenizer,
    width: text.width,
    heads,
    layers: text.layers,
    ...(text.mlpWidth === 4 * text.width ? {} : { mlp_ratio: mlpRatio(text) }),
    ...(text.layerScale ? { ls_init_value: 1e-4 } : {}),
    ...(causal ? {} : { no_causal_mask: true }),
    ...(text.classToken ? { embed_cls: true } : {}),
    ...(pool === 'argmax' ? {} : { pool_type: pool }),
    ...(eosId === undefined ? {} : { eos_id: eosId }),
    ...(text.projection === 'linear' ? { proj_bias: true } : {}),
    ...(text.projection === 'none' ? { proj_type: 'none' } : {}),
    // Why eps is not asked: it follows from the family, 1e-6 for SigLIP and 1e-5 for all other published towers.
    ...(style === 'siglip' ? { norm_kwargs: { eps: 1e-6 } } : {}),
    ...(tanh ? { act_kwargs: { approximate: 'tanh' } } : {}),
  };
}

function askTokenizer(vocabSize: number, style: TextStyle, interview: Interview): Json {
  const known = KNOWN.filter((entry) => entry.vocabSize === vocabSize);
  const [only] = known;
  if (only !== undefined && known.length === 1) return only.settings;
  const entries = new Map([...known, CLIP, FILE, FILE_CANONICAL, BERT].map((entry) => [entry.value, entry]));
  const siglip = known.includes(SIGLIP) ? SIGLIP : FILE_CANONICAL;
  const preset = { clip: known.length > 0 ? FILE : CLIP, clipa: BERT, siglip }[style];
  const choices = [...entries.values()].map(({ value, label }) => [value, label] as const);
  const chosen = interview.choose('tokenizer', 'Tokenizer', choices, preset.value);
  return entries.get(chosen)?.settings ?? {};
}

function askCausal(style: TextStyle, interview: Interview): boolean {
  const choices = [
    ['causal', 'Causal: a token sees those before it (CLIP)'],
    ['none', 'None: a token sees all (SigLIP, CLIPA)'],
  ] as const;
  const preset = style === 'clip' ? 'causal' : 'none';
  return interview.choose('textMask', 'Attention mask of texts', choices, preset) === 'causal';
}

function askPool(
  vocabSize: number,
  style: TextStyle,
  interview: Interview,
): { readonly pool: TextPool; readonly eosId?: number } {
  const choices: Choices<string> = [
    ['argmax', 'The token with the highest id (CLIP)'],
    ['last', 'The last token (SigLIP, CLIPA)'],
    ['first', 'The first token'],
    ['eos:2', 'The end token, id 2 (XLM-V)'],
    ['eos:1', 'The end token, id 1 (mT5)'],
  ];
  const eosId = KNOWN.find((entry) => entry.vocabSize === vocabSize)?.eosId;
  const preset = eosId === undefined ? (style === 'clip' ? 'argmax' : 'last') : `eos:${eosId}`;
  const read = (answer: string): { readonly pool: TextPool; readonly eosId?: number } | undefined => {
    if (answer === 'argmax' || answer === 'last' || answer === 'first') return { pool: answer };
    const id = answer.startsWith('eos:') ? wholeNumber(answer.slice(4)) : undefined;
    return id === undefined || id >= vocabSize ? undefined : { pool: 'eos', eosId: id };
  };
  const fitting = choices.filter(([value]) => read(value) !== undefined);
  return interview.read('textPool', 'Pooling of texts', fitting, preset, read);
}
