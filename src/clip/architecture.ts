import { Failure } from '../core/failure';
import type { PreprocessSettings } from '../core/preprocess-settings';
import { readPreprocess } from './preprocess-config';
import { Settings } from './settings';

/** A stack of pre-norm residual attention blocks, OpenCLIP's `Transformer`. */
export interface TransformerArchitecture {
  readonly width: number;
  readonly layers: number;
  /** Divides `width`; each head is `width / heads` wide. */
  readonly heads: number;
  readonly mlpWidth: number;
  readonly activation: 'gelu' | 'gelu-tanh' | 'quick-gelu';
  /** LayerScale after attention and after the MLP. */
  readonly layerScale: boolean;
  readonly normEpsilon: number;
}

export interface VisionArchitecture extends TransformerArchitecture {
  /** Pixels, `[height, width]`. The last rows and columns that fill no patch are cut off. */
  readonly imageSize: readonly [height: number, width: number];
  readonly patchSize: readonly [height: number, width: number];
  /** A layer norm before the first block. */
  readonly preNorm: boolean;
  readonly pool: 'tok' | 'avg';
  readonly finalNormAfterPool: boolean;
  readonly outputDim: number;
}

export type TextPool = 'argmax' | 'first' | 'last' | 'eos';

export interface TextArchitecture extends TransformerArchitecture {
  readonly contextLength: number;
  readonly vocabSize: number;
  readonly causal: boolean;
  readonly pool: TextPool;
  /** The id that `eos` pooling looks for. */
  readonly eosId: number;
  readonly projection: 'none' | 'matrix' | 'linear';
  readonly outputDim: number;
}

export type CleanKind = 'lower' | 'whitespace' | 'canonicalize';

/** How OpenCLIP turns text into ids for this checkpoint. */
export interface TokenizerSettings {
  readonly contextLength: number;
  readonly clean: CleanKind;
  /** OpenCLIP's own tokenizer pads with 0; a Hugging Face one with its own padding token. */
  readonly padding: 'zero' | 'own';
  /** Separator tokens become 0. */
  readonly stripSeparator: boolean;
  /** Settings for text that Clipscope does not know, as `key = value`: the towers run, typed text does not. */
  readonly unknown: readonly string[];
}

/** All that `open_clip_config.json` says of a checkpoint. */
export interface Architecture {
  readonly vision: VisionArchitecture;
  readonly text: TextArchitecture;
  readonly tokenizer: TokenizerSettings;
  readonly preprocess: PreprocessSettings;
}

/** OpenAI's BPE has this many tokens; the default of OpenCLIP's `CLIPTextCfg`. */
const DEFAULT_VOCAB_SIZE = 49_408;

/** Far above any published model: a damaged config must not ask for a graph that fills the memory. */
const MOST_LAYERS = 1_000;
const MOST_TOKENS = 8_192;

/**
 * Reads the parsed `open_clip_config.json`. Defaults are those of OpenCLIP's `CLIPVisionCfg` and `CLIPTextCfg`.
 * @throws ConfigUnreadable where a value is missing or of the wrong kind
 * @throws UnsupportedSetting where a setting asks for what the graph builder does not write
 */
export function readArchitecture(config: unknown): Architecture {
  const root = new Settings(config, 'open_clip_config.json');
  const model = new Settings(root.raw('model_cfg'), 'model_cfg');
  const embedDim = model.integer('embed_dim');
  const quickGelu = model.flag('quick_gelu');
  model.harmless(
    'custom_text',
    'init_logit_scale',
    'init_logit_bias',
    'nonscalar_logit_scale',
    'output_dict',
  );
  const [visionConfig, textConfig] = [model.raw('vision_cfg'), model.raw('text_cfg')];
  model.finish();
  const vision = readVision(new Settings(visionConfig, 'vision_cfg'), embedDim, quickGelu);
  const textSettings = new Settings(textConfig, 'text_cfg');
  const tokenizer = readTokenizer(textSettings);
  const text = readText(textSettings, embedDim, quickGelu);
  return {
    vision,
    text,
    tokenizer,
    preprocess: readPreprocess(root.raw('preprocess_cfg'), vision.imageSize),
  };
}

function readVision(settings: Settings, outputDim: number, quickGelu: boolean): VisionArchitecture {
  settings.only('timm_model_name');
  const layers = settings.raw('layers');
  if (Array.isArray(layers)) throw settings.refusal('layers', 'a list means a ResNet; Clipscope runs ViTs');
  settings.only('attentional_pool', false);
  settings.only('attn_pooler_queries', 256);
  settings.only('attn_pooler_heads', 8);
  settings.only('pos_embed_type', 'learnable');
  settings.harmless('patch_dropout', 'output_tokens');
  settings.harmless('timm_model_pretrained', 'timm_model_kwargs', 'timm_pool', 'timm_proj', 'timm_proj_bias');
  settings.harmless('timm_drop', 'timm_drop_path');
  const width = settings.integer('width', 768);
  const headWidth = settings.integer('head_width', 64);
  const vision: VisionArchitecture = {
    ...readTransformer(settings, width, Math.floor(width / headWidth), quickGelu, 'vision_cfg'),
    imageSize: settings.pair('image_size', 224),
    patchSize: settings.pair('patch_size', 16),
    preNorm: !settings.flag('no_ln_pre'),
    pool: settings.choice('pool_type', ['tok', 'avg']),
    finalNormAfterPool: settings.flag('final_ln_after_pool'),
    outputDim,
  };
  settings.finish();
  if (vision.patchSize[0] > vision.imageSize[0] || vision.patchSize[1] > vision.imageSize[1]) {
    throw new Failure(
      'ConfigUnreadable',
      `vision_cfg.patch_size ${vision.patchSize.join(' x ')} is larger than image_size ${vision.imageSize.join(' x ')}.`,
    );
  }
  return vision;
}

function readText(settings: Settings, embedDim: number, quickGelu: boolean): TextArchitecture {
  settings.only('hf_model_name');
  settings.only('hf_model_pretrained', true);
  settings.only('hf_proj_type', 'mlp');
  settings.only('hf_pooler_type', 'mean_pooler');
  settings.only('embed_cls', false);
  settings.only('use_pad_mask', false);
  settings.only('correct_cls_mask', false);
  settings.only('final_ln_after_pool', false);
  settings.harmless('output_tokens');
  // Why pad_id changes nothing: it only masks padding, for a class token or a padding mask, both refused above.
  settings.integer('pad_id', 0, 0);
  const width = settings.integer('width', 512);
  const projection =
    settings.choice('proj_type', ['linear', 'none']) === 'none'
      ? 'none'
      : settings.flag('proj_bias')
        ? 'linear'
        : 'matrix';
  settings.harmless('proj_bias');
  const text: TextArchitecture = {
    ...readTransformer(settings, width, settings.integer('heads', 8), quickGelu, 'text_cfg'),
    contextLength: settings.integer('context_length', 77, 2, MOST_TOKENS),
    vocabSize: settings.integer('vocab_size', DEFAULT_VOCAB_SIZE),
    causal: !settings.flag('no_causal_mask'),
    pool: settings.choice('pool_type', ['argmax', 'first', 'last', 'eos']),
    eosId: settings.integer('eos_id', 2, 0),
    projection,
    outputDim: projection === 'none' ? width : embedDim,
  };
  settings.finish();
  return text;
}

function readTransformer(
  settings: Settings,
  width: number,
  heads: number,
  quickGelu: boolean,
  path: string,
): TransformerArchitecture {
  if (heads < 1 || width % heads !== 0) {
    throw new Failure('ConfigUnreadable', `${path}: width ${width} cannot be shared by ${heads} heads.`);
  }
  settings.only('block_type', 'default');
  for (const custom of [
    'qk_norm',
    'scaled_cosine_attn',
    'scale_heads',
    'scale_attn_inner',
    'scale_attn',
    'scale_fc',
  ]) {
    settings.only(custom, false);
  }
  const layerScale = settings.has('ls_init_value');
  settings.harmless('ls_init_value');
  return {
    width,
    heads,
    layers: settings.integer('layers', 12, 1, MOST_LAYERS),
    mlpWidth: readMlpWidth(settings, width, path),
    activation: readActivation(settings, quickGelu, path),
    layerScale,
    normEpsilon: readNormEpsilon(settings, path),
  };
}

/** OpenCLIP takes `int(width * mlp_ratio)`: the product is truncated. */
function readMlpWidth(settings: Settings, width: number, path: string): number {
  const ratio = settings.positive('mlp_ratio', 4);
  const mlpWidth = Math.trunc(width * ratio);
  if (mlpWidth < 1) throw new Failure('ConfigUnreadable', `${path}: mlp_ratio ${ratio} leaves an empty MLP.`);
  return mlpWidth;
}

/** `quick_gelu` takes no keyword; PyTorch's GELU takes `approximate`. */
function readActivation(
  settings: Settings,
  quickGelu: boolean,
  path: string,
): TransformerArchitecture['activation'] {
  const raw = settings.raw('act_kwargs');
  if (raw === undefined) return quickGelu ? 'quick-gelu' : 'gelu';
  const kwargs = new Settings(raw, `${path}.act_kwargs`);
  if (quickGelu) {
    kwargs.finish();
    return 'quick-gelu';
  }
  const approximate = kwargs.choice('approximate', ['none', 'tanh']);
  kwargs.finish();
  return approximate === 'tanh' ? 'gelu-tanh' : 'gelu';
}

/** PyTorch's LayerNorm has eps 1e-5 unless `norm_kwargs` says otherwise. */
function readNormEpsilon(settings: Settings, path: string): number {
  const kwargs = new Settings(settings.raw('norm_kwargs') ?? {}, `${path}.norm_kwargs`);
  const epsilon = kwargs.positive('eps', 1e-5);
  kwargs.only('elementwise_affine', true);
  kwargs.only('bias', true);
  kwargs.finish();
  return epsilon;
}

/** Without `hf_tokenizer_name` OpenCLIP uses its own tokenizer, which lower-cases and pads with 0. */
function readTokenizer(text: Settings): TokenizerSettings {
  const own = text.raw('hf_tokenizer_name') !== undefined;
  const unknown: string[] = [];
  const kwargs = new Map<string, unknown>(Object.entries(text.raw('tokenizer_kwargs') ?? {}));
  const clean = kwargs.get('clean') ?? (own ? 'whitespace' : 'lower');
  const known = (['lower', 'whitespace', 'canonicalize'] as const).find((kind) => kind === clean);
  if (known === undefined) unknown.push(`clean = ${JSON.stringify(clean)}`);
  for (const [key, value] of kwargs) {
    if (key !== 'clean' && key !== 'strip_sep_token' && value !== null) {
      unknown.push(`${key} = ${JSON.stringify(value)}`);
    }
  }
  text.only('tokenizer_mode');
  return {
    contextLength: text.integer('context_length', 77, 2, MOST_TOKENS),
    clean: known ?? 'lower',
    padding: own ? 'own' : 'zero',
    stripSeparator: kwargs.get('strip_sep_token') === true,
    unknown,
  };
}
