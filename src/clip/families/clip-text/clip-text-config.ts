import { grouped } from '../../../core/digits';
import { requireInputRoom } from '../../config/room';
import type { Settings } from '../../config/settings';
import { readContextLength } from '../../config/context-length';
import type { ModelSettings } from '../image-family';
import type { TextTowerShape } from '../text-family';
import { readTransformer, type TransformerArchitecture } from '../../config/transformer-config';

export type TextPool = 'argmax' | 'first' | 'last' | 'eos';

/** OpenCLIP's own text tower. */
export interface ClipText extends TransformerArchitecture, TextTowerShape {
  readonly family: 'clip';
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
}

/** Vocabulary size of OpenAI's BPE, the default of OpenCLIP's `CLIPTextCfg`. */
const DEFAULT_VOCAB_SIZE = 49_408;

/** Reads the tower settings of `text_cfg`. @throws ConfigUnreadable, UnsupportedSetting, ModelTooLarge */
export function readClipText(
  settings: Settings,
  { embedDim, quickGelu }: ModelSettings,
): ClipText | undefined {
  if (settings.name('hf_model_name') !== undefined) return undefined;
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
  const text: ClipText = {
    family: 'clip',
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
  const tokens = textSequence(text);
  requireInputRoom(`Texts of ${grouped(tokens)} tokens`, { ...text, tokens, pixels: 0 });
  return text;
}

/** Tokens in a sequence: the ids, and a class token if there is one. */
export function textSequence({
  contextLength,
  classToken,
}: Pick<ClipText, 'contextLength' | 'classToken'>): number {
  return contextLength + (classToken ? 1 : 0);
}

function readProjection(settings: Settings): ClipText['projection'] {
  const kind = settings.choice('proj_type', ['linear', 'none']);
  const biased = settings.flag('proj_bias');
  if (kind === 'none') return 'none';
  return biased ? 'linear' : 'matrix';
}
