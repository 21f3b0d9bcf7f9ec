/** How many wasm threads a model's towers are best run on: one, or as many as there are for it. */
export type ThreadNeed = 'one' | 'all';

/** The dimensions that decide. */
interface Shape {
  /** `[height, width]` in pixels. */
  readonly imageSize: readonly [number, number];
  /** Pixels per side; absent for patches that are not square. */
  readonly patchSize?: number;
  /** Number of weights. */
  readonly parameters: { readonly image: number };
}

/** Multiply-adds for a picture from which on threads are worth it. */
const WORTH_THREADS = 5e8;

/**
 * The threads for a model; as many as there are if nothing is known of it.
 * @param imageSize another than the model's own, `[height, width]` in pixels
 *
 * Why one for small towers: threads meet after each operator and wait there without sleeping. Where an operator takes
 * microseconds, the cores are better used by what decodes, draws and compiles. On 2 cores the first visit takes a tenth
 * less processor time on one thread with the largest built-in model (0.16 GMAC a picture). Where it turns on the way to
 * a ViT-B/32 (4.4 GMAC) was not measured.
 */
export function threadNeed(model: Shape | undefined, imageSize = model?.imageSize): ThreadNeed {
  if (!model || !imageSize) return 'all';
  const { patchSize = 1, parameters } = model;
  const [height, width] = imageSize;
  const tokens = Math.ceil(height / patchSize) * Math.ceil(width / patchSize) + 1;
  return parameters.image * tokens < WORTH_THREADS ? 'one' : 'all';
}
