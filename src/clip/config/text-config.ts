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

/** OpenAI's BPE has this many tokens; the default of OpenCLIP's `CLIPTextCfg`. */
const DEFAULT_VOCAB_SIZE = 49_408;

/** Far above any published model: a damaged config must not ask for a causal mask that fills the memory. */
const MOST_TOKENS = 8_192;

/** Tokens in a text, start and end included. @throws ConfigUnreadable */
export function readContextLength(settings: Settings): number {
  return settings.integer('context_length', 77, 2, MOST_TOKENS);
}

/** Reads what `text_cfg` says of the tower. @throws ConfigUnreadable, UnsupportedSetting */
export function readText(settings: Settings, embedDim: number, quickGelu: boolean): TextArchitecture {
  if (settings.name('hf_model_name') !== undefined) throw settings.refusal('hf_model_name');
  settings.harmless('hf_model_pretrained', 'hf_proj_type', 'hf_pooler_type');
  settings.only('embed_cls', false);
  const causal = !settings.flag('no_causal_mask');
  // OpenCLIP masks padding only where texts are read both ways.
  if (!causal) settings.only('use_pad_mask', false);
  settings.harmless('use_pad_mask', 'correct_cls_mask', 'final_ln_after_pool', 'output_tokens');
  // Why pad_id changes nothing: it only masks padding, for a class token or a padding mask, both refused above.
  settings.integer('pad_id', 0, 0);
  const width = settings.integer('width', 512);
  const projection = readProjection(settings);
  const text: TextArchitecture = {
    ...readTransformer(settings, width, settings.integer('heads', 8), quickGelu, 'text_cfg'),
    contextLength: readContextLength(settings),
    vocabSize: settings.integer('vocab_size', DEFAULT_VOCAB_SIZE),
    causal,
    pool: settings.choice('pool_type', ['argmax', 'first', 'last', 'eos']),
    eosId: settings.integer('eos_id', 2, 0),
    projection,
    outputDim: projection === 'none' ? width : embedDim,
  };
  settings.finish();
  return text;
}

function readProjection(settings: Settings): TextArchitecture['projection'] {
  const kind = settings.choice('proj_type', ['linear', 'none']);
  const biased = settings.flag('proj_bias');
  if (kind === 'none') return 'none';
  return biased ? 'linear' : 'matrix';
}
