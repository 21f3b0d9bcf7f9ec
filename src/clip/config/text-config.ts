import { grouped } from '../../core/digits';
import { requireInputRoom } from './room';
import type { Settings } from './settings';
import { readTransformer, type TransformerArchitecture } from './transformer-config';

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

/** Vocabulary size of OpenAI's BPE, the default of OpenCLIP's `CLIPTextCfg`. */
const DEFAULT_VOCAB_SIZE = 49_408;

/** Far above any published model: a damaged config must not request a causal mask that exhausts memory. */
const MOST_TOKENS = 8_192;

/** Tokens in a text, including start and end. @throws ConfigUnreadable */
export function readContextLength(settings: Settings): number {
  return settings.integer('context_length', 77, 2, MOST_TOKENS);
}

/** Reads the tower settings of `text_cfg`. @throws ConfigUnreadable, UnsupportedSetting, ModelTooLarge */
export function readText(settings: Settings, embedDim: number, quickGelu: boolean): TextArchitecture {
  if (settings.name('hf_model_name') !== undefined) throw settings.refusal('hf_model_name');
  settings.harmless('hf_model_pretrained', 'hf_proj_type', 'hf_pooler_type');
  settings.only('embed_cls', false);
  const causal = !settings.flag('no_causal_mask');
  // OpenCLIP masks padding only with bidirectional attention.
  if (!causal) settings.only('use_pad_mask', false);
  settings.harmless('use_pad_mask', 'correct_cls_mask', 'final_ln_after_pool', 'output_tokens');
  // Why pad_id has no effect: it only serves to mask padding, for a class token or a padding mask, both rejected above.
  settings.integer('pad_id', 0, 0);
  const width = settings.integer('width', 512);
  const projection = readProjection(settings);
  const pool = settings.choice('pool_type', ['argmax', 'first', 'last', 'eos']);
  const text: TextArchitecture = {
    ...readTransformer(settings, width, settings.integer('heads', 8), quickGelu, 'text_cfg'),
    contextLength: readContextLength(settings),
    vocabSize: settings.integer('vocab_size', DEFAULT_VOCAB_SIZE),
    causal,
    pool,
    // OpenCLIP has no default for it any more.
    eosId: settings.integer('eos_id', pool === 'eos' ? undefined : 2, 0),
    projection,
    outputDim: projection === 'none' ? width : embedDim,
  };
  if (text.pool === 'eos' && text.eosId >= text.vocabSize) {
    throw settings.refusal('eos_id', 'it ends each text, and is not in the vocabulary');
  }
  settings.finish();
  const tokens = text.contextLength;
  requireInputRoom(`Texts of ${grouped(tokens)} tokens`, { ...text, tokens, pixels: 0 });
  return text;
}

function readProjection(settings: Settings): TextArchitecture['projection'] {
  const kind = settings.choice('proj_type', ['linear', 'none']);
  const biased = settings.flag('proj_bias');
  if (kind === 'none') return 'none';
  return biased ? 'linear' : 'matrix';
}
