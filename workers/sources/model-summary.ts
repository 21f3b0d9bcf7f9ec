import * as v from 'valibot';
import { PRECISIONS } from '../../src/clip/weights/weights';
import { recordOf, size } from '../../src/core/schema';

/** A model that can be loaded, as the picker lists it. */
export type ModelSummary = v.InferOutput<typeof modelSummary>;

export const modelSummary = recordOf({
  id: v.string(),
  name: v.string(),
  origin: v.picklist(['built-in', 'folder', 'hub']),
  /** `owner/name` on the hub it came from. */
  repository: v.exactOptional(v.string()),
  /** The commit of that repository. */
  commit: v.exactOptional(v.string()),
  licence: v.exactOptional(v.string()),
  /** `[height, width]` in pixels. */
  imageSize: v.pipe(v.strictTuple([size, size]), v.readonly()),
  /** Pixels a side; absent where patches are not square, and in models kept before it was told. */
  patchSize: v.exactOptional(size),
  embedDim: size,
  contextLength: size,
  /** Number of weights in each tower. */
  parameters: recordOf({ image: size, text: size }),
  /** What it takes on this device's disk. */
  bytes: size,
  precision: v.picklist(PRECISIONS),
  /** What a person should know before trusting it, in one sentence. */
  note: v.exactOptional(v.string()),
});
