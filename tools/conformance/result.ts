/** The parts of a fixture folder that can be run. */
export const SECTIONS = ['towers', 'preprocess', 'tokenizer', 'classify'] as const;

export type Section = (typeof SECTIONS)[number];

/** How one case ended. `excused` cases are run and shown, whatever they give. */
export interface CaseResult {
  readonly section: Section;
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'refused' | 'excused';
  /** Largest absolute difference to the expected values; absent where nothing could be compared. */
  readonly difference?: number;
  readonly detail?: string;
}

/** What was computed, whatever the comparison says. */
export interface Computed {
  /** A case of another image size has no texts. */
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
}

/** One set of templates: `[labels][dim]`, `[images][labels]`, `[images][labels]`. */
export interface ComputedBlock {
  class_weights: number[][];
  cosine: number[][];
  softmax_logit_scale: number[][];
}

export function nothingComputed(): Computed {
  return { towers: {}, tokenizer: [], preprocess: [], classify: {} };
}

/** The largest absolute difference; Infinity where lengths differ or a value is no number. */
export function largestDifference(computed: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (computed.length !== expected.length) return Infinity;
  let largest = 0;
  for (let at = 0; at < computed.length; at++) {
    const difference = Math.abs((computed[at] ?? NaN) - (expected[at] ?? NaN));
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}

/** A flat array as rows of `width`. */
export function toRows(values: Float32Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) =>
    Array.from(values.subarray(row * width, (row + 1) * width)),
  );
}
