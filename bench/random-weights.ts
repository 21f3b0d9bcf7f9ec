import type { TowerWeights } from '../src/clip/towers';
import type { TensorShapes } from '../src/clip/weights/tensor-shapes';
import { memoryFiles, type StoredTensor } from '../src/clip/weights/weights';
import { mulberry32 } from '../src/core/random';

/** A tower's weights, norms and variances about 1, the rest about 0 by 1 / sqrt(fan-in): they take as long as trained ones. */
export async function randomWeights(shapes: TensorShapes): Promise<TowerWeights> {
  const { append, files } = memoryFiles('random');
  const random = mulberry32(2);
  const tensors: StoredTensor[] = [];
  for (const [name, shape] of shapes) {
    const [rows = 1, ...rest] = shape;
    const width = rest.reduce((product, size) => product * size, 1);
    const isScale = shape.length === 1 && /weight|var$/.test(name);
    const spread = shape.length === 1 ? 0.1 : Math.sqrt(3 / width);
    const values = new Float32Array(rows * width);
    for (let at = 0; at < values.length; at++) values[at] = (2 * random() - 1) * spread + (isScale ? 1 : 0);
    const place = await append(new Uint8Array(values.buffer));
    tensors.push({ name, dtype: 'F32', shape, ...place, byteLength: values.byteLength });
  }
  return { tensors, files };
}
