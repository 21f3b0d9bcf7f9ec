import * as v from 'valibot';
import { storedTensor } from '../../src/clip/weights/weights';
import { listOf, readAs, recordOf } from '../../src/core/schema';
import { modelSummary } from './model-summary';

/** The model details in a kept model's manifest. */
export type KeptDetail = v.InferOutput<typeof keptDetail>;

const keptDetail = recordOf({
  summary: v.pipe(
    modelSummary,
    v.check(({ origin }) => origin !== 'built-in'),
  ),
  logitScale: v.number(),
  logitBias: v.nullable(v.number()),
  /** By tower. The text tower's list is empty in a model that is only staged (image tower first). */
  tensors: recordOf({ image: listOf(storedTensor), text: listOf(storedTensor) }),
});

/** Parses the detail; undefined if it is not a valid `KeptDetail`. */
export function readDetail(json: unknown): KeptDetail | undefined {
  return readAs(keptDetail, json);
}
