import { rowAt, type UnitRows } from '../core/unit-rows';
import { dot } from '../core/vectors';
import { classification } from './classification';
import { multilabel } from './multilabel';
import { ovad } from './ovad';
import type { Metrics } from './results';
import { retrieval } from './retrieval';

/** Embedded pictures with their right answers, and the texts that they are compared with. */
export type Outcome = { readonly images: UnitRows } & (
  | {
      readonly task: 'classification';
      /** One row per class. */
      readonly classifier: UnitRows;
      readonly targets: readonly number[];
    }
  | {
      readonly task: 'multilabel';
      readonly classifier: UnitRows;
      /** For each picture 1 or 0 for each class. */
      readonly targets: readonly (readonly number[])[];
    }
  | {
      readonly task: 'retrieval';
      /** One row per caption, picture by picture. */
      readonly texts: UnitRows;
      /** How many captions each picture has. */
      readonly captions: readonly number[];
    }
  | {
      readonly task: 'attributes';
      /** One row per text, attribute by attribute. */
      readonly texts: UnitRows;
      readonly attributes: readonly { readonly frequency: string; readonly texts: readonly string[] }[];
      /** For each picture 1, 0 or -1 for each attribute. */
      readonly labels: readonly (readonly number[])[];
    }
);

/** What CLIP_benchmark calls the task of an outcome; OVAD's has a name of its own. */
export function taskName(task: Outcome['task']): string {
  if (task === 'attributes') return 'ovad';
  return task === 'retrieval' ? 'zeroshot_retrieval' : 'zeroshot_classification';
}

/**
 * The metrics of an outcome, by the names of CLIP_benchmark and OVAD.
 * @param ks of the recalls; those beyond the number of pictures or texts are left out
 * @throws RangeError if there is no picture, if all `ks` are beyond it, and what the metrics throw
 */
export async function measure(outcome: Outcome, ks: readonly number[] = [1, 5, 10]): Promise<Metrics> {
  const { images } = outcome;
  if (images.count === 0) throw new RangeError('There is no picture to evaluate');
  switch (outcome.task) {
    case 'classification':
      return { ...(await classification(images, outcome.classifier, outcome.targets)) };
    case 'multilabel': {
      const { mean_average_precision } = multilabel(
        images,
        outcome.classifier,
        Uint8Array.from(outcome.targets.flat()),
      );
      return { mean_average_precision };
    }
    case 'retrieval': {
      const imageOfText = outcome.captions.flatMap((count, picture) =>
        Array.from({ length: count }, () => picture),
      );
      const fewest = Math.min(images.count, outcome.texts.count);
      if (fewest === 0) throw new RangeError('No picture has a caption');
      const possible = ks.filter((k) => k <= fewest);
      // If none is, the first is refused.
      return retrieval(images, outcome.texts, imageOfText, possible.length > 0 ? possible : ks);
    }
    case 'attributes': {
      const frequencies = outcome.attributes.map(({ frequency }) => requireFrequency(frequency));
      const { mAP, head, medium, tail } = ovad(attributeScores(outcome), outcome.labels.flat(), frequencies);
      return { mAP, head, medium, tail };
    }
  }
}

/** A picture's score for an attribute: the highest cosine with any of its texts, `[pictures, attributes]`. */
function attributeScores({ images, texts, attributes }: Outcome & { readonly task: 'attributes' }) {
  const scores = new Float32Array(images.count * attributes.length);
  for (let picture = 0; picture < images.count; picture++) {
    const image = rowAt(images, picture);
    let text = 0;
    for (const [index, attribute] of attributes.entries()) {
      let best = -Infinity;
      for (const end = text + attribute.texts.length; text < end; text++) {
        best = Math.max(best, dot(image, rowAt(texts, text)));
      }
      scores[picture * attributes.length + index] = best;
    }
  }
  return scores;
}

function requireFrequency(frequency: string): 'head' | 'medium' | 'tail' {
  if (frequency === 'head' || frequency === 'medium' || frequency === 'tail') return frequency;
  throw new RangeError(`"${frequency}" is none of head, medium and tail`);
}
