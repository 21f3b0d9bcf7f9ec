import type { Runtime } from '../src/clip/towers';
import { PRECISIONS, totalBytes, type Precision } from '../src/clip/weights/weights';
import { cosine, dot } from '../src/core/vectors';
import { towersOn } from '../src/engine/loaded-towers';
import { readTowers, type CheckpointBytes } from '../src/engine/model-source';

/** Required accuracy of each precision on the built-in model: minimum cosine to fp32, over pictures and texts. */
export const REQUIRED_COSINE: Readonly<Record<Precision, number>> = {
  fp32: 1,
  'fp16-storage': 0.99999,
  q8: 0.999,
  q4: 0.98,
};

/** A model, pictures and texts to compare precisions with. */
export interface PrecisionCase {
  readonly runtime: Runtime;
  readonly checkpoint: CheckpointBytes;
  /** Normalised, `[pictures, 3, height, width]`. */
  readonly pixels: Float32Array;
  readonly pictures: number;
  /** `[texts, contextLength]`; the texts serve as labels for the pictures. */
  readonly ids: Int32Array;
  readonly texts: number;
}

/** Size and accuracy of one precision. Cosines compare each embedding with the fp32 one of the same input. */
export interface PrecisionFigures {
  readonly precision: Precision;
  /** Stored bytes of both towers. */
  readonly storedBytes: number;
  readonly pictures: CosineFigures;
  readonly texts: CosineFigures;
  /** Fraction of pictures, 0..1, with the same nearest text as in fp32. */
  readonly unchangedTop1: number;
}

interface CosineFigures {
  readonly min: number;
  readonly median: number;
}

interface Rows {
  readonly storedBytes: number;
  readonly pictures: readonly Float32Array[];
  readonly texts: readonly Float32Array[];
}

/** Compares every precision with fp32. */
export async function measurePrecisions(subject: PrecisionCase): Promise<PrecisionFigures[]> {
  const reference = await encode(subject, 'fp32');
  const figures: PrecisionFigures[] = [];
  for (const precision of PRECISIONS) {
    const rows = precision === 'fp32' ? reference : await encode(subject, precision);
    const same = rows.pictures.filter(
      (picture, at) => nearest(picture, rows.texts) === nearest(reference.pictures[at], reference.texts),
    );
    figures.push({
      precision,
      storedBytes: rows.storedBytes,
      pictures: cosines(rows.pictures, reference.pictures),
      texts: cosines(rows.texts, reference.texts),
      unchangedTop1: same.length / rows.pictures.length,
    });
  }
  return figures;
}

async function encode(subject: PrecisionCase, precision: Precision): Promise<Rows> {
  const { runtime, checkpoint, pixels, pictures, ids, texts } = subject;
  const source = await readTowers({ id: precision, name: precision, precision }, checkpoint);
  const towers = towersOn({ backend: runtime.provider.name, runtime, device: '' }, source, true);
  try {
    const pictureRows = await (await towers.image()).encode(pixels, pictures);
    const textRows = await (await towers.text()).encode(ids, texts);
    return {
      storedBytes: totalBytes([...source.image.tensors, ...(source.text?.tensors ?? [])]),
      pictures: split(pictureRows, pictures),
      texts: split(textRows, texts),
    };
  } finally {
    await towers.release();
  }
}

function split(values: Float32Array, count: number): Float32Array[] {
  const dim = values.length / count;
  return Array.from({ length: count }, (_, row) => values.subarray(row * dim, (row + 1) * dim));
}

function cosines(rows: readonly Float32Array[], reference: readonly Float32Array[]): CosineFigures {
  const sorted = rows.map((row, at) => cosine(row, reference[at] ?? [])).sort((a, b) => a - b);
  return { min: sorted[0] ?? NaN, median: sorted[sorted.length >> 1] ?? NaN };
}

/** The index of the text with the largest dot product. */
function nearest(picture: Float32Array | undefined, texts: readonly Float32Array[]): number {
  const scores = texts.map((text) => dot(picture ?? [], text));
  return scores.indexOf(Math.max(...scores));
}
