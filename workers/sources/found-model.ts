import type { ModelSource } from '../../src/engine/model-source';
import type { ModelSummary } from '../api';

/** A model of those that can be loaded: what the page is told of it, and what the engine opens. */
export interface FoundModel {
  readonly summary: ModelSummary;
  readonly source: ModelSource;
}
