import type { Interview } from './interview';
import { OPENAI_MEAN, OPENAI_STD } from '../config/preprocess-config';

type Json = Readonly<Record<string, unknown>>;

const OPENAI = { mean: OPENAI_MEAN, std: OPENAI_STD };
const HALF = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

const SHORTEST = { interpolation: 'bicubic', resize_mode: 'shortest' };
const SQUASH = { interpolation: 'bicubic', resize_mode: 'squash' };

/** The preprocessing of published families. Why one question: the family determines both mean and resizing. */
const WAYS = {
  openai: ["OpenAI's mean, cropped (most CLIPs)", { ...OPENAI, ...SHORTEST }],
  'openai-squash': ["OpenAI's mean, squashed (DFN's ViT-H, MetaCLIP 2 at 378)", { ...OPENAI, ...SQUASH }],
  half: ["Mean 0.5, cropped (LAION-2B's ViT-L)", { ...HALF, ...SHORTEST }],
  siglip: ['Mean 0.5, squashed (SigLIP)', { ...HALF, ...SQUASH }],
  clipa: [
    "ImageNet's mean, squashed, bilinear (CLIPA)",
    { ...IMAGENET, interpolation: 'bilinear', resize_mode: 'squash' },
  ],
  imagenet: ["ImageNet's mean, cropped", { ...IMAGENET, ...SHORTEST }],
} as const satisfies Record<string, readonly [label: string, config: Json]>;

/** `preprocess_cfg`. @throws ArchitectureUnclear for an invalid answer */
export function preprocessConfig(preset: 'openai' | 'clipa' | 'siglip', interview: Interview): Json {
  const choices = Object.entries(WAYS).map(
    ([value, [label]]) => [value as keyof typeof WAYS, label] as const,
  );
  return WAYS[interview.choose('preprocess', 'Preparation of pictures', choices, preset)][1];
}
