import { Failure } from '../core/failure';
import type { ByteSource } from '../formats/byte-source';
import type { CheckpointTensors } from './weights/tensors';
import { readScalar } from './weights/weights';

/** How a cosine becomes a logit: times the scale, plus the bias. */
export interface Logit {
  /** exp(logit_scale). */
  readonly logitScale: number;
  /** Null if the checkpoint has none. */
  readonly logitBias: number | null;
}

/**
 * What a trained model can have, with much room: OpenCLIP starts exp(logit_scale) at 14 and keeps it at 100 or below,
 * SigLIP starts it at 10 with a bias of -10. Beyond this range every probability would be 0 or 1, or all be equal.
 */
const SCALES = { least: 0.01, most: 10_000 } as const;
const MOST_BIAS = 1000;

/** Reads `logit_scale` and `logit_bias`. @throws WeightsUnusable if one is not a number or far from any trained model's */
export async function readLogit(
  weights: ByteSource,
  tensors: Pick<CheckpointTensors, 'logitScale' | 'logitBias'>,
): Promise<Logit> {
  const scale = await readScalar(weights, tensors.logitScale);
  const logitScale = Math.exp(scale);
  if (!(logitScale >= SCALES.least && logitScale <= SCALES.most)) {
    const range = `${Math.log(SCALES.least).toFixed(1)} to ${Math.log(SCALES.most).toFixed(1)}`;
    throw unusable('logit_scale', scale, range);
  }
  if (tensors.logitBias === undefined) return { logitScale, logitBias: null };
  const logitBias = await readScalar(weights, tensors.logitBias);
  if (!(Math.abs(logitBias) <= MOST_BIAS))
    throw unusable('logit_bias', logitBias, `-${MOST_BIAS} to ${MOST_BIAS}`);
  return { logitScale, logitBias };
}

function unusable(name: string, value: number, range: string): Failure {
  return new Failure(
    'WeightsUnusable',
    `The weights cannot be used: ${name} is ${String(value)}; a trained model has one from ${range}.`,
  );
}
