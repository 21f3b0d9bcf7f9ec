import * as v from 'valibot';
import { storedTensor } from '../../src/clip/weights/weights';
import { listOf, readAs, recordOf } from '../../src/core/schema';
import { modelSummary } from './model-summary';

/** What a kept model's manifest says beyond its files. */
export type KeptDetail = v.InferOutput<typeof keptDetail>;

const keptDetail = recordOf({
  summary: v.pipe(
    modelSummary,
    v.check(({ origin }) => origin !== 'built-in'),
  ),
  logitScale: v.number(),
  logitBias: v.nullable(v.number()),
  /** By tower. The text tower's list is empty in a model that is only staged. */
  tensors: recordOf({ image: listOf(storedTensor), text: listOf(storedTensor) }),
});

/** Reads the detail back; undefined where it is not what `KeptDetail` says. */
export function readDetail(json: unknown): KeptDetail | undefined {
  return readAs(keptDetail, json);
}
