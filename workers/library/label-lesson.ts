/** The part of the library worker's interface by which labels learn: types only. */
import type { Embeddings, UnitRows } from '../../src/core/unit-rows';
import type { HeldOutLabels } from '../../src/zeroshot/held-out-labels';

/** What labels are to learn from. */
export interface LabelLesson {
  /** The rows of the labels' texts. */
  readonly texts: Embeddings;
  /** Ids of photos of which the user said something. */
  readonly photos: Int32Array<ArrayBuffer>;
  /** `[photos, labels]`: 1 where a label may be right. */
  readonly possible: Uint8Array<ArrayBuffer>;
  /** Multiplies a cosine to give a logit. */
  readonly logitScale: number;
}

/** What labels learned. */
export interface LearnedLabels {
  /** One row per label, to be used in place of the texts'. */
  readonly rows: UnitRows;
  /** The photos that were learned from: those with an embedding. */
  readonly photos: Int32Array<ArrayBuffer>;
  /** How well they are told while each is held out. */
  readonly heldOut: HeldOutLabels;
}
