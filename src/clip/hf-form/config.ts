import { Failure } from '../../core/failure';
import { property } from '../../core/json';
import { parseJson } from '../parse-json';
import { CHECKPOINT_FILES } from '../checkpoint-files';
import { Settings } from '../config/settings';
import { clipModel } from './clip-model';
import { preprocessConfig, type HfKind } from './image-processor';
import { siglipModel } from './siglip-model';

/** Small files that transformers writes beside `config.json`, by their role. */
type OtherText = 'preprocessor' | 'processor' | 'tokenizerConfig';

/** `architectures` and `model_type` of the models that are read. */
const KINDS: readonly (readonly [architecture: string, type: string, kind: HfKind])[] = [
  ['CLIPModel', 'clip', 'clip'],
  ['SiglipModel', 'siglip', 'siglip'],
];

/**
 * The text of `open_clip_config.json`: `config` itself, or made of it and others where it is one of transformers.
 *
 * Why made into OpenCLIP's: from here on there is one form to read, to keep and to save.
 * @param file the config's name, for error messages
 * @param read the text of another file, undefined if there is none
 * @throws ConfigUnreadable, UnsupportedSetting, and what `read` throws
 */
export async function openClipConfig(
  file: string,
  config: string,
  read: (part: OtherText) => Promise<string | undefined>,
): Promise<string> {
  const root = new Settings(parseJson(config, file), file);
  if (root.has('model_cfg')) return config;
  if (!root.has('architectures') && !root.has('model_type')) {
    const lacks = 'model_cfg, as OpenCLIP writes it, nor architectures or model_type, as transformers does';
    throw new Failure('ConfigUnreadable', `${file} has neither ${lacks}.`);
  }
  const parsed = async (part: OtherText): Promise<unknown> => {
    const text = await read(part);
    return text === undefined ? undefined : parseJson(text, CHECKPOINT_FILES[part]);
  };
  const kind = kindOf(root);
  const { model, imageSize } =
    kind === 'clip' ? clipModel(root) : siglipModel(root, await parsed('tokenizerConfig'));
  // Newer versions of transformers write the second alone, as a part of the first.
  const processor = property(await parsed('processor'), 'image_processor') ?? (await parsed('preprocessor'));
  const made = { model_cfg: model, preprocess_cfg: preprocessConfig(processor, kind, imageSize) };
  return `${JSON.stringify(made, undefined, 2)}\n`;
}

/** Models have names of their own; `model_type` also names parts of them. */
function kindOf(root: Settings): HfKind {
  const key = root.has('architectures') ? 'architectures' : 'model_type';
  const names = [root.raw(key)].flat();
  const known = KINDS.find(([architecture, type]) =>
    names.includes(key === 'model_type' ? type : architecture),
  );
  if (known) return known[2];
  const naflex = names.includes('Siglip2Model') || names.includes('siglip2');
  const hint = naflex
    ? 'it takes pictures of any shape (NaFlex); those of a fixed size are SiglipModel'
    : 'of the models of transformers Clipscope runs CLIPModel and SiglipModel';
  throw root.refusal(key, hint);
}
