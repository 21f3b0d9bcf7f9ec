import * as v from 'valibot';
import { PRECISIONS } from '../../src/clip/weights/weights';
import { recordOf, size } from '../../src/core/schema';
import { modelShape } from '../../src/engine/model-shape';

/** A model that can be loaded, as the picker lists it. */
export type ModelSummary = v.InferOutput<typeof modelSummary>;

export const modelSummary = recordOf({
  id: v.string(),
  name: v.string(),
  origin: v.picklist(['built-in', 'folder', 'hub']),
  /** `owner/name` on the hub it came from; if a folder or file in it was asked for, followed by its path. */
  repository: v.exactOptional(v.string()),
  /** The commit of that repository. */
  commit: v.exactOptional(v.string()),
  licence: v.exactOptional(v.string()),
  ...modelShape.entries,
  /** Size on disk. */
  bytes: size,
  precision: v.picklist(PRECISIONS),
  /** A caveat for the user, in one sentence. */
  note: v.exactOptional(v.string()),
});
