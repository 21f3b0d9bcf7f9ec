import { readArchitecture } from '../src/clip/architecture';
import { modelSizeOf } from '../src/clip/footprint';
import { MODEL_CONFIGS } from '../tools/make-checkpoint';

/** What was measured of a model of true size. Memory in bytes. */
interface Measured {
  readonly architecture: string;
  /** Of the renderer, while the model was loaded and used. */
  readonly peakMemory: number;
  /** What downloading and converting it added to the memory of an idle page. */
  readonly ingestGrowth: number;
}

const LARGEST = 'ViT-H-14';
const MOST_MEMORY = 3e9;

/** Beside the largest tensor as it is kept. */
const MOST_GROWTH = 400e6;

/** A sentence for every ceiling that a model's figures reach. */
export function failuresOf({ architecture, peakMemory, ingestGrowth }: Measured): string[] {
  const failures = [];
  if (architecture === LARGEST && peakMemory >= MOST_MEMORY)
    failures.push(
      `${architecture} takes ${megabytes(peakMemory)} MB of memory; ${megabytes(MOST_MEMORY)} are too much.`,
    );
  const limit = MOST_GROWTH + largestTensor(architecture);
  if (ingestGrowth >= limit)
    failures.push(
      `Downloading ${architecture} adds ${megabytes(ingestGrowth)} MB; ${megabytes(limit)} are too much.`,
    );
  return failures;
}

/** Bytes of the largest tensor in 8 bits: the token embedding, which is kept as fp16. */
function largestTensor(architecture: string): number {
  const { image, text } = modelSizeOf(readArchitecture(MODEL_CONFIGS[architecture]));
  return 2 * Math.max(image.largest, text.largest, text.lookup);
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
