import { grouped } from '../../../core/digits';
import { readContextLength } from '../../config/context-length';
import { requireInputRoom } from '../../config/room';
import type { Settings } from '../../config/settings';
import { MOST_LAYERS, requireHeads } from '../../config/transformer-config';
import type { HfTower } from '../hf-text/hf-projection';
import { hfModelName, readHfConfig, readHfPool, readHfProjection, type HfPool } from '../hf-text/hf-settings';
import type { ModelSettings } from '../image-family';

/** A RoBERTa of transformers, in whatever languages, behind OpenCLIP's `HFTextEncoder`. */
export interface RobertaText extends HfTower {
  readonly family: 'roberta';
  readonly layers: number;
  readonly heads: number;
  readonly mlpWidth: number;
  /** Rows of the table of positions. */
  readonly positions: number;
  /** Rows of the table of token types, of which the first is read. */
  readonly tokenTypes: number;
  readonly normEpsilon: number;
  readonly pool: HfPool;
}

const [ROBERTA, XLM_ROBERTA] = [50_265, 250_002];
const BASE = { width: 768, layers: 12, heads: 12, mlpWidth: 3072 };
const LARGE = { width: 1024, layers: 24, heads: 16, mlpWidth: 4096 };

/** Sizes by name, as the models' own configs on the hub have them. */
const MODELS = new Map([
  ['roberta-base', { vocabSize: ROBERTA, ...BASE }],
  ['roberta-large', { vocabSize: ROBERTA, ...LARGE }],
  ['xlm-roberta-base', { vocabSize: XLM_ROBERTA, ...BASE }],
  ['xlm-roberta-large', { vocabSize: XLM_ROBERTA, ...LARGE }],
]);

export const ROBERTA_NAMES = [...MODELS.keys()];

/** Reads the tower settings of `text_cfg`. @throws ConfigUnreadable, UnsupportedSetting, ModelTooLarge */
export function readRoberta(settings: Settings, { embedDim }: ModelSettings): RobertaText | undefined {
  const model = MODELS.get(hfModelName(settings) ?? '');
  if (model === undefined) return undefined;
  const config = readHfConfig(settings);
  config.only('hidden_act', 'gelu');
  config.only('position_embedding_type', 'absolute');
  for (const other of ['is_decoder', 'add_cross_attention']) config.only(other, false);
  const width = config.integer('hidden_size', model.width);
  const heads = config.integer('num_attention_heads', model.heads);
  requireHeads(width, heads, 'text_cfg.hf_model_config');
  const text: RobertaText = {
    family: 'roberta',
    contextLength: readContextLength(settings),
    vocabSize: config.integer('vocab_size', model.vocabSize),
    width,
    layers: config.integer('num_hidden_layers', model.layers, 1, MOST_LAYERS),
    heads,
    mlpWidth: config.integer('intermediate_size', model.mlpWidth),
    positions: config.integer('max_position_embeddings', 514),
    tokenTypes: config.integer('type_vocab_size', 1),
    padId: config.integer('pad_token_id', 1, 0),
    normEpsilon: config.positive('layer_norm_eps', 1e-5),
    pool: readHfPool(settings, 'mean_pooler'),
    projection: readHfProjection(settings, width, embedDim),
    outputDim: embedDim,
  };
  config.finish();
  if (text.padId + text.contextLength >= text.positions) {
    throw settings.refusal('context_length', `there are ${text.positions} positions`);
  }
  const tokens = text.contextLength;
  requireInputRoom(`Texts of ${grouped(tokens)} tokens`, { ...text, tokens, pixels: 0 });
  return text;
}
