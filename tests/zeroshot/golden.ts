import { readFileSync } from 'node:fs';

/** What the real OpenCLIP computed with one set of templates over 5 labels and 4 pictures. */
export interface GoldenBlock {
  templates: string[];
  /** `[labels][dim]` */
  class_weights: number[][];
  /** `[pictures][labels]` */
  cosine: number[][];
  softmax_logit_scale: number[][];
  softmax_100: number[][];
}

interface Golden extends Record<'openai_80' | 'simple_7' | 'single_1', GoldenBlock> {
  labels: string[];
  logit_scale_exp: number;
  /** `[pictures][dim]` */
  image_embed_norm: number[][];
}

export const golden = JSON.parse(
  readFileSync(new URL('../fixtures/classify/zeroshot.json', import.meta.url), 'utf8'),
) as Golden;

export const goldenBlocks = [
  ['openai_80', golden.openai_80],
  ['simple_7', golden.simple_7],
  ['single_1', golden.single_1],
] as const;
