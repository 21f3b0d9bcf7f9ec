import * as v from 'valibot';
import { recordOf, size } from '../core/schema';
import type { Architecture } from '../clip/architecture';
import { countWeights } from '../clip/weights/tensor-shapes';
import { imageTensors, textTensors } from '../clip/weights/tensors';

/** Schema of an architecture's dimensions, as stored with a model. */
export const modelShape = recordOf({
  /** `[height, width]` in pixels. */
  imageSize: v.pipe(v.strictTuple([size, size]), v.readonly()),
  /** Pixels per side; absent for patches that are not square and in older manifests. */
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
  const [height, width] = vision.patchSize;
  return {
    imageSize: vision.imageSize,
    ...(height === width && { patchSize: width }),
    embedDim: vision.outputDim,
    contextLength: text.contextLength,
    parameters: { image: countWeights(imageTensors(vision)), text: countWeights(textTensors(text)) },
  };
}
