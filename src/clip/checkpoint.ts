import { Failure, messageOf } from '../core/failure';
import type { ByteSource } from '../formats/byte-source';
import { readSafetensorsHeader } from '../formats/safetensors';
import { readArchitecture, type Architecture } from './architecture';
import { readLogit, type Logit } from './logit';
import { findTensors, type CheckpointTensors } from './weights/tensors';

/** The config and header of an OpenCLIP checkpoint, found to agree; no weights yet. */
export interface Checkpoint extends Logit {
  readonly architecture: Architecture;
  readonly tensors: CheckpointTensors;
}

/**
 * Reads `open_clip_config.json` and the header of `open_clip_model.safetensors`.
 * @throws ConfigUnreadable, UnsupportedSetting, SafetensorsMalformed, TensorMissing, TensorMismatch, TensorUnexpected,
 *   WeightsUnusable if the logit scale or bias is not of a trained model
 */
export async function readCheckpoint(config: string, weights: ByteSource): Promise<Checkpoint> {
  const architecture = readArchitecture(parseJson(config, 'open_clip_config.json'));
  const tensors = findTensors(await readSafetensorsHeader(weights), architecture);
  return { architecture, tensors, ...(await readLogit(weights, tensors)) };
}

/** @throws ConfigUnreadable naming `file` */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Failure('ConfigUnreadable', `${file} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}
