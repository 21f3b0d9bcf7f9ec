/** The interface of the evaluation worker: types only. */
import type { UnitRows } from '../src/core/unit-rows';
import type { ClassificationMetrics } from '../src/evaluation/classification';
import type { ProbeResult, ProbeTask } from '../src/evaluation/linear-probe';
import type { MultilabelMetrics } from '../src/evaluation/multilabel';
import type { Frequency, OvadMetrics } from '../src/evaluation/ovad';
import type { RetrievalMetrics } from '../src/evaluation/retrieval';
import type { DatasetApi } from './dataset-api';
import type { ProbeApi } from './probe-api';

/** Called now and then with what is done, of a total. */
export type EvaluationProgress = (done: number, total: number) => void;

/** Each metric is that of the file of `src/evaluation` of its name, with the same errors. */
export interface MetricsApi {
  /** @throws RangeError if there is nothing to classify, if sizes differ or if a number is not finite; Cancelled */
  classification(
    images: UnitRows,
    classifier: UnitRows,
    targets: Int32Array,
    onProgress: EvaluationProgress,
  ): Promise<ClassificationMetrics>;
  /** @throws RangeError as `classification` */
  multilabel(images: UnitRows, classifier: UnitRows, targets: Uint8Array): Promise<MultilabelMetrics>;
  /** @throws RangeError if a k exceeds the candidates, if a text has no picture, or as `classification`; Cancelled */
  retrieval(
    images: UnitRows,
    texts: UnitRows,
    imageOfText: Int32Array,
    ks: readonly number[],
    onProgress: EvaluationProgress,
  ): Promise<RetrievalMetrics>;
  /** @throws RangeError if the sizes differ or a score is not finite */
  ovad(scores: Float32Array, labels: Int32Array, frequency: readonly Frequency[]): Promise<OvadMetrics>;
  /**
   * Trains a probe and tests it; undefined if a class has too few samples for the shots.
   * @throws RangeError if a target is no class or if sizes differ; Cancelled
   */
  linearProbe(task: ProbeTask, onProgress: EvaluationProgress): Promise<ProbeResult | undefined>;
  /** Stops what is computed, which then rejects with `Cancelled`. */
  stop(): Promise<void>;
}

/**
 * Evaluates embeddings in its own thread, since it may take minutes, and reads data sets; knows neither models nor photos.
 */
export interface EvaluationApi extends MetricsApi, ProbeApi, DatasetApi {}
