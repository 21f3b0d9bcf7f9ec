import { atSize } from '../core/model-id';
import { resizedTowerWeights, withImageSize } from '../clip/position-embedding';
import type { TowerSource } from './model-source';

/**
 * The same model at another image size, under its own id, since its embeddings differ from those at the trained size.
 * @throws ModelUnknown if a patch is larger than the picture, ModelTooLarge if that takes too much memory
 */
export async function atImageSize<Source extends TowerSource>(
  source: Source,
  imageSize: readonly [height: number, width: number],
): Promise<Source> {
  const architecture = withImageSize(source.architecture, imageSize);
  const image = await resizedTowerWeights(source.image, source.architecture, architecture);
  return { ...source, id: atSize(source.id, imageSize), architecture, image };
}
