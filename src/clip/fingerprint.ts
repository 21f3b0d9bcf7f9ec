import type { PreprocessSettings } from '../core/preprocess-settings';
import { shortDigest } from '../core/short-digest';
import type { TowerWeights } from './towers';

/** Of each file of weights, in bytes: this much at each of so many places, evenly apart, both ends among them. */
const SAMPLE = 4096;
const PLACES = 32;

/**
 * 32 hex digits that tell one image tower from another: its tensors, samples of their bytes, and how pictures are
 * prepared for it.
 */
// Why samples: embeddings outlive a visit, and must never be taken for those of other weights that bear the same name
// (a model trained anew, another checkpoint under the same title). Training moves all weights, so a sample tells as
// well as the whole, which may be gigabytes.
export async function imageFingerprint(
  { tensors, files }: TowerWeights,
  preprocess: PreprocessSettings,
): Promise<string> {
  const parts: BlobPart[] = [JSON.stringify([tensors, preprocess])];
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
