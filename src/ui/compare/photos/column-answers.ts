import type { ImageApi, LibraryApi, Match } from '../../../../workers/api';
import { failureName } from '../../../core/failure';
import { createLabelRows } from '../../../zeroshot/label-rows';
import type { TemplateSet } from '../../../zeroshot/templates';
import type { LabelTable } from './label-table';
import { Embedder } from '../../search/embedder';
import type { Question } from '../../search/question';
import type { Column } from './column.svelte';

export interface ColumnAnswersParts {
  readonly column: Pick<Column, 'clip' | 'rows' | 'model' | 'reopen'>;
  readonly images: Pick<ImageApi, 'prepare'>;
  readonly library: Pick<LibraryApi, 'row' | 'search' | 'cosines'>;
}

/** What a column's model answers. Its calls throw what `ClipApi` and `LibraryApi` do. */
export class ColumnAnswers {
  readonly #parts: ColumnAnswersParts;
  readonly #embedder: Embedder;
  readonly #rows: ReturnType<typeof createLabelRows>;

  constructor(parts: ColumnAnswersParts) {
    const { clip } = parts.column;
    this.#parts = parts;
    this.#embedder = new Embedder({ ...parts, clip });
    this.#rows = createLabelRows((model, texts) => clip.encodeTexts(model, texts));
  }

  /** The `k` best matches, or fewer; none without a model. */
  async matches(question: Question, k: number): Promise<readonly Match[]> {
    const { column, library } = this.#parts;
    const { model } = column;
    if (!model) return [];
    const query = await this.#embedder.question(model, question);
    return query ? this.#withRows(() => library.search(query, k)) : [];
  }

  /** Every photo's cosines with the labels; undefined without a model or labels. */
  async labels(templates: TemplateSet, labels: readonly string[]): Promise<LabelTable | undefined> {
    const { column, library } = this.#parts;
    const { model } = column;
    if (!model || labels.length === 0) return undefined;
    const maker = { id: column.rows.name, rows: model.rows };
    const rows = await this.#rows.rows(maker, templates, labels);
    const { ids, cosines } = await this.#withRows(() => library.cosines(rows));
    const rowOf = new Map(Array.from(ids, (id, row) => [id, row]));
    return { labels, rowOf, cosines, logitScale: model.logitScale, logitBias: model.logitBias };
  }

  /** The library closes rows that the page has not used for long, and a new library worker has none open. */
  async #withRows<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (failureName(error) !== 'ModelNotLoaded') throw error;
      await this.#parts.column.reopen();
      return ask();
    }
  }
}
