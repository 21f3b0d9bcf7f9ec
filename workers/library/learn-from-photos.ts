import type { Follower } from '../../src/core/slices';
import type { UnitRows } from '../../src/core/unit-rows';
import { holdOutLabels } from '../../src/zeroshot/held-out-labels';
import { learnLabels } from '../../src/zeroshot/learning';
import type { LabelLesson, LearnedLabels } from './label-lesson';

/** Reads the embedding of a photo by a model; undefined if there is none. */
export type ReadRow = (model: string, photo: number) => Float32Array | undefined;

/**
 * Labels learn from photos, and are measured by cross-validation on them.
 * @throws ModelNotLoaded; RangeError as `learnLabels`; Cancelled
 */
export async function learnFromPhotos(
  rowOf: ReadRow,
  { texts, photos, possible, logitScale }: LabelLesson,
  { signal, onProgress }: Follower,
): Promise<LearnedLabels> {
  const found: { photo: number; row: Float32Array; marks: Uint8Array }[] = [];
  for (const [at, photo] of photos.entries()) {
    const row = rowOf(texts.model, photo);
    const marks = possible.subarray(at * texts.count, (at + 1) * texts.count);
    if (row) found.push({ photo, row, marks });
  }
  const rows: UnitRows = {
    count: found.length,
    dim: texts.dim,
    data: new Float32Array(found.length * texts.dim),
  };
  const marks = new Uint8Array(found.length * texts.count);
  for (const [at, one] of found.entries()) {
    rows.data.set(one.row, at * texts.dim);
    marks.set(one.marks, at * texts.count);
  }
  const examples = { rows, possible: marks };
  // The whole set is one training, beside those of the parts.
  let [parts, total] = [0, 1];
  const heldOut = await holdOutLabels(
    texts,
    examples,
    { logitScale },
    {
      signal,
      onProgress: (done, of) => {
        [parts, total] = [of, of + 1];
        onProgress?.(done, total);
      },
    },
  );
  const learned = await learnLabels(
    texts,
    examples,
    { logitScale },
    {
      signal,
      onProgress: (done, of) => onProgress?.(parts + done / of, total),
    },
  );
  return { rows: learned, photos: Int32Array.from(found, ({ photo }) => photo), heldOut };
}
