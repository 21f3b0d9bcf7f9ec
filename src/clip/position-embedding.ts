import { Failure } from '../core/failure';
import type { Architecture } from './architecture';
import type { TowerWeights } from './towers';
import { patchGrid, prefixTokens, requireImageSize } from './config/vision-config';
import { resizePositions } from './weights/positions';
import { readTensor32, type StoredTensor } from './weights/weights';

type Size = readonly [height: number, width: number];

const POSITIONS = 'visual.positional_embedding';

/**
 * The same architecture at another image size, `[height, width]` in pixels.
 * @throws ModelUnknown if a patch is larger than the picture, ModelTooLarge if that takes too much memory
 */
export function withImageSize(architecture: Architecture, imageSize: Size): Architecture {
  const { patchSize } = architecture.vision;
  if (imageSize[0] < patchSize[0] || imageSize[1] < patchSize[1]) {
    const [size, patch] = [imageSize, patchSize].map((edges) => edges.join(' x '));
    throw new Failure(
      'ModelUnknown',
      `This model reads no pictures of ${size} pixels: its patches are ${patch}.`,
    );
  }
  const vision = { ...architecture.vision, imageSize };
  requireImageSize(vision);
  return { ...architecture, vision, preprocess: { ...architecture.preprocess, size: imageSize } };
}

/**
 * The image tower's weights for `resized`, made from `architecture` by `withImageSize`: the position embedding is
 * resized to the new patch grid, all other tensors are shared.
 * @throws RangeError if `weights` hold no position embedding
 */
export async function resizedTowerWeights(
  weights: TowerWeights,
  architecture: Architecture,
  resized: Architecture,
): Promise<TowerWeights> {
  const { width } = architecture.vision;
  const prefix = prefixTokens(architecture.vision);
  const [from, to] = [patchGrid(architecture.vision), patchGrid(resized.vision)];
  if (keepsPositions(architecture, from, to)) return weights;
  const stored = weights.tensors.find(({ name }) => name === POSITIONS);
  if (stored === undefined) throw new RangeError(`No weight ${POSITIONS} was stored for the image tower.`);
  const data = resizePositions(await readTensor32(weights, stored), from, to, width, prefix);
  const file = `${POSITIONS}.${to.join('x')}.bin`;
  const tensor: StoredTensor = {
    name: POSITIONS,
    dtype: 'F32',
    shape: [prefix + to[0] * to[1], width],
    file,
    offset: 0,
    byteLength: data.byteLength,
  };
  return {
    tensors: weights.tensors.map((one) => (one === stored ? tensor : one)),
    files: [...weights.files, { path: file, data: new Uint8Array(data.buffer) }],
  };
}

/**
 * Why positions may stay though the grid changes: OpenCLIP compares only their count (`resize_pos_embed`), so 2 x 8
 * patches use the positions of 4 x 4 unchanged. timm compares the grids.
 */
function keepsPositions({ vision }: Architecture, from: Size, to: Size): boolean {
  const sameCount = from[0] * from[1] === to[0] * to[1];
  return sameCount && (vision.pool !== 'map' || from[0] === to[0]);
}
