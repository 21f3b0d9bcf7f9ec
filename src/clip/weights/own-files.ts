import type { WeightFile } from '../session';
import { requireSums, type StoredTensor } from './stored-tensor';

/** A tower's tensors, and the files that they are in. */
export interface Weights<Tensor = StoredTensor> {
  readonly tensors: readonly Tensor[];
  readonly files: readonly WeightFile[];
}

/** Each tensor in a file of its own, without a copy, so that a part of a tower reads only what it needs. */
export function ownFiles(weights: Weights): Weights {
  const files = weights.tensors.map((tensor) => ownFile(weights, tensor));
  const tensors = weights.tensors.map((tensor) => ({ ...tensor, file: tensor.name, offset: 0 }));
  return { tensors, files };
}

/** One tensor as a file of its own, which has its name, without a copy. */
export function ownFile({ files }: Weights, tensor: StoredTensor): WeightFile {
  const { name, file, offset, byteLength } = tensor;
  const data = files.find(({ path }) => path === file)?.data;
  if (data === undefined) throw new RangeError(`${name} is in ${file}, which is not there.`);
  if (!(data instanceof Blob)) return { path: name, data: data.subarray(offset, offset + byteLength) };
  const check = (bytes: ArrayBuffer) => requireSums([{ ...tensor, offset: 0 }], bytes);
  return { path: name, data: data.slice(offset, offset + byteLength), check };
}
