/** The part of the evaluation worker's interface that trains linear probes on the user's photos: types only. */
import type { UnitRows } from '../src/core/unit-rows';
import type { NamedProbe } from '../src/evaluation/probe-answers';

export type { NamedProbe } from '../src/evaluation/probe-answers';

/** Photos whose classes are known. */
export interface ProbeExamples {
  /** One row per photo. */
  readonly rows: UnitRows;
  /** The class of each, an index of `names`. */
  readonly targets: Int32Array<ArrayBuffer>;
  readonly names: readonly string[];
  /** A zero-shot classifier of the same classes, `[classes, dim]`, to compare with; absent: none. */
  readonly zeroShot?: UnitRows;
}

/** How well a probe trained on few examples tells those it was not trained on. */
export interface ProbeMeasure {
  /** Examples of each class that it was trained on; null: all that were not held out. */
  readonly shots: number | null;
  /** Share of the examples held out that it tells, 0..1. */
  readonly acc1: number;
}

/** A probe trained on all examples, and what others, trained on a part of them, reach on the rest. */
export interface TrainedProbe {
  readonly probe: NamedProbe;
  /** By rising number of examples; empty if no class has two. */
  readonly curve: readonly ProbeMeasure[];
  /** What the zero-shot classifier reaches on the same; null without one. */
  readonly zeroShot: number | null;
  /** Number of examples held out. */
  readonly held: number;
}

/** The likeliest classes of some rows. */
export interface ProbeAnswers {
  /** Classes per row: at most three. */
  readonly width: number;
  /** `[rows, width]`, row-major, likeliest first: indices of the probe's classes. */
  readonly classes: Int32Array<ArrayBuffer>;
  /** Their probabilities. */
  readonly probabilities: Float32Array<ArrayBuffer>;
}

export interface ProbeApi {
  /**
   * Trains a probe by CLIP_benchmark's protocol (`src/evaluation/linear-probe`), and measures it by few-shot probes on
   * examples held out. `onProgress` is told of the probes trained, and of how many there are.
   * @throws RangeError if there are fewer than two classes; Cancelled after `stopProbe` or a newer call
   */
  trainProbe(
    examples: ProbeExamples,
    onProgress: (done: number, total: number) => void,
  ): Promise<TrainedProbe>;
  stopProbe(): Promise<void>;
  /** The likeliest classes of each row. @throws RangeError if their length is not the probe's */
  applyProbe(probe: NamedProbe, rows: UnitRows): Promise<ProbeAnswers>;
  /** Keeps a probe for the model of these weights, in place of an earlier one. @throws StorageFull, StorageUnavailable */
  keepProbe(weights: string, probe: NamedProbe): Promise<void>;
  /** The probe kept for the model of these weights; undefined if there is none, or it is damaged. */
  keptProbe(weights: string): Promise<NamedProbe | undefined>;
  /** It as a file for torch: safetensors with `weight` and `bias`. @throws StorageUnavailable */
  probeFile(weights: string): Promise<Blob | undefined>;
  /** Deletes it. @throws StorageUnavailable */
  forgetProbe(weights: string): Promise<void>;
}
