import { Settings } from '../config/settings';
import { readImageStack, readStack, stackConfig, textConfig, type HfModel, type Json } from './stack';

/** Tokens of CLIP's own tokenizer, which OpenCLIP means where a config names none. */
const CLIP_VOCABULARY = 49_408;

const DEFAULTS = { activation: 'quick_gelu', normEpsilon: 1e-5 };

/** A `CLIPModel`. Defaults are those of transformers 5.18's `CLIPConfig`. @throws ConfigUnreadable, UnsupportedSetting */
export function clipModel(root: Settings): HfModel {
  // Of the two forms of the same settings the older one wins, as a whole.
  const settingsOf = (name: string) => new Settings(root.raw(`${name}_dict`) ?? root.raw(name) ?? {}, name);
  const [vision, text] = [settingsOf('vision_config'), settingsOf('text_config')];
  const image = readImageStack(vision, { ...DEFAULTS, patchSize: 32 });
  const words = readStack(text, 'text_config', { ...DEFAULTS, width: 512, heads: 8 });
  const quickGelu = words.activation === 'quick-gelu';
  if (quickGelu !== (image.activation === 'quick-gelu')) {
    const [other, its] = quickGelu ? [vision, 'text_config'] : [text, 'vision_config'];
    throw other.refusal('hidden_act', `${its} has quick_gelu, and both towers must have it or none`);
  }
  const text_cfg = textConfig(text, words, { positions: 77, vocabSize: CLIP_VOCABULARY });
  return {
    imageSize: image.imageSize,
    model: {
      embed_dim: root.integer('projection_dim', 512),
      ...(quickGelu && { quick_gelu: true }),
      vision_cfg: {
        image_size: image.imageSize,
        patch_size: image.patchSize,
        head_width: image.width / image.heads,
        ...stackConfig(image),
      },
      text_cfg: {
        ...text_cfg,
        ...(text_cfg.vocab_size !== CLIP_VOCABULARY && { hf_tokenizer_name: 'tokenizer.json' }),
        ...pooling(text.integer('eos_token_id', 49_407, 0), text_cfg.vocab_size),
      },
    },
  };
}

/**
 * Where a text's embedding is read from: at its first end token.
 *
 * Why 2 means the highest id: configs with it were written before that setting was right, and transformers reads them
 * like this. An id beyond the vocabulary is in no text; then transformers takes the first place.
 */
function pooling(eosId: number, vocabSize: number): Json {
  if (eosId === 2) return {};
  return eosId < vocabSize ? { pool_type: 'eos', eos_id: eosId } : { pool_type: 'first' };
}
