import { Failure } from '../../core/failure';
import type { SafetensorsHeader } from '../../formats/safetensors';
import { readArchitecture } from '../architecture';
import { openClipConfig, siglipConfig, siglipPresets } from './image';
import { Interview, unclear, type ShapeQuestion } from './interview';
import { preprocessConfig } from './preprocess';
import { readShapes, type TowerShapes } from './shapes';
import { isPublishedSiglipText, isSiglip2, textConfig, textStyle } from './text';
import { findTensors } from '../weights/tensors';

export type { ShapeQuestion } from './interview';

/**
 * What neither names nor shapes tell of weights without a config, the likeliest to differ from its preset first. Empty
 * where the shapes are those of a published SigLIP.
 * @throws ArchitectureUnclear where they are no ViT of OpenCLIP's or of SigLIP's, are not complete or contradict each other
 */
export function questionsAbout(header: SafetensorsHeader): ShapeQuestion[] {
  const interview = new Interview({});
  writeConfig(header, interview);
  return [...interview.questions];
}

/**
 * The `open_clip_config.json` of weights without one, as OpenCLIP would load it; `answers` by the key of the question,
 * the preset where there is none. Numbers are taken wherever they fit, listed or not.
 * @throws ArchitectureUnclear as `questionsAbout`, and where an answer does not fit the shapes
 */
export function configFor(header: SafetensorsHeader, answers: Readonly<Record<string, string>>): unknown {
  return writeConfig(header, new Interview(answers));
}

function writeConfig(header: SafetensorsHeader, interview: Interview): unknown {
  const shapes = readShapes(header);
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

/** Why a published SigLIP is asked about its picture's size alone: its shapes are met with no other settings. */
function timmModel(shapes: TowerShapes, interview: Interview): unknown {
  const isPublished = isPublishedSiglipText(shapes) && siglipPresets(shapes.image).length > 0;
  const rest = isPublished ? new Interview({}) : interview;
  const activation = askTextActivation(shapes, rest);
  const preprocess_cfg = preprocessConfig('siglip', rest);
  const vision_cfg = siglipConfig(shapes.image, isSiglip2(shapes), interview);
  const text_cfg = textConfig(shapes, activation === 'gelu-tanh', rest);
  return { model_cfg: { ...modelConfig(shapes, activation), vision_cfg, text_cfg }, preprocess_cfg };
}

/** What `model_cfg` says beside the towers. */
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

/** Why OpenAI's archives preset QuickGELU: all that OpenAI published has it. */
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

/** For timm's towers, whose activation is their own. */
function askTextActivation(shapes: TowerShapes, interview: Interview) {
  const choices = [['gelu', 'GELU'], ['gelu-tanh', 'GELU with tanh (SigLIP 2)'], QUICK_GELU] as const;
  const preset = isSiglip2(shapes) ? 'gelu-tanh' : 'gelu';
  return interview.choose('textActivation', 'Activation of the text tower', choices, preset);
}

/** Why as a checkpoint with a config is checked: whatever is missing, of another shape or too many is named there. */
function requireFit(header: SafetensorsHeader, config: unknown): void {
  try {
    findTensors(header, readArchitecture(config));
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    throw unclear(`No config fits these tensors. ${cause.message}`, { cause });
  }
}
