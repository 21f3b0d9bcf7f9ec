import type { LibraryApi, LoadedModel } from '../../../workers/api';
import type { Embedder } from './embedder';

export interface UsualThresholdParts {
  readonly embedder: Pick<Embedder, 'texts'>;
  readonly library: Pick<LibraryApi, 'search'>;
}

/** What many libraries hold a little of, and none is full of. */
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

/** The part of a library that fits an everyday text. */
const FITTING = 0.05;

/** So many times more or fewer photos than were measured ask for another measurement. */
const GROWTH = 2;

/**
 * The cosine that a photo has to reach to be worth showing, by model and library.
 */
// Why measured: the cosines of one model say nothing of those of another. ViT-B-32 gives a good match 0.3, the built-in
// models 0.6, SigLIP 0.1, and no table holds for a checkpoint of the person's own. So each model is asked for everyday
// things among the photos that are here, and the cut lies where one photo in twenty reaches it for the median text. Of the
// sample album's pictures 95 in 100 reach it for their own captions.
export class UsualThreshold {
  #value = $state<number | undefined>(undefined);
  readonly #parts: UsualThresholdParts;
  #model: LoadedModel | undefined;
  /** Photos with a row when it was measured. */
  #among = 0;

  constructor(parts: UsualThresholdParts) {
    this.#parts = parts;
  }

  /** Undefined until it was measured for the current model. */
  get value(): number | undefined {
    return this.#value;
  }

  /** Measures it among so many photos, unless that was done. What fails leaves it as it was. */
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
      // Why one by one: what a person types meanwhile waits for one text at most.
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

  /** The cosine that `k` photos reach with a text. */
  async #reached(model: LoadedModel, text: string, k: number): Promise<number | undefined> {
    const { id, embedDim } = model.summary;
    const [data] = await this.#parts.embedder.texts(model, [text]);
    if (!data) return undefined;
    const matches = await this.#parts.library.search({ model: id, count: 1, dim: embedDim, data }, k);
    return matches.at(-1)?.score;
  }
}
