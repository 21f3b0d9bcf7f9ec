import { Failure, messageOf } from '../core/failure';
import type { ByteSource } from '../formats/byte-source';
import { readWeightsFile } from '../formats/weights-file';
import { readArchitecture, type Architecture } from './architecture';
import { readLogit, type Logit } from './logit';
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

/** Far above any such file: what is nested deeper overflows the stack of whoever walks through it. */
const DEEPEST = 100;

/** @throws ConfigUnreadable naming `file` */
export function parseJson(text: string, file: string): unknown {
  if (depthOf(text) > DEEPEST) {
    throw new Failure('ConfigUnreadable', `${file} is nested deeper than ${DEEPEST} levels.`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Failure('ConfigUnreadable', `${file} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

/** How deep the lists and objects of a JSON text are nested, without parsing it; any number if it is not JSON. */
function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = text.indexOf('"', at + 1);
      while (at > 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
      if (at < 0) break;
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      deepest = Math.max(deepest, ++depth);
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
  }
  return deepest;
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d,
];

function isEscaped(text: string, quote: number): boolean {
  let start = quote;
  while (text.charCodeAt(start - 1) === BACKSLASH) start--;
  return (quote - start) % 2 === 1;
}
