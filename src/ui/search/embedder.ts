import type { ClipApi, Embeddings, ImageApi, LibraryApi, LoadedModel } from '../../../workers/api';
import { Failure } from '../../core/failure';
import { combine } from '../../search/query';
import { batchOf } from '../indexing/picture-batch';
import type { Question } from './question';

export interface EmbedderParts {
  readonly clip: Pick<ClipApi, 'encodeTexts' | 'encodeImages'>;
  readonly images: Pick<ImageApi, 'prepare'>;
  readonly library: Pick<LibraryApi, 'row'>;
}

type Row = Float32Array<ArrayBuffer>;

/** Maximum cached texts. */
const KEPT_TEXTS = 64;

/** Embeds queries, both texts and pictures, with a cache of recent embeddings. */
export class Embedder {
  readonly #parts: EmbedderParts;
  /** By what made them and text, most recently used last. */
  readonly #texts = new Map<string, Row>();
  /** By what made them and how they were decoded. */
  #pictures = new WeakMap<File, Map<string, Row>>();

  constructor(parts: EmbedderParts) {
    this.#parts = parts;
  }

  /**
   * One row for the whole query; undefined if its parts cancel each other or have no row yet. A picture counts as much
   * as a text of weight 1.
   * @throws as `texts` and `picture`
   */
  async question(model: LoadedModel, { terms, examples }: Question): Promise<Embeddings | undefined> {
    const { id, embedDim: dim } = model.summary;
    const texts = await this.texts(
      model,
      terms.map((term) => term.text),
    );
    const pictures = await Promise.all(
      examples.map((example) =>
        example.kind === 'file' ? this.picture(model, example.file) : this.#parts.library.row(id, example.id),
      ),
    );
    const parts = [
      ...texts.map((row, at) => ({ row, weight: terms[at]!.weight })),
      ...pictures.flatMap((row) => (row ? [{ row, weight: 1 }] : [])),
    ];
    const rows = new Float32Array(parts.length * dim);
    for (const [at, { row }] of parts.entries()) rows.set(row, at * dim);
    const data = combine(
      { dim, data: rows },
      parts.map(({ weight }) => weight),
    );
    return data && { model: id, count: 1, dim, data };
  }

  /** A row of length 1 for each text. @throws as `ClipApi.encodeTexts` */
  async texts({ summary, rows }: LoadedModel, texts: readonly string[]): Promise<Row[]> {
    const { id, embedDim: dim } = summary;
    const key = (text: string) => `${id} ${rows}\n${text}`;
    // A copy, since `#texts` may be cleared while the tower works.
    const known = new Map(texts.map((text) => [text, this.#texts.get(key(text))]));
    const missing = [...known.keys()].filter((text) => !known.get(text));
    if (missing.length > 0) {
      const { data } = await this.#parts.clip.encodeTexts(id, missing);
      for (const [at, text] of missing.entries()) known.set(text, data.slice(at * dim, (at + 1) * dim));
    }
    for (const [text, row] of known) {
      this.#texts.delete(key(text));
      this.#texts.set(key(text), row!);
    }
    for (const oldest of [...this.#texts.keys()].slice(0, -KEPT_TEXTS)) this.#texts.delete(oldest);
    return texts.map((text) => known.get(text)!);
  }

  /** The row of a picture. @throws the failure `ImageApi.prepare` returns for a bad one; as `ClipApi.encodeImages` */
  async picture(model: LoadedModel, file: File): Promise<Row> {
    const { clip, images } = this.#parts;
    const { id } = model.summary;
    const name = `${id} ${model.rows} ${model.decoding}`;
    const kept = this.#pictures.get(file) ?? new Map<string, Row>();
    const known = kept.get(name);
    if (known) return known;
    const picture = await images.prepare(file, model.preprocess, 0, model.decoding);
    if (!picture.ok) throw new Failure(picture.name, picture.message);
    const { data } = await clip.encodeImages(id, batchOf(model, [picture]));
    this.#pictures.set(file, kept.set(name, data));
    return data;
  }

  /** Clears the cache: a model id may come back with other weights. */
  forget(): void {
    this.#texts.clear();
    this.#pictures = new WeakMap();
  }
}
