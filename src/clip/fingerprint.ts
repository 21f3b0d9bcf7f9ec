import { shortDigest } from '../core/short-digest';
import type { TowerWeights } from './towers';

/** Bytes per sample, and evenly spaced samples per weight file, including both ends. */
const SAMPLE = 4096;
const PLACES = 32;

/** What was computed: a tower's weights are gone through once. */
const computed = new WeakMap<TowerWeights, [settings: string, fingerprint: Promise<string>]>();

/**
 * 32 hex digits that identify a tower, from its tensors, samples of their bytes, and the settings that it depends on:
 * of an image tower its preprocessing.
 */
// Why at all: stored embeddings must never be mistaken for those of other weights with the same name (a retrained
// model, another checkpoint with the same title). Why samples: training changes all weights, so they identify a tower
// as well as all its gigabytes would.
export function towerFingerprint(weights: TowerWeights, settings: unknown): Promise<string> {
  const wanted = JSON.stringify(settings);
  const [known, before] = computed.get(weights) ?? [];
  if (before !== undefined && known === wanted) return before;
  const fingerprint = compute(weights, settings);
  computed.set(weights, [wanted, fingerprint]);
  return fingerprint;
}

async function compute({ tensors, files }: TowerWeights, settings: unknown): Promise<string> {
  const places = tensors.map(({ sum: _, ...place }) => place);
  const parts: BlobPart[] = [JSON.stringify([places, settings])];
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
