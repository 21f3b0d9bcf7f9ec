import type { LibraryApi, LoadedModel, ModelSummary } from '../../../workers/api';
import type { RankedLabel } from '../../zeroshot/classifier';

/** The labels nearest to some photos. */
export type NearestLabels = Awaited<ReturnType<LibraryApi['nearestQueries']>>;

/** What the shares of labels are computed from, beside the cosines. */
export interface LabelScale extends Pick<LoadedModel, 'logitScale' | 'logitBias'> {
  readonly labels: readonly string[];
}

/** So many labels of a photo are known: as many as have a key. */
export const MOST_LABELS = 9;

/** The labels that fit each photo best, by one model; filled piece by piece. */
// Why the best alone: of 10,000 photos and 1,000 labels all cosines are 40 MB, of which nobody looks at more than a few.
export class LabelAnswers {
  readonly by: ModelSummary;
  /** What it was computed from: what is equal here is computed from the same. */
  readonly key: string;
  readonly scale: LabelScale;
  readonly #each: number;
  readonly #placeOf = new Map<number, number>();
  #labels: Int32Array;
  #cosines: Float32Array;
  #logSums: Float64Array;
  readonly #answers = new Map<number, readonly RankedLabel[]>();
  #shown = $state(0);
  /** What the same model said of other labels: photos keep it until these are known. */
  #former: LabelAnswers | undefined;

  /** @param room photos that are expected */
  constructor(by: ModelSummary, key: string, scale: LabelScale, room: number, former?: LabelAnswers) {
    if (former) former.#former = undefined;
    this.#former = former;
    this.by = by;
    this.key = key;
    this.scale = scale;
    this.#each = Math.min(MOST_LABELS, scale.labels.length);
    this.#labels = new Int32Array(room * this.#each);
    this.#cosines = new Float32Array(room * this.#each);
    this.#logSums = new Float64Array(room);
  }

  /** Adds or replaces what is known of photos. The page sees it from the next `show` on. */
  add({ ids, queries, cosines, logSums }: NearestLabels): void {
    const each = this.#each;
    this.#makeRoom(this.#placeOf.size + ids.length);
    for (const [from, id] of ids.entries()) {
      const to = this.#placeOf.get(id) ?? this.#placeOf.size;
      this.#placeOf.set(id, to);
      this.#labels.set(queries.subarray(from * each, (from + 1) * each), to * each);
      this.#cosines.set(cosines.subarray(from * each, (from + 1) * each), to * each);
      this.#logSums[to] = logSums[from]!;
      this.#answers.delete(id);
    }
  }

  #makeRoom(photos: number): void {
    if (photos <= this.#logSums.length) return;
    const room = Math.max(photos, Math.ceil(1.5 * this.#logSums.length));
    const [labels, cosines, logSums] = [this.#labels, this.#cosines, this.#logSums];
    this.#labels = new Int32Array(room * this.#each);
    this.#cosines = new Float32Array(room * this.#each);
    this.#logSums = new Float64Array(room);
    this.#labels.set(labels);
    this.#cosines.set(cosines);
    this.#logSums.set(logSums);
  }

  /** @param isAll every photo is known: nothing is left of earlier labels */
  show(isAll = false): void {
    if (isAll) this.#former = undefined;
    this.#shown++;
  }

  has(id: number): boolean {
    return this.#shown > 0 && this.#placeOf.has(id);
  }

  /** The labels that fit a photo best, descending; undefined for a photo that is not in it. */
  answer(id: number): readonly RankedLabel[] | undefined {
    if (!this.has(id)) return this.#former?.answer(id);
    const known = this.#answers.get(id);
    if (known) return known;
    const place = this.#placeOf.get(id)!;
    const answer = Array.from({ length: this.#each }, (_, at) => {
      const label = this.scale.labels[this.#labels[place * this.#each + at]!]!;
      const cosine = this.#cosines[place * this.#each + at]!;
      return { label, probability: share(this.scale, cosine, this.#logSums[place]!) };
    });
    this.#answers.set(id, answer);
    return answer;
  }

  /** A photo's cosine with the label that fits it best; undefined for a photo that is not in it. */
  bestCosine(id: number): number | undefined {
    return this.has(id) ? this.#cosines[this.#placeOf.get(id)! * this.#each] : undefined;
  }
}

/** All labels that were asked for of the first photo in an answer, descending. */
export function answerOf(scale: LabelScale, { queries, cosines, logSums }: NearestLabels): RankedLabel[] {
  return Array.from(queries, (label, at) => ({
    label: scale.labels[label]!,
    probability: share(scale, cosines[at]!, logSums[0]!),
  }));
}

/** As `softmax` and `sigmoid` of `zeroshot/classifier`, of one cosine. */
function share({ logitScale, logitBias }: LabelScale, cosine: number, logSum: number): number {
  const logit = cosine * logitScale;
  return logitBias === null ? Math.exp(logit - logSum) : 1 / (1 + Math.exp(-(logit + logitBias)));
}
