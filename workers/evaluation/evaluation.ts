import type { EvaluationApi } from '../evaluation-api';
import { createDatasets } from './datasets';
import { createMetrics } from './metrics';
import { createProbes } from './probes';

/** The evaluation worker's API. @param root the origin's private file system */
export function createEvaluation(root: () => Promise<FileSystemDirectoryHandle>): EvaluationApi {
  return { ...createMetrics(), ...createProbes(root), ...createDatasets(root) };
}
