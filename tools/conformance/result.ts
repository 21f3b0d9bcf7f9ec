/** The parts of a fixture folder that can be run. */
export const SECTIONS = ['towers', 'preprocess', 'tokenizer', 'classify', 'evaluation'] as const;

export type Section = (typeof SECTIONS)[number];

/** The result of one case. `excused` cases run and are shown, but cannot fail. */
export interface CaseResult {
  readonly section: Section;
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'refused' | 'excused';
  /** Largest absolute difference from the expected values; absent if nothing was compared. */
  readonly difference?: number;
  readonly detail?: string;
}

/** The computed values, for `--out`. */
export interface Computed {
  /** A resized case has no texts. */
  towers: Record<string, { image_embed_norm: number[][]; text_embed_norm: number[][] }>;
  tokenizer: { text: string; ids: number[] }[];
  preprocess: {
    image: string;
    variant: string;
    size: number | readonly number[];
    resize_mode: string;
    interpolation: string;
    sha256: string;
  }[];
  classify: Record<string, ComputedBlock>;
  /** By case: metrics by name, and what was trained or fitted. */
  evaluation: Record<string, ComputedEvaluation>;
}

export type ComputedEvaluation = Readonly<Record<string, unknown>>;

/** One set of templates: `[labels][dim]`, `[images][labels]`, `[images][labels]`. */
export interface ComputedBlock {
  class_weights: number[][];
  cosine: number[][];
  softmax_logit_scale: number[][];
}

export function nothingComputed(): Computed {
  return { towers: {}, tokenizer: [], preprocess: [], classify: {}, evaluation: {} };
}

/** A flat array as rows of `width`. */
export function toRows(values: Float32Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) =>
    Array.from(values.subarray(row * width, (row + 1) * width)),
  );
}
