import type { LoadedModel } from '../../../../workers/api';
import { rank, sigmoid, softmax, type RankedLabel } from '../../../zeroshot/classifier';

/** Photos' cosines with labels, by one model. */
export interface LabelTable extends Pick<LoadedModel, 'logitScale' | 'logitBias'> {
  readonly labels: readonly string[];
  /** The row of each photo. */
  readonly rowOf: ReadonlyMap<number, number>;
  /** `[photos, labels]`, row-major. */
  readonly cosines: Float32Array;
}

/** Looks up a photo's labels in `table`, computing each photo's once; undefined for a photo that is not in it. */
export function answersOf(table: LabelTable | undefined): (id: number) => readonly RankedLabel[] | undefined {
  const known = new Map<number, readonly RankedLabel[]>();
  return (id) => {
    const cosines = table && cosinesOf(table, id);
    if (!table || !cosines) return undefined;
    const answer = known.get(id) ?? rank(table.labels, probabilities(table, cosines));
    known.set(id, answer);
    return answer;
  };
}

/** A photo's cosines with the labels, in their order; undefined for a photo that is not in the table. */
export function cosinesOf(table: LabelTable, id: number): Float32Array | undefined {
  const row = table.rowOf.get(id);
  const count = table.labels.length;
  return row === undefined ? undefined : table.cosines.subarray(row * count, (row + 1) * count);
}

function probabilities({ logitScale, logitBias }: LabelTable, cosines: Float32Array): Float64Array {
  return logitBias === null ? softmax(cosines, logitScale) : sigmoid(cosines, logitScale, logitBias);
}
