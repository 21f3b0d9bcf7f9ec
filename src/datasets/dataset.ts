import type { PreprocessSettings } from '../core/preprocess-settings';

/** What is asked of a model: one class of a picture, every class, its captions, or attributes of a box in it. */
export type DatasetTask = 'classification' | 'multilabel' | 'retrieval' | 'attributes';

/**
 * The right answer for a sample, by task: the class's index; 1 or 0 for each class; the captions; for each attribute 1
 * (has it), 0 (has it not) or -1 (unknown).
 */
export type Answer = number | readonly number[] | readonly string[];

/** A part of a picture, in whole pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Sample {
  /** Names it in its data set: shown when its picture cannot be read. */
  readonly key: string;
  /** Where `samples` goes on after it. */
  readonly position: string;
  readonly answer: Answer;
  /** Its picture is this part only. Absent: all. */
  readonly box?: Box;
  /** The picture's file. @throws FileUnreadable if it is not there; what its source throws */
  picture(): Promise<Uint8Array<ArrayBuffer>>;
}

/** An attribute and what is said of a thing that has it. */
export interface Attribute {
  readonly name: string;
  /** How often it is seen: "head", "medium" or "tail". */
  readonly frequency: string;
  /** A box's score for the attribute is the highest cosine with these. */
  readonly texts: readonly string[];
}

/** A data set that was opened; its samples are read one by one. */
export interface Dataset {
  /** As CLIP_benchmark names it ("wds/imagenet1k") if it comes from there; else the name of its folder. */
  readonly name: string;
  readonly split: string;
  readonly task: DatasetTask;
  /** For classification and multilabel, in the order of the labels; else empty. */
  readonly classNames: readonly string[];
  /** With `{c}` for the class's name; empty without class names. */
  readonly templates: readonly string[];
  /** For the task "attributes" only. */
  readonly attributes?: readonly Attribute[];
  /** How its pictures are prepared, if not as the model's own are. */
  readonly preprocess?: Pick<PreprocessSettings, 'resizeMode' | 'interpolation'>;
  /** Number of samples, where it is known before they are read. */
  readonly count?: number;
  /**
   * The samples in the data set's order, from the start or after the one at `after`.
   * @throws DataSetIncomplete, DataSetMalformed, FileUnreadable, and what reading throws
   */
  samples(after?: string): AsyncGenerator<Sample, void, undefined>;
}

/** A sample that was left out. */
export interface SkippedSample {
  readonly key: string;
  /** Why, as a sentence. */
  readonly message: string;
}
