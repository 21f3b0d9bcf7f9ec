import type { Follower } from '../../src/core/slices';
import { classification } from '../../src/evaluation/classification';
import { linearProbe } from '../../src/evaluation/linear-probe';
import { multilabel } from '../../src/evaluation/multilabel';
import { ovad } from '../../src/evaluation/ovad';
import { retrieval } from '../../src/evaluation/retrieval';
import type { EvaluationProgress, MetricsApi } from '../evaluation-api';

/** The metrics of the evaluation worker's API. */
export function createMetrics(): MetricsApi {
  let stopping = new AbortController();
  const follower = (onProgress: EvaluationProgress): Follower => ({ signal: stopping.signal, onProgress });
  return {
    classification: async (images, classifier, targets, onProgress) =>
      classification(images, classifier, targets, follower(onProgress)),
    multilabel: async (images, classifier, targets) => multilabel(images, classifier, targets),
    retrieval: async (images, texts, imageOfText, ks, onProgress) =>
      retrieval(images, texts, imageOfText, ks, follower(onProgress)),
    ovad: async (scores, labels, frequency) => ovad(scores, labels, frequency),
    linearProbe: async (task, onProgress) => linearProbe(task, follower(onProgress)),
    async stop() {
      stopping.abort();
      stopping = new AbortController();
    },
  };
}
