import type { ByteSource } from '../formats/byte-source';
import { readWeightsFile } from '../formats/weights-file';
import { readArchitecture, type Architecture } from './architecture';
import { readLogit, type Logit } from './logit';
import { parseJson } from './parse-json';
import { findTensors, type CheckpointTensors } from './weights/tensors';

/** The config and header of an OpenCLIP checkpoint, found to agree; no weights yet. */
export interface Checkpoint extends Logit {
  readonly architecture: Architecture;
  readonly tensors: CheckpointTensors;
}

/**
 * Reads `open_clip_config.json` and what the file of weights says of its tensors.
 * @throws ConfigUnreadable, UnsupportedSetting, SafetensorsMalformed, TorchFileRefused, TorchFileMalformed, TensorMissing, TensorMismatch, TensorUnexpected,
 *   WeightsUnusable if the logit scale or bias is not of a trained model
 */
export async function readCheckpoint(config: string, weights: ByteSource): Promise<Checkpoint> {
  const architecture = readArchitecture(parseJson(config, 'open_clip_config.json'));
  const tensors = findTensors(await readWeightsFile(weights), architecture);
  return { architecture, tensors, ...(await readLogit(weights, tensors)) };
}
