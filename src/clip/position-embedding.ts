import { Failure } from '../core/failure';
import type { Architecture } from './architecture';
import type { TowerWeights } from './towers';
import { imageFamily } from './families/image-families';
import type { GridPositions, Size } from './families/image-family';
import { resizePositions } from './weights/positions';
import { readTensor32, type StoredTensor } from './weights/weights';

/**
 * The same architecture at another image size, `[height, width]` in pixels.
 * @throws ModelUnknown if the picture is too small, or the tower runs at its own size alone; ModelTooLarge if that takes
 *   too much memory
 */
export function withImageSize(architecture: Architecture, imageSize: Size): Architecture {
  const family = imageFamily(architecture.vision);
  const size = imageSize.join(' x ');
  if (family.positions === undefined) {
    const own = architecture.vision.imageSize.join(' x ');
    throw new Failure('ModelUnknown', `This model reads no pictures of ${size} pixels, only ${own}.`);
  }
  const [height, width] = family.leastSize(architecture.vision);
  if (imageSize[0] < height || imageSize[1] < width) {
    throw new Failure(
      'ModelUnknown',
      `This model reads no pictures of ${size} pixels: its patches are ${height} x ${width}.`,
    );
  }
  const vision = { ...architecture.vision, imageSize };
  family.requireSize(vision);
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
  const [from, to] = [positionsOf(architecture), positionsOf(resized)];
  if (from === undefined || to === undefined || keepsPositions(from, to)) return weights;
  const { name, width, prefix } = from;
  const stored = weights.tensors.find((one) => one.name === name);
  if (stored === undefined) throw new RangeError(`No weight ${name} was stored for the image tower.`);
  const data = resizePositions(await readTensor32(weights, stored), from.grid, to.grid, width, prefix);
  const file = `${name}.${to.grid.join('x')}.bin`;
  const tensor: StoredTensor = {
    name,
    dtype: 'F32',
    shape: [prefix + to.grid[0] * to.grid[1], width],
    file,
    offset: 0,
    byteLength: data.byteLength,
  };
  return {
    tensors: weights.tensors.map((one) => (one === stored ? tensor : one)),
    files: [...weights.files, { path: file, data: new Uint8Array(data.buffer) }],
  };
}

function positionsOf({ vision }: Architecture): GridPositions | undefined {
  return imageFamily(vision).positions?.(vision);
}

/** Whether the positions of a grid serve another: where they need only be as many, 4 x 4 patches' serve 2 x 8. */
function keepsPositions({ grid: from, byCount }: GridPositions, { grid: to }: GridPositions): boolean {
  return from[0] * from[1] === to[0] * to[1] && (byCount || from[0] === to[0]);
}
