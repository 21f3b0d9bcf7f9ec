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

/** Texts that no photo shows, words without meaning and notions: what a picture reaches for them, it reaches by chance. */
const UNRELATED = [
  'xqz vwk',
  'brtl mnop',
  'zzkj',
  'fhgw qpd',
  'jkl asd',
  'prmf tlk gns',
  '0x7f 93b',
  'yy uu ii',
  'democracy',
  'the square root of two',
  'next Tuesday',
  'the past tense',
  'an opinion',
  'a lack of evidence',
  'inflation',
  'a legal definition',
];

/** Fraction of a library assumed to match an everyday text. */
const FITTING = 0.05;

/** Fraction of the unrelated texts whose best photo is no better than chance. */
const BY_CHANCE = 0.6;

/** Measured again once the number of photos has changed by this factor. */
const GROWTH = 2;

/** Cosines of texts with the photos of a library, for one model. */
export interface Reach {
  /** The default minimum cosine of a result. */
  readonly usual: number;
  /** What a text reaches at best that none of the photos shows. */
  readonly unrelated: number;
  /** What a text reaches at best that a photo shows very well. */
  readonly good: number;
}

/** What cosines are worth, measured for each model and library. */
// Why measured: models differ in their cosines. A good match has 0.3 with ViT-B-32, 0.6 with the built-in models, 0.1
// with SigLIP, and no table covers the user's own checkpoints. So everyday texts are searched in the library. The usual
// threshold is what one photo in twenty reaches for the median text: of the sample album's pictures, 95 in 100 reach it
// for their own captions. Of the texts' best photos, the best is as sure as a match gets here. What is no better than six
// in ten of the texts that no photo shows is found by chance: of the sample album's captions, 95 in 100 find a better photo.
export class UsualThreshold {
  #reach = $state.raw<Reach | undefined>(undefined);
  readonly #parts: UsualThresholdParts;
  #model: LoadedModel | undefined;
  /** Photos with a row when it was measured. */
  #among = 0;

  constructor(parts: UsualThresholdParts) {
    this.#parts = parts;
  }

  /** Undefined until measured for the current model. */
  get reach(): Reach | undefined {
    return this.#reach;
  }

  /** Measures it with this number of photos, unless already done. A failure leaves it unchanged. */
  async measure(model: LoadedModel, indexed: number): Promise<void> {
    const isSame = model.summary.id === this.#model?.summary.id && model.weights === this.#model.weights;
    const change = indexed / this.#among;
    if (!model.hasText || indexed === 0) return;
    if (isSame && change < GROWTH && change > 1 / GROWTH) return;
    if (!isSame) this.#reach = undefined;
    this.#model = model;
    this.#among = indexed;
    try {
      const everyday = await this.#searchAll(model, EVERYDAY, Math.ceil(FITTING * indexed));
      const unrelated = await this.#searchAll(model, UNRELATED, 1);
      if (model === this.#model) this.#reach = reachOf(everyday, unrelated);
    } catch {
      this.#among = 0;
    }
  }

  /** The `k` best cosines for each text, falling; empty once the model is another. */
  async #searchAll(model: LoadedModel, texts: readonly string[], k: number): Promise<number[][]> {
    const { id, embedDim } = model.summary;
    const found: number[][] = [];
    // All at once, in a fraction of the time: a typed query overtakes them.
    for (const data of await this.#parts.embedder.texts(model, texts)) {
      if (model !== this.#model) return [];
      const matches = await this.#parts.library.search({ model: id, count: 1, dim: embedDim, data }, k);
      found.push(matches.map(({ score }) => score));
    }
    return found;
  }
}

function reachOf(everyday: readonly number[][], unrelated: readonly number[][]): Reach | undefined {
  const rising = (scores: readonly (number | undefined)[]) =>
    scores.filter((score) => score !== undefined).sort((a, b) => a - b);
  const usual = quantile(rising(everyday.map((scores) => scores.at(-1))), 0.5);
  const good = rising(everyday.map(([best]) => best)).at(-1);
  const chance = quantile(rising(unrelated.map(([best]) => best)), BY_CHANCE);
  return usual === undefined || good === undefined || chance === undefined
    ? undefined
    : { usual, unrelated: chance, good };
}

function quantile(rising: readonly number[], fraction: number): number | undefined {
  return rising[Math.floor(rising.length * fraction)];
}
