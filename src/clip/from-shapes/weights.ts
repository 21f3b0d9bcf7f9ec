import { Failure } from '../../core/failure';
import type { WeightsHeader } from '../../formats/safetensors';
import { readArchitecture } from '../architecture';
import { openClipConfig, siglipConfig, siglipPresets } from './image';
import { Interview, unclear, type ShapeQuestion } from './interview';
import { preprocessConfig } from './preprocess';
import { readShapes, type TowerShapes } from './shapes';
import { isPublishedSiglipText, isSiglip2, textConfig, textStyle } from './text';
import { openClipNames, findTensors } from '../weights/tensors';

export type { ShapeQuestion } from './interview';

/**
 * The questions that names and shapes leave open for weights without a config, those most likely to need a non-default
 * answer first. None for the shapes of a published SigLIP.
 * @throws ArchitectureUnclear unless they are a complete, consistent ViT of OpenCLIP or SigLIP
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
  const config =
    shapes.image.kind === 'timm' ? timmModel(shapes, interview) : openClipModel(shapes, interview);
  requireFit(header, config);
  return config;
}

function openClipModel(shapes: TowerShapes, interview: Interview): unknown {
  const activation = askActivation(shapes, interview);
  const inTower = (tower: 'image' | 'text') => activation === 'gelu-tanh' || activation === `${tower}-tanh`;
  const style = textStyle(shapes);
  const preprocess_cfg = preprocessConfig(style === 'clipa' ? 'clipa' : 'openai', interview);
  const vision_cfg = openClipConfig(shapes.image, inTower('image'), interview);
  const text_cfg = textConfig(shapes, inTower('text'), interview);
  return { model_cfg: { ...modelConfig(shapes, activation), vision_cfg, text_cfg }, preprocess_cfg };
}

/** Why only the image size of a published SigLIP is asked: its shapes occur with no other settings. */
function timmModel(shapes: TowerShapes, interview: Interview): unknown {
  const isPublished = isPublishedSiglipText(shapes) && siglipPresets(shapes.image).length > 0;
  const rest = isPublished ? new Interview({}) : interview;
  const activation = askTextActivation(shapes, rest);
  const preprocess_cfg = preprocessConfig('siglip', rest);
  const vision_cfg = siglipConfig(shapes.image, isSiglip2(shapes), interview);
  const text_cfg = textConfig(shapes, activation === 'gelu-tanh', rest);
  return { model_cfg: { ...modelConfig(shapes, activation), vision_cfg, text_cfg }, preprocess_cfg };
}

/** The fields of `model_cfg` besides the towers. */
function modelConfig({ image, text, logitBias, nonscalarLogitScale }: TowerShapes, activation: string) {
  return {
    embed_dim: image.outputDim,
    ...(activation === 'quick-gelu' ? { quick_gelu: true } : {}),
    ...(text.custom ? { custom_text: true } : {}),
    ...(logitBias ? { init_logit_bias: -10 } : {}),
    ...(nonscalarLogitScale ? { nonscalar_logit_scale: true } : {}),
  };
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

/** For checkpoints with a timm image tower, whose preset has its own activation. */
function askTextActivation(shapes: TowerShapes, interview: Interview) {
  const choices = [['gelu', 'GELU'], ['gelu-tanh', 'GELU with tanh (SigLIP 2)'], QUICK_GELU] as const;
  const preset = isSiglip2(shapes) ? 'gelu-tanh' : 'gelu';
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
