import { Settings } from '../config/settings';
import { SIGLIP_NORM_EPSILON } from '../families/vit/timm-presets';
import { closestSiglip } from '../from-shapes/image';
import { readImageStack, readStack, textConfig, type HfModel, type Json } from './stack';

const DEFAULTS = { activation: 'gelu_pytorch_tanh', normEpsilon: SIGLIP_NORM_EPSILON };

/**
 * A `SiglipModel`, of SigLIP or of SigLIP 2 at a fixed size. Defaults are those of transformers 5.18's `SiglipConfig`.
 * @param tokenizerConfig the parsed `tokenizer_config.json`, if there is one
 * @throws ConfigUnreadable, UnsupportedSetting
 */
export function siglipModel(root: Settings, tokenizerConfig: unknown): HfModel {
  const vision = new Settings(root.raw('vision_config') ?? {}, 'vision_config');
  const text = new Settings(root.raw('text_config') ?? {}, 'text_config');
  const image = readImageStack(vision, { ...DEFAULTS, patchSize: 16 });
  vision.only('vision_use_head', true);
  if (image.normEpsilon !== SIGLIP_NORM_EPSILON) {
    throw vision.refusal('layer_norm_eps', `SigLIP's image towers have ${SIGLIP_NORM_EPSILON}`);
  }
  const { activation, imageSize, patchSize } = image;
  if (activation === 'quick-gelu') throw vision.refusal('hidden_act', 'SigLIP has gelu or gelu_pytorch_tanh');
  const words = readStack(text, 'text_config', { ...DEFAULTS, width: 768, heads: 12 });
  const text_cfg = textConfig(text, words, { positions: 64, vocabSize: 32_000 });
  return {
    imageSize,
    model: {
      embed_dim: text.integer('projection_size', words.width),
      ...(words.activation === 'quick-gelu' && { quick_gelu: true }),
      custom_text: true,
      init_logit_bias: -10,
      vision_cfg: closestSiglip({
        ...image,
        activation,
        patchSize: [patchSize, patchSize],
        imageSize: [imageSize, imageSize],
      }),
      text_cfg: {
        ...text_cfg,
        no_causal_mask: true,
        pool_type: 'last',
        proj_bias: true,
        ...tokenizer(tokenizerConfig, text_cfg.vocab_size),
      },
    },
  };
}

/** Published tokenizers by the number of their tokens, to be looked for where a model does not bring its own. */
const TOKENIZERS: ReadonlyMap<number, string> = new Map([
  [32_000, 'timm/ViT-B-16-SigLIP'],
  [250_000, 'timm/ViT-B-16-SigLIP-i18n-256'],
  [256_000, 'timm/ViT-B-16-SigLIP2'],
]);

/** How a text becomes ids: `SiglipTokenizer` drops punctuation; Gemma's, which SigLIP 2 has, only capitals. */
function tokenizer(tokenizerConfig: unknown, vocabSize: number): Json {
  const settings = new Settings(tokenizerConfig ?? {}, 'tokenizer_config.json');
  settings.only('padding_side', 'right');
  const keepsMarks = /^(?:Gemma|Siglip2)Tokenizer(?:Fast)?$/.test(settings.name('tokenizer_class') ?? '');
  return {
    hf_tokenizer_name: TOKENIZERS.get(vocabSize) ?? 'tokenizer.json',
    tokenizer_kwargs: { clean: keepsMarks ? 'lower' : 'canonicalize' },
  };
}
