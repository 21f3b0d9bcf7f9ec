import { Failure } from '../core/failure';
import { startsOf, type ByteSource } from './byte-source';
import { readSafetensorsHeader, type TensorInfo, type WeightsHeader } from './safetensors';
import { isTorchFile, readTorchTensors } from './torch/torch-file';

/** Bytes that tell the two apart. */
const HEAD = 16;

/**
 * The tensors of a file of weights, by name, without reading them: safetensors, or what `torch.save` wrote; of joined
 * files those of all.
 * @throws SafetensorsMalformed, TorchFileRefused, TorchFileMalformed, TensorUnexpected if two files have one name, and
 *   whatever `source.slice` throws
 */
export async function readWeightsFile(source: ByteSource): Promise<WeightsHeader> {
  if (source.parts) return readParts(source.parts);
  const head = new Uint8Array(await source.slice(0, Math.min(HEAD, source.byteLength)));
  return isTorchFile(head) ? { tensors: await readTorchTensors(source) } : readSafetensorsHeader(source);
}

async function readParts(parts: readonly ByteSource[]): Promise<WeightsHeader> {
  const starts = startsOf(parts);
  const tensors = new Map<string, TensorInfo>();
  for (const [at, part] of parts.entries()) {
    const header = await readWeightsFile(part);
    for (const [name, info] of header.tensors) {
      if (tensors.has(name)) {
        throw new Failure('TensorUnexpected', `The parts of the weights hold ${name} more than once.`);
      }
      tensors.set(name, { ...info, start: starts[at]! + info.start, end: starts[at]! + info.end });
    }
  }
  return { tensors };
}
