import type { Architecture } from '../clip/architecture';
import { countWeights, imageTensors, textTensors } from '../clip/weights/tensors';

/** An architecture in numbers. */
export interface ModelShape {
  /** `[height, width]` in pixels. */
  readonly imageSize: readonly [number, number];
  /** Pixels a side; absent where patches are not square, and in models kept before it was told. */
  readonly patchSize?: number;
  readonly embedDim: number;
  readonly contextLength: number;
  /** Number of weights in each tower. */
  readonly parameters: { readonly image: number; readonly text: number };
}

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
