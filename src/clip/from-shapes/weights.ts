import { Failure } from '../../core/failure';
import type { WeightsHeader } from '../../formats/safetensors';
import { readArchitecture } from '../architecture';
import { openClipConfig, resNetConfig, siglipConfig, siglipPresets } from './image';
import { Interview, unclear, type ShapeQuestion } from './interview';
import { preprocessConfig } from './preprocess';
import { readShapes, type ImageShape, type ResNetShape, type TowerShapes } from './shapes';
import { isPublishedSiglipText, isSiglip2, textConfig, textStyle } from './text';
import { openClipNames, findTensors } from '../weights/tensors';

export type { ShapeQuestion } from './interview';

/**
 * The questions that names and shapes leave open for weights without a config, those most likely to need a non-default
 * answer first. None for the shapes of a published SigLIP.
 * @throws ArchitectureUnclear unless they are a complete, consistent ViT of OpenCLIP (also a CoCa's) or SigLIP, or a
 *   ResNet of OpenAI
 */
export function questionsAbout(header: WeightsHeader): ShapeQuestion[] {
  const interview = new Interview({});
  writeConfig(header, interview);
  return [...interview.questions];
}

/**
 * An `open_clip_config.json`, loadable by OpenCLIP, for weights without one. `answers` by question key, default: the
 * preset; numbers need not be listed choices, only fit the shapes.
 * @throws ArchitectureUnclear like `questionsAbout`, and if an answer does not fit the shapes
 */
export function configFor(header: WeightsHeader, answers: Readonly<Record<string, string>>): unknown {
  return writeConfig(header, new Interview(answers));
}

function writeConfig(header: WeightsHeader, interview: Interview): unknown {
  const shapes = readShapes(openClipNames(header));
  const config = modelOf(shapes, interview);
  requireFit(header, config);
  return config;
}

function modelOf({ image, ...rest }: TowerShapes, interview: Interview): unknown {
  switch (image.kind) {
    case 'timm':
      return timmModel({ image, ...rest }, interview);
    case 'resnet':
      return resNetModel({ image, ...rest }, interview);
    case 'open-clip':
      return openClipModel({ image, ...rest }, interview);
  }
}

function openClipModel(shapes: TowerShapes<ImageShape>, interview: Interview): unknown {
  const activation = askActivation(shapes, interview);
  const inTower = (tower: 'image' | 'text') => activation === 'gelu-tanh' || activation === `${tower}-tanh`;
  const style = textStyle(shapes);
  const preprocess_cfg = preprocessConfig(style === 'clipa' ? 'clipa' : 'openai', interview);
  const vision_cfg = openClipConfig(shapes.image, inTower('image'), interview);
  const text_cfg = textConfig(shapes, inTower('text'), interview);
  // OpenCLIP's CoCa needs them beside the embedding; its CLIP must not have them.
  const tokens = shapes.decoder ? { output_tokens: true } : {};
  return {
    model_cfg: {
      ...modelConfig(shapes, activation),
      vision_cfg: { ...vision_cfg, ...tokens },
      text_cfg: { ...text_cfg, ...tokens },
    },
    preprocess_cfg,
  };
}

/** Why not asked for the image tower's activation: it has ReLU. */
function resNetModel(shapes: TowerShapes<ResNetShape>, interview: Interview): unknown {
  const activation = askTextActivation(shapes, interview);
  const preprocess_cfg = preprocessConfig('openai', interview);
  const vision_cfg = resNetConfig(shapes.image, interview);
  const text_cfg = textConfig(shapes, activation === 'gelu-tanh', interview);
  return { model_cfg: { ...modelConfig(shapes, activation), vision_cfg, text_cfg }, preprocess_cfg };
}

/** Why only the image size of a published SigLIP is asked: its shapes occur with no other settings. */
function timmModel(shapes: TowerShapes<ImageShape>, interview: Interview): unknown {
  const isPublished = isPublishedSiglipText(shapes) && siglipPresets(shapes.image).length > 0;
  const rest = isPublished ? new Interview({}) : interview;
  const activation = askTextActivation(shapes, rest);
  const preprocess_cfg = preprocessConfig('siglip', rest);
  const vision_cfg = siglipConfig(shapes.image, isSiglip2(shapes), interview);
  const text_cfg = textConfig(shapes, activation === 'gelu-tanh', rest);
  return { model_cfg: { ...modelConfig(shapes, activation), vision_cfg, text_cfg }, preprocess_cfg };
}

/** The fields of `model_cfg` besides the towers. */
function modelConfig(
  { image, text, decoder, logitBias, nonscalarLogitScale }: TowerShapes,
  activation: string,
) {
  return {
    embed_dim: image.outputDim,
    ...(activation === 'quick-gelu' ? { quick_gelu: true } : {}),
    ...(text.custom ? { custom_text: true } : {}),
    ...(decoder ? { multimodal_cfg: captionsConfig(text, decoder) } : {}),
    ...(logitBias ? { init_logit_bias: -10 } : {}),
    ...(nonscalarLogitScale ? { nonscalar_logit_scale: true } : {}),
  };
}

/** `multimodal_cfg`, of which only OpenCLIP reads more than that it is there. Heads are 64 wide as in both CoCas. */
function captionsConfig(
  { contextLength, vocabSize }: TowerShapes['text'],
  { width, layers }: NonNullable<TowerShapes['decoder']>,
) {
  const heads = Math.max(1, Math.floor(width / 64));
  return { context_length: contextLength, vocab_size: vocabSize, width, heads, layers };
}

const GELU = ['gelu', 'GELU (LAION, DataComp, CLIPA)'] as const;
const QUICK_GELU = ['quick-gelu', 'QuickGELU (OpenAI, MetaCLIP, DFN)'] as const;

/** Why QuickGELU is the default for OpenAI's archives: all models by OpenAI have it. */
function askActivation({ fromOpenAi }: TowerShapes, interview: Interview) {
  const choices = [
    GELU,
    QUICK_GELU,
    ['gelu-tanh', 'GELU with tanh'],
    ['image-tanh', 'GELU, with tanh in the image tower'],
    ['text-tanh', 'GELU, with tanh in the text tower'],
  ] as const;
  return interview.choose('activation', 'Activation', choices, fromOpenAi ? 'quick-gelu' : 'gelu');
}

/** For checkpoints with an image tower that has its own activation. All published ResNets stand beside QuickGELU. */
function askTextActivation(shapes: TowerShapes, interview: Interview) {
  const choices = [['gelu', 'GELU'], ['gelu-tanh', 'GELU with tanh (SigLIP 2)'], QUICK_GELU] as const;
  const preset = shapes.image.kind === 'resnet' ? 'quick-gelu' : isSiglip2(shapes) ? 'gelu-tanh' : 'gelu';
  return interview.choose('textActivation', 'Activation of the text tower', choices, preset);
}

/** Why check like a checkpoint with a config: its errors name missing, misshapen and unexpected tensors. */
function requireFit(header: WeightsHeader, config: unknown): void {
  try {
    findTensors(header, readArchitecture(config));
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    throw unclear(`No config fits these tensors. ${cause.message}`, { cause });
  }
}
