import type { ByteSource } from './byte-source';
import { readSafetensorsHeader, type WeightsHeader } from './safetensors';
import { isTorchFile, readTorchTensors } from './torch/torch-file';

/** Bytes that tell the two apart. */
const HEAD = 16;

/**
 * The tensors of a file of weights, by name, without reading them: safetensors, or what `torch.save` wrote.
 * @throws SafetensorsMalformed, TorchFileRefused, TorchFileMalformed, and whatever `source.slice` throws
 */
export async function readWeightsFile(source: ByteSource): Promise<WeightsHeader> {
  const head = new Uint8Array(await source.slice(0, Math.min(HEAD, source.byteLength)));
  return isTorchFile(head) ? { tensors: await readTorchTensors(source) } : readSafetensorsHeader(source);
}
