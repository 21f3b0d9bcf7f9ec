import { grouped } from '../../core/digits';
import { requireInputRoom } from './room';
import type { Settings } from './settings';
import { readTransformer, type TransformerArchitecture } from './transformer-config';

export type TextPool = 'argmax' | 'first' | 'last' | 'eos';

export interface TextArchitecture extends TransformerArchitecture {
  /** Ids of a text. */
  readonly contextLength: number;
  readonly vocabSize: number;
  readonly causal: boolean;
  /** Of a CoCa: a learned token after the ids, which is read in place of `pool`. */
  readonly classToken?: boolean;
  /**
   * Which ids are not attended to: those that are `padId`; `shifted`, as CoCas were trained, those after one that is
   * (of the class token: if the last id is). Absent: all are.
   */
  readonly padMask?: { readonly padId: number; readonly shifted: boolean };
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
  const classToken = settings.flag('embed_cls');
  const causal = !settings.flag('no_causal_mask');
  // OpenCLIP masks padding only with bidirectional attention, and always beside a class token.
  const masksPadding = (settings.flag('use_pad_mask') && !causal) || classToken;
  const shifted = classToken && !settings.flag('correct_cls_mask');
  settings.harmless('correct_cls_mask', 'final_ln_after_pool', 'output_tokens');
  const padId = settings.integer('pad_id', 0, 0);
  const width = settings.integer('width', 512);
  const projection = readProjection(settings);
  const pool = settings.choice('pool_type', ['argmax', 'first', 'last', 'eos']);
  const text: TextArchitecture = {
    ...readTransformer(settings, width, settings.integer('heads', 8), quickGelu, 'text_cfg'),
    contextLength: readContextLength(settings),
    vocabSize: settings.integer('vocab_size', DEFAULT_VOCAB_SIZE),
    causal,
    ...(classToken && { classToken }),
    ...(masksPadding && { padMask: { padId, shifted } }),
    pool,
    // OpenCLIP has no default for it any more.
    eosId: settings.integer('eos_id', pool === 'eos' && !classToken ? undefined : 2, 0),
    projection,
    outputDim: projection === 'none' ? width : embedDim,
  };
  if (text.pool === 'eos' && text.eosId >= text.vocabSize) {
    throw settings.refusal('eos_id', 'it ends each text, and is not in the vocabulary');
  }
  settings.finish();
  const tokens = textSequence(text);
  requireInputRoom(`Texts of ${grouped(tokens)} tokens`, { ...text, tokens, pixels: 0 });
  return text;
}

/** Tokens in a sequence: the ids, and a class token if there is one. */
export function textSequence({
  contextLength,
  classToken,
}: Pick<TextArchitecture, 'contextLength' | 'classToken'>): number {
  return contextLength + (classToken ? 1 : 0);
}

function readProjection(settings: Settings): TextArchitecture['projection'] {
  const kind = settings.choice('proj_type', ['linear', 'none']);
  const biased = settings.flag('proj_bias');
  if (kind === 'none') return 'none';
  return biased ? 'linear' : 'matrix';
}
