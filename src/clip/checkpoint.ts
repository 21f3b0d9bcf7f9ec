import { Failure, messageOf } from '../core/failure';
import type { ByteSource } from '../formats/byte-source';
import { readSafetensorsHeader } from '../formats/safetensors';
import { readArchitecture, type Architecture } from './architecture';
import { findTensors, type CheckpointTensors } from './weights/tensors';
import { readScalar } from './weights/weights';

/** The config and header of an OpenCLIP checkpoint, found to agree; no weights yet. */
export interface Checkpoint {
  readonly architecture: Architecture;
  readonly tensors: CheckpointTensors;
  /** exp(logit_scale). */
  readonly logitScale: number;
  readonly logitBias: number | null;
}

/**
 * Reads `open_clip_config.json` and the header of `open_clip_model.safetensors`.
 * @throws ConfigUnreadable, UnsupportedSetting, SafetensorsMalformed, TensorMissing, TensorMismatch, TensorUnexpected
 */
export async function readCheckpoint(config: string, weights: ByteSource): Promise<Checkpoint> {
  const architecture = readArchitecture(parseJson(config, 'open_clip_config.json'));
  const tensors = findTensors(await readSafetensorsHeader(weights), architecture);
  const { logitScale, logitBias } = tensors;
  return {
    architecture,
    tensors,
    logitScale: Math.exp(await readScalar(weights, logitScale)),
    logitBias: logitBias === undefined ? null : await readScalar(weights, logitBias),
  };
}

/** @throws ConfigUnreadable naming `file` */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Failure('ConfigUnreadable', `${file} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}
