import type { PreprocessSettings } from '../core/preprocess-settings';
import { shortDigest } from '../core/short-digest';
import type { TowerWeights } from './towers';

/** Bytes per sample, and evenly spaced samples per weight file, including both ends. */
const SAMPLE = 4096;
const PLACES = 32;

/**
 * 32 hex digits that identify an image tower, from its tensors, samples of their bytes, and its preprocessing.
 */
// Why at all: stored embeddings must never be mistaken for those of other weights with the same name (a retrained
// model, another checkpoint with the same title). Why samples: training changes all weights, so they identify a tower
// as well as all its gigabytes would.
export async function imageFingerprint(
  { tensors, files }: TowerWeights,
  preprocess: PreprocessSettings,
): Promise<string> {
  const places = tensors.map(({ sum: _, ...place }) => place);
  const parts: BlobPart[] = [JSON.stringify([places, preprocess])];
  for (const { data } of files) {
    const size = data instanceof Blob ? data.size : data.byteLength;
    const last = Math.max(0, size - SAMPLE);
    for (let place = 0; place < PLACES; place++) {
      const start = Math.floor((last * place) / (PLACES - 1));
      parts.push(data.slice(start, start + SAMPLE));
    }
  }
  return shortDigest(await new Blob(parts).arrayBuffer());
}
