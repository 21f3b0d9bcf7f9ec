import type { VisionArchitecture } from '../architecture';
import { patchGrid, prefixTokens } from '../config/vision-config';
import type { LayerRange } from './layers';

/** Multiplications of one picture that make a part worth its start: about 10 ms on two slow cores. */
const LEAST_WORK = 1e9;

/** Each part hands on its hidden states through JavaScript. */
const MOST_PARTS = 8;

/**
 * The layers of an image tower in equal parts, that run one after the other.
 *
 * Why a tower runs in parts on wasm: a typed query waits only for the part that is running. So a batch may be as large
 * as the arithmetic likes (a ViT-B/32 in int8 takes a fifth less time a picture in eights than in twos), and one picture
 * in a ViT-L/14, which takes seconds, does not keep a query waiting.
 */
export function partsOf(vision: VisionArchitecture): LayerRange[] {
  const { layers, width, mlpWidth } = vision;
  const [down, across] = patchGrid(vision);
  const tokens = prefixTokens(vision) + down * across;
  // Query, key, value and output; scores and mixture; both matrices of the MLP.
  const work = tokens * (4 * width * width + 2 * tokens * width + 2 * width * mlpWidth);
  const length = Math.max(Math.ceil(LEAST_WORK / work), Math.ceil(layers / MOST_PARTS));
  const count = Math.max(1, Math.ceil(layers / length));
  return Array.from({ length: count }, (_, at) => ({
    from: at * length,
    to: Math.min(layers, (at + 1) * length),
  }));
}
