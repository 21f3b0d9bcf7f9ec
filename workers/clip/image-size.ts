import { resizedTowerWeights, withImageSize } from '../../src/clip/position-embedding';
import type { ModelSource } from '../sources/model-source';

/** The id of a model, and the image size `[height, width]` behind it where it is `id@HEIGHTxWIDTH`. */
export function splitId(id: string): { base: string; imageSize?: readonly [number, number] } {
  const parts = /^(.+)@(\d{1,5})x(\d{1,5})$/.exec(id);
  if (parts === null) return { base: id };
  const [, base = '', height, width] = parts;
  return { base, imageSize: [Number(height), Number(width)] };
}

/**
 * The same model at another image size, under an id of its own: its embeddings are not those of the trained size.
 * @throws ConfigUnreadable where a patch is larger than the picture
 */
export async function atImageSize(
  source: ModelSource,
  imageSize: readonly [height: number, width: number],
): Promise<ModelSource> {
  const architecture = withImageSize(source.architecture, imageSize);
  const id = `${source.summary.id}@${imageSize.join('x')}`;
  return {
    ...source,
    summary: { ...source.summary, id, imageSize },
    architecture,
    image: await resizedTowerWeights(source.image, source.architecture, architecture),
  };
}
