import type { ClipApi, LibraryApi, LoadedModel } from '../../../workers/api';
import type { Embeddings } from '../../core/unit-rows';
import type { RankedLabel } from '../../zeroshot/classifier';
import { createLabelRows, type LabelRows } from '../../zeroshot/label-rows';
import { nameOfLabel } from '../../zeroshot/labels';
import type { TemplateSet } from '../../zeroshot/templates';
import { answerOf, LabelAnswers, type LabelScale } from './label-answers.svelte';
import type { Learning } from './learning.svelte';
import { labelPhotos } from './photo-labeller';

export interface LabellingParts {
  readonly clip: Pick<ClipApi, 'encodeTexts'>;
  readonly library: Pick<LibraryApi, 'nearestQueries'>;
  readonly learning: Pick<Learning, 'rows'>;
}

/** What is to be labelled, and with what. */
export interface LabelRequest {
  readonly model: LoadedModel;
  readonly templates: TemplateSet;
  readonly labels: readonly string[];
  /** Photos in the order in which they are wanted; asked for when the labels are known. */
  readonly photos: () => readonly number[];
  /** Ends the work. */
  readonly signal: AbortSignal;
}

/** Rows of labels made so far, and of those that were missing. */
export interface LabelProgress {
  readonly done: number;
  readonly total: number;
}

/** Texts per call: few, so that a typed query can run in between. */
const TEXTS_PER_CALL = 16;

/** Works out which labels fit photos: those in view first, the others behind them. */
export class Labelling {
  #answers = $state.raw<LabelAnswers | undefined>(undefined);
  #texts = $state.raw<LabelProgress | undefined>(undefined);
  #compared: { readonly key: string; readonly rows: Embeddings; readonly scale: LabelScale } | undefined;
  #rows: LabelRows;
  readonly #parts: LabellingParts;

  constructor(parts: LabellingParts) {
    this.#parts = parts;
    this.#rows = this.#newRows();
  }

  /** What is known; undefined before anything is. */
  get answers(): LabelAnswers | undefined {
    return this.#answers;
  }

  /** Number of labels that the photos were compared with. */
  get total(): number {
    return this.#answers?.scale.labels.length ?? 0;
  }

  /** The labels' texts, while the model reads them. */
  get texts(): LabelProgress | undefined {
    return this.#texts;
  }

  /** Drops what is known of photos. */
  drop(): void {
    this.#answers = undefined;
  }

  /** Drops the cached label rows: a model id may come back with other weights. */
  forgetTexts(): void {
    this.#rows = this.#newRows();
  }

  #newRows(): LabelRows {
    return createLabelRows((model, texts) => this.#parts.clip.encodeTexts(model, texts), {
      textsPerCall: TEXTS_PER_CALL,
    });
  }

  /**
   * Labels photos. What was known stays on the page until the first photos are known anew.
   * @returns whether all photos are labelled; false if the signal ended it among them
   * @throws as `LabelRows.rows`, `Learning.rows` and `LibraryApi.nearestQueries`
   */
  async run({ model, templates, labels, photos, signal }: LabelRequest): Promise<boolean> {
    const { library, learning } = this.#parts;
    const names = labels.map(nameOfLabel);
    const rows = await learning.rows(await this.#rowsOf(model, templates, labels, signal), names, model);
    if (signal.aborted) return false;
    const { logitScale, logitBias } = model;
    const scale = { labels: names, logitScale, logitBias };
    const order = photos();
    const key = keyOf(model, templates, labels);
    const known = this.#answers;
    // What is equal is overwritten in its place: photos that are not asked again yet keep their labels meanwhile.
    const sameModel = known?.by === model.summary ? known : undefined;
    const isSame = sameModel?.key === key;
    const answers = isSame ? sameModel : new LabelAnswers(model.summary, key, scale, order.length, sameModel);
    this.#compared = { key, rows, scale };
    let told = 0;
    const isAll = await labelPhotos(library, rows, logitScale, Int32Array.from(order), (found, asked) => {
      if (signal.aborted) return false;
      answers.add(found);
      // Each time all that is on the page is worked out again: so as seldom as it can be while it is new.
      if (told === 0 || asked >= 2 * told) {
        told = asked;
        this.#show(answers);
      }
      return true;
    });
    if (isAll) this.#show(answers, true);
    return isAll;
  }

  /** One row a label: those that photos are compared with, or of the labels' texts alone. @throws as `LabelRows.rows` */
  async rowsBy(model: LoadedModel, templates: TemplateSet, labels: readonly string[]): Promise<Embeddings> {
    const { summary, rows } = model;
    const compared = this.#compared;
    const isSame = compared?.rows.model === summary.id && compared.key === keyOf(model, templates, labels);
    return isSame ? compared.rows : this.#rows.rows({ id: summary.id, rows }, templates, labels);
  }

  async #rowsOf(
    { summary, rows }: LoadedModel,
    templates: TemplateSet,
    labels: readonly string[],
    signal: AbortSignal,
  ): Promise<Embeddings> {
    try {
      return await this.#rows.rows({ id: summary.id, rows }, templates, labels, {
        signal,
        onProgress: (done, total) => {
          this.#texts = { done, total };
        },
      });
    } finally {
      this.#texts = undefined;
    }
  }

  #show(answers: LabelAnswers, isAll = false): void {
    answers.show(isAll);
    this.#answers = answers;
  }

  /** All labels of a photo, descending; none if it is not known. @throws as `LibraryApi.nearestQueries` */
  async allOf(id: number): Promise<readonly RankedLabel[]> {
    if (!this.#compared) return [];
    const { rows, scale } = this.#compared;
    const found = await this.#parts.library.nearestQueries(
      rows,
      Int32Array.of(id),
      rows.count,
      scale.logitScale,
    );
    return found.ids.length > 0 ? answerOf(scale, found) : [];
  }
}

/** What labels' rows and shares depend on. */
function keyOf(
  { rows, logitScale, logitBias }: LoadedModel,
  templates: TemplateSet,
  labels: readonly string[],
): string {
  return JSON.stringify([rows, templates.id, labels, logitScale, logitBias]);
}
