import type { ModelSource } from '../../src/engine/model-source';
import type { ModelSummary } from '../api';

/** A loadable model: the summary for the page and the source for the engine. */
export interface FoundModel {
  readonly summary: ModelSummary;
  readonly source: ModelSource;
}
