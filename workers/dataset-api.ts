/** The part of the evaluation worker's interface that evaluates models on data sets with known answers: types only. */
import type { FailureName } from '../src/core/failure';
import type { UnitRows } from '../src/core/unit-rows';
import type { Dataset, SkippedSample } from '../src/datasets/dataset';
import type { Metrics } from '../src/evaluation/results';
import type { WaitingBatch, WaitingTexts } from './evaluation/dataset-run';

export type { SkippedSample } from '../src/datasets/dataset';
export type { WaitingBatch, WaitingTexts } from './evaluation/dataset-run';

/** Where a data set's files are: in a folder that the user gave, or in a repository on a hub. */
export type GivenDataset =
  | {
      readonly kind: 'folder';
      readonly name: string;
      /** Paths from the folder. */
      readonly files: readonly { readonly path: string; readonly file: File }[];
    }
  | ({ readonly kind: 'hub' } & ListedDataset);

/** A data set on a hub, as the models worker lists it. */
export interface ListedDataset {
  readonly hub: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly commit: string;
  readonly licence?: string;
  readonly files: readonly { readonly path: string; readonly byteLength: number }[];
}

/** A part of a listed data set's file, read by whoever has the network. */
export type ReadPart = (path: string, byteLength: number, start: number, end: number) => Promise<ArrayBuffer>;

/** What a data set is. */
export interface DatasetSummary extends Pick<Dataset, 'name' | 'split' | 'task' | 'preprocess' | 'count'> {
  /** Number of classes or attributes; 0 if there are none. */
  readonly classes: number;
  readonly templates: number;
}

/** Whose embeddings a run makes: all that they depend on. */
export interface RunModel {
  readonly id: string;
  /** `LoadedModel.weights`. */
  readonly weights: string;
  readonly backend: string;
  readonly arithmetic: string;
}

/** How far a run is. */
export interface RunState {
  /** Samples that are through, those left out among them. */
  readonly done: number;
  /** Why what it does is lost with the worker; absent if it is kept. */
  readonly unkept?: FailureName;
}

/** The result of a run. */
export interface RunResult {
  readonly metrics: Metrics;
  /** By CLIP_benchmark's name, and OVAD's. */
  readonly task: string;
  readonly samples: number;
  readonly skipped: readonly SkippedSample[];
}

/**
 * One data set is open at a time, and one run on it: it gives out pictures and texts, and takes their embeddings, which
 * it keeps by model and data set, so that a run goes on where it was, also after a reload.
 */
export interface DatasetApi {
  /**
   * Opens a data set in place of the one before, and says what it is.
   * @param read for the files of a hub
   * @throws DataSetUnclear, DataSetIncomplete, DataSetMalformed, FileUnreadable, and what `read` throws
   */
  openDataset(given: GivenDataset, split: string, read?: ReadPart): Promise<DatasetSummary>;
  /**
   * Begins the run of a model on the open data set, or goes on with it, in place of the run before.
   * @throws StorageBusy while another tab has the same run; DataSetUnclear without a data set
   */
  beginRun(model: RunModel): Promise<RunState>;
  /** `DatasetRun.next`, whose pictures are transferred. @throws what the data set throws */
  nextPictures(count: number): Promise<WaitingBatch | undefined>;
  /** `DatasetRun.add`. @throws StorageFull, StorageUnavailable, RangeError */
  addPictures(number: number, rows: UnitRows, failures: readonly (string | undefined)[]): Promise<RunState>;
  /** `DatasetRun.nextTexts` */
  nextTexts(count: number): Promise<WaitingTexts | undefined>;
  /** `DatasetRun.addTexts`. @throws StorageFull, StorageUnavailable, RangeError */
  addTexts(rows: UnitRows): Promise<void>;
  /** Measures a run that is through. @throws RangeError if no picture could be read */
  measureRun(): Promise<RunResult>;
  /** Ends the run; what it kept stays. */
  endRun(): Promise<void>;
  /** Bytes of all kept embeddings of data sets; 0 without storage. */
  keptBytes(): Promise<number>;
  /** Deletes them, except those of the present run. @throws StorageUnavailable */
  forgetKept(): Promise<void>;
}
