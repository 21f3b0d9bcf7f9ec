import * as v from 'valibot';
import { recordOf, size } from '../core/schema';
import type { Architecture } from '../clip/architecture';
import { countWeights, imageTensors, textTensors } from '../clip/weights/tensors';

/** An architecture in numbers, as it is kept with a model. */
export const modelShape = recordOf({
  /** `[height, width]` in pixels. */
  imageSize: v.pipe(v.strictTuple([size, size]), v.readonly()),
  /** Pixels a side; absent where patches are not square, and in models kept before it was told. */
  patchSize: v.exactOptional(size),
  embedDim: size,
  contextLength: size,
  /** Number of weights in each tower. */
  parameters: recordOf({ image: size, text: size }),
});

/** An architecture in numbers. */
export type ModelShape = v.InferOutput<typeof modelShape>;

/** An architecture's shape, for a person who chooses among models. */
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
