import { property } from '../core/json';
import type { PreprocessSettings } from '../core/preprocess-settings';
import { readPreprocess } from './config/preprocess-config';
import { Settings } from './config/settings';
import { readTokenizer, type TokenizerSettings } from './config/tokenizer-config';
import { readVision, type VisionArchitecture } from './families/image-families';
import { readText, type TextArchitecture } from './families/text-families';

export type { CleanKind, TokenizerSettings } from './config/tokenizer-config';
export type { TransformerArchitecture } from './config/transformer-config';
export type { VisionArchitecture } from './families/image-families';
export type { TextArchitecture } from './families/text-families';

/** The contents of `open_clip_config.json`. */
export interface Architecture {
  readonly vision: VisionArchitecture;
  readonly text: TextArchitecture;
  readonly tokenizer: TokenizerSettings;
  readonly preprocess: PreprocessSettings;
  /** Whether OpenCLIP loads it as `CustomTextCLIP`, with the text tower under `text.`; else as `CLIP`. */
  readonly customText: boolean;
  /** Whether the checkpoint, of a CoCa, also has a decoder that writes captions, which is left unread. */
  readonly hasDecoder?: boolean;
}

/**
 * Reads the parsed `open_clip_config.json`. Defaults are those of OpenCLIP's `CLIPVisionCfg` and `CLIPTextCfg`.
 * @throws ConfigUnreadable if a value is missing or of the wrong type
 * @throws UnsupportedSetting for a setting that the graph builder does not support
 * @throws ModelTooLarge if one picture or text takes more memory than WebAssembly has
 */
export function readArchitecture(config: unknown): Architecture {
  const root = new Settings(config, 'open_clip_config.json');
  const model = new Settings(root.raw('model_cfg'), 'model_cfg');
  const embedDim = model.integer('embed_dim');
  const quickGelu = model.flag('quick_gelu');
  model.harmless('init_logit_scale', 'init_logit_bias', 'nonscalar_logit_scale', 'output_dict');
  const [visionConfig, textConfig] = [model.raw('vision_cfg'), model.raw('text_cfg')];
  // OpenCLIP checks only that the key exists, not its value.
  const hasDecoder = model.has('multimodal_cfg');
  model.harmless('multimodal_cfg');
  const customText =
    model.flag('custom_text') || hasDecoder || property(textConfig, 'hf_model_name') !== undefined;
  model.finish();
  const vision = readVision(visionConfig, { embedDim, quickGelu });
  const textSettings = new Settings(textConfig, 'text_cfg');
  const tokenizer = readTokenizer(textSettings);
  const text = readText(textSettings, { embedDim, quickGelu });
  return {
    vision,
    text,
    tokenizer,
    preprocess: readPreprocess(root.raw('preprocess_cfg'), vision.imageSize),
    customText,
    ...(hasDecoder && { hasDecoder }),
  };
}
