import { grouped } from '../../../core/digits';
import { readContextLength } from '../../config/context-length';
import { requireInputRoom } from '../../config/room';
import type { Settings } from '../../config/settings';
import { MOST_LAYERS, requireHeads } from '../../config/transformer-config';
import type { HfTower } from '../hf-text/hf-projection';
import { hfModelName, readHfConfig, readHfPool, readHfProjection } from '../hf-text/hf-settings';
import type { ModelSettings } from '../image-family';

/** The encoder of an M2M100 of transformers, which NLLB is one of, behind OpenCLIP's `HFTextEncoder`. */
export interface M2m100Text extends HfTower {
  readonly family: 'm2m100';
  readonly layers: number;
  readonly heads: number;
  readonly mlpWidth: number;
  readonly activation: 'relu' | 'gelu';
  /** What embeddings are multiplied by. */
  readonly scale: number;
  readonly pool: 'mean' | 'first';
}

/** Sizes by name, as the models' own configs on the hub have them. */
const MODELS = new Map([
  ['facebook/nllb-200-distilled-600M', { layers: 12, mlpWidth: 4096 }],
  ['facebook/nllb-200-distilled-1.3B', { layers: 24, mlpWidth: 8192 }],
]);

export const M2M100_NAMES = [...MODELS.keys()];

/** Settings of the decoder, which no embedding needs, and of training. */
const IDLE = [
  'activation_dropout',
  'attention_dropout',
  'decoder_attention_heads',
  'decoder_ffn_dim',
  'decoder_layerdrop',
  'decoder_layers',
  'decoder_start_token_id',
  'dropout',
  'encoder_layerdrop',
  'init_std',
  'is_encoder_decoder',
  // Positions are computed, as many as there are tokens.
  'max_position_embeddings',
  'num_hidden_layers',
  'tie_word_embeddings',
];

/** Reads the tower settings of `text_cfg`. @throws ConfigUnreadable, UnsupportedSetting, ModelTooLarge */
export function readM2m100(settings: Settings, { embedDim }: ModelSettings): M2m100Text | undefined {
  const model = MODELS.get(hfModelName(settings) ?? '');
  if (model === undefined) return undefined;
  const config = readHfConfig(settings, ...IDLE);
  const width = config.integer('d_model', 1024, 4);
  const heads = config.integer('encoder_attention_heads', 16);
  requireHeads(width, heads, 'text_cfg.hf_model_config');
  const text: M2m100Text = {
    family: 'm2m100',
    contextLength: readContextLength(settings),
    vocabSize: config.integer('vocab_size', 256_206),
    width,
    layers: config.integer('encoder_layers', model.layers, 1, MOST_LAYERS),
    heads,
    mlpWidth: config.integer('encoder_ffn_dim', model.mlpWidth),
    activation: config.choice('activation_function', ['relu', 'gelu']),
    scale: config.raw('scale_embedding') === false ? 1 : Math.sqrt(width),
    padId: config.integer('pad_token_id', 1, 0),
    pool: readHfPool(settings, 'cls_pooler') === 'mean' ? 'mean' : 'first',
    projection: readHfProjection(settings, width, embedDim),
    outputDim: embedDim,
  };
  config.only('scale_embedding', true, false);
  config.finish();
  const tokens = text.contextLength;
  requireInputRoom(`Texts of ${grouped(tokens)} tokens`, { ...text, tokens, pixels: 0 });
  return text;
}
