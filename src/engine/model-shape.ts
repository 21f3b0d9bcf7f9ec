import * as v from 'valibot';
import { recordOf, size } from '../core/schema';
import type { Architecture } from '../clip/architecture';
import { imageFamily } from '../clip/families/image-families';
import { countWeights } from '../clip/weights/tensor-shapes';
import { imageTensors, textTensors } from '../clip/weights/tensors';

/** Schema of an architecture's dimensions, as stored with a model. */
export const modelShape = recordOf({
  /** `[height, width]` in pixels. */
  imageSize: v.pipe(v.strictTuple([size, size]), v.readonly()),
  /**
   * Pixels per side, in whose multiples other picture sizes are offered; absent where there are none, for patches that
   * are not square, and in older manifests.
   */
  patchSize: v.exactOptional(size),
  embedDim: size,
  contextLength: size,
  /** Number of weights in each tower. */
  parameters: recordOf({ image: size, text: size }),
});

/** An architecture's dimensions. */
export type ModelShape = v.InferOutput<typeof modelShape>;

/** An architecture's dimensions, as shown when choosing a model. */
export function shapeOf({ vision, text }: Architecture): ModelShape {
  const family = imageFamily(vision);
  const [height, width] = family.leastSize(vision);
  return {
    imageSize: vision.imageSize,
    ...(family.positions && height === width && { patchSize: width }),
    embedDim: vision.outputDim,
    contextLength: text.contextLength,
    parameters: { image: countWeights(imageTensors(vision)), text: countWeights(textTensors(text)) },
  };
}
