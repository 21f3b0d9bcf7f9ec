import type { LibraryApi, LoadedModel } from '../../../workers/api';
import type { Embedder } from './embedder';

export interface UsualThresholdParts {
  readonly embedder: Pick<Embedder, 'texts'>;
  readonly library: Pick<LibraryApi, 'search'>;
}

/** Everyday subjects that many libraries contain, but none is full of. */
const EVERYDAY = [
  'a person',
  'a dog',
  'a cat',
  'a car',
  'a house',
  'a tree',
  'a flower',
  'food',
  'the sea',
  'a street',
  'a bird',
  'a book',
  'a chair',
  'a guitar',
  'a ball',
  'a hat',
];

/** Fraction of a library assumed to match an everyday text. */
const FITTING = 0.05;

/** Measured again once the number of photos has changed by this factor. */
const GROWTH = 2;

/**
 * The default minimum cosine of a result, measured for each model and library.
 */
// Why measured: models differ in their cosines. A good match has 0.3 with ViT-B-32, 0.6 with the built-in models, 0.1
// with SigLIP, and no table covers the user's own checkpoints. So everyday texts are searched in the library, and the
// threshold is what one photo in twenty reaches for the median text. Of the sample album's pictures, 95 in 100 reach it
// for their own captions.
export class UsualThreshold {
  #value = $state<number | undefined>(undefined);
  readonly #parts: UsualThresholdParts;
  #model: LoadedModel | undefined;
  /** Photos with a row when it was measured. */
  #among = 0;

  constructor(parts: UsualThresholdParts) {
    this.#parts = parts;
  }

  /** Undefined until measured for the current model. */
  get value(): number | undefined {
    return this.#value;
  }

  /** Measures it with this number of photos, unless already done. A failure leaves it unchanged. */
  async measure(model: LoadedModel, indexed: number): Promise<void> {
    const isSame = model.summary.id === this.#model?.summary.id && model.weights === this.#model.weights;
    const change = indexed / this.#among;
    if (!model.hasText || indexed === 0) return;
    if (isSame && change < GROWTH && change > 1 / GROWTH) return;
    if (!isSame) this.#value = undefined;
    this.#model = model;
    this.#among = indexed;
    try {
      const reached: number[] = [];
      // Why one by one: a typed query then waits for at most one text.
      for (const text of EVERYDAY) {
        const score = await this.#reached(model, text, Math.ceil(FITTING * indexed));
        if (model !== this.#model) return;
        if (score !== undefined) reached.push(score);
      }
      this.#value = reached.sort((a, b) => a - b)[reached.length >> 1];
    } catch {
      this.#among = 0;
    }
  }

  /** The cosine that `k` photos reach for a text. */
  async #reached(model: LoadedModel, text: string, k: number): Promise<number | undefined> {
    const { id, embedDim } = model.summary;
    const [data] = await this.#parts.embedder.texts(model, [text]);
    if (!data) return undefined;
    const matches = await this.#parts.library.search({ model: id, count: 1, dim: embedDim, data }, k);
    return matches.at(-1)?.score;
  }
}
