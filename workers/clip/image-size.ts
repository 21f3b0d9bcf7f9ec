import { atSize } from '../../src/core/model-id';
import { resizedTowerWeights, withImageSize } from '../../src/clip/position-embedding';
import type { ModelSource } from '../sources/model-source';

/**
 * The same model at another image size, under an id of its own: its embeddings are not those of the trained size.
 * @throws ConfigUnreadable where a patch is larger than the picture
 */
export async function atImageSize(
  source: ModelSource,
  imageSize: readonly [height: number, width: number],
): Promise<ModelSource> {
  const architecture = withImageSize(source.architecture, imageSize);
  const id = atSize(source.summary.id, imageSize);
  return {
    ...source,
    summary: { ...source.summary, id, imageSize },
    architecture,
    image: await resizedTowerWeights(source.image, source.architecture, architecture),
  };
}
