import { Failure } from '../core/failure';
import { rowAt, type UnitRows } from '../core/unit-rows';
import { rank, sigmoid, softmax, type RankedLabel } from '../zeroshot/classifier';
import { createLabelRows } from '../zeroshot/label-rows';
import { ownSet } from '../zeroshot/templates';

export type { RankedLabel, UnitRows };

/** A picture that could not be embedded, by its place among those given. */
export interface PictureFailure {
  readonly index: number;
  /** Such as PictureUnreadable, PictureTooLarge, FileUnreadable. */
  readonly name: string;
  readonly message: string;
}

/** Embeddings of pictures, one row each, in order. The rows of `failures` are zeros. */
export interface PictureEmbeddings extends UnitRows {
  readonly failures: readonly PictureFailure[];
}

/** A picture in memory. */
export interface PixelPicture {
  readonly width: number;
  readonly height: number;
  /** `[height, width, 4]`: RGBA, not premultiplied, 0..255; as an `ImageData` has it. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** How labels are made into texts. */
export interface ClassifyOptions {
  /** Prompt templates with `{}` for the label, whose embeddings are averaged; default: `a photo of a {}.` */
  readonly templates?: readonly string[];
}

/** What a picture shows. */
export interface Classified {
  /**
   * All labels, descending. Probabilities sum to 1; those of a model with a logit bias, as SigLIP, are each 0..1 by
   * themselves. None if the picture failed.
   */
  readonly labels: readonly RankedLabel[];
  readonly failure?: PictureFailure;
}

export interface SearchOptions {
  /** The most that are found; default 10. */
  readonly most?: number;
}

/** A picture that was found. */
export interface Found {
  /** Its place among those given. */
  readonly index: number;
  /** Of its embedding with the query's, -1..1. */
  readonly cosine: number;
}

/** An open model. Pictures are given as `Picture`s, or as the embeddings that were made of them before. */
export interface Model<Picture> {
  /** Numbers of an embedding. */
  readonly dim: number;
  /** Multiplies a cosine to give a logit: `exp(logit_scale)`. */
  readonly logitScale: number;
  /** Added to every logit; null: the model has none. */
  readonly logitBias: number | null;
  /** Where it runs: `webgpu` or `wasm`, on which device, in which arithmetic. */
  readonly runsOn: { readonly backend: string; readonly device: string; readonly arithmetic: string };

  /**
   * Embeds pictures with OpenCLIP's own preprocessing. One that fails does not fail the others.
   * @returns unit rows, `[pictures, dim]`
   * @throws OutOfMemory, DeviceLost; ModelNotLoaded after `release`
   * @example
   * const { data, dim, failures } = await model.encodeImages(pictures);
   */
  encodeImages(pictures: readonly Picture[]): Promise<PictureEmbeddings>;

  /**
   * Embeds texts, cleaned and cut as OpenCLIP does.
   * @returns unit rows, `[texts, dim]`
   * @throws as `encodeImages`
   * @example
   * const { data } = await model.encodeTexts(['a photo of a cat']);
   */
  encodeTexts(texts: readonly string[]): Promise<UnitRows>;

  /**
   * Zero-shot classification. Labels' texts are embedded once and kept.
   * @throws as `encodeImages`; RangeError without labels, or for a template without `{}`
   * @example
   * const [{ labels }] = await model.classify([picture], ['cat', 'dog']);
   * console.log(labels[0].label, labels[0].probability);
   */
  classify(
    pictures: readonly Picture[] | PictureEmbeddings,
    labels: readonly string[],
    options?: ClassifyOptions,
  ): Promise<readonly Classified[]>;

  /**
   * The pictures that show what a text says, nearest first. Those that failed are not found.
   * @throws as `encodeImages`
   * @example
   * const album = await model.encodeImages(pictures);
   * const [best] = await model.search('two cats on a sofa', album, { most: 1 });
   */
  search(
    query: string,
    pictures: readonly Picture[] | PictureEmbeddings,
    options?: SearchOptions,
  ): Promise<readonly Found[]>;

  /** Frees the model. Calls under way, and later ones, end with ModelNotLoaded. */
  release(): Promise<void>;
}

/** A model without what is computed from embeddings alone. */
export type Towers<Picture> = Omit<Model<Picture>, 'classify' | 'search'>;

const PHOTO = ['a photo of a {}.'];

/** Adds what is computed from embeddings alone. */
export function createModel<Picture>(towers: Towers<Picture>): Model<Picture> {
  const { logitScale, logitBias, dim } = towers;
  const labelRows = createLabelRows((_model, texts) => towers.encodeTexts(texts));

  async function embedded(pictures: readonly Picture[] | PictureEmbeddings): Promise<PictureEmbeddings> {
    if (!('data' in pictures)) return towers.encodeImages(pictures);
    if (pictures.dim === dim && pictures.data.length === pictures.count * dim) return pictures;
    throw new RangeError(`These embeddings have ${pictures.dim} numbers, and this model's ${dim}`);
  }

  return {
    ...towers,
    async classify(pictures, labels, { templates = PHOTO } = {}) {
      if (labels.length === 0) throw new RangeError('Give one label or more');
      const bare = templates.find((template) => !template.includes('{}'));
      if (bare !== undefined) throw new RangeError(`The template “${bare}” has no {} for the label`);
      const rows = await embedded(pictures);
      const texts = await labelRows.rows({ id: '', rows: '' }, ownSet(templates), labels);
      const failed = new Map(rows.failures.map((failure) => [failure.index, failure]));
      return Array.from({ length: rows.count }, (_, index) => {
        const failure = failed.get(index);
        if (failure) return { labels: [], failure };
        const cosines = labels.map((_label, at) => cosine(rowAt(rows, index), rowAt(texts, at)));
        const shares =
          logitBias === null ? softmax(cosines, logitScale) : sigmoid(cosines, logitScale, logitBias);
        return { labels: rank(labels, shares) };
      });
    },
    async search(query, pictures, { most = 10 } = {}) {
      const rows = await embedded(pictures);
      const text = await towers.encodeTexts([query]);
      const failed = new Set(rows.failures.map(({ index }) => index));
      return Array.from({ length: rows.count }, (_, index) => ({
        index,
        cosine: cosine(rowAt(rows, index), rowAt(text, 0)),
      }))
        .filter(({ index }) => !failed.has(index))
        .sort((a, b) => b.cosine - a.cosine)
        .slice(0, most);
    },
  };
}

/** What is said of calls to a model that was released. */
export function released(): Failure {
  return new Failure('ModelNotLoaded', 'This model was released: open it again.');
}

function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
