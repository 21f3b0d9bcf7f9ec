import type { ClipApi, LibraryApi, LoadedModel } from '../../../workers/api';
import { rank, sigmoid, softmax, type RankedLabel } from '../../zeroshot/classifier';
import { createLabelRows, type LabelRows } from '../../zeroshot/label-rows';
import { parseLabels } from '../../zeroshot/labels';
import { TEMPLATE_SETS, type TemplateSet } from '../../zeroshot/templates';
import { latest } from '../kit/latest';
import { isUnsure, sureness } from './sureness';
import { plural } from '../kit/words';
import { tellFailure, waitsForTexts } from '../models/current-model';
import type { Notices } from '../kit/notices.svelte';
import type { Photos } from '../photos/photos.svelte';

/** In what order labelled photos are shown. */
export type LabelOrder = 'photos' | 'least sure';

export interface LabelsParts {
  readonly clip: Pick<ClipApi, 'encodeTexts'>;
  readonly library: Pick<LibraryApi, 'cosines'>;
  readonly photos: Pick<Photos, 'list'>;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  /** The labels while the person has written none. */
  readonly suggested: () => readonly string[];
  /** Where what the person writes is remembered. */
  readonly memory: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined;
  /** The device is gone. */
  readonly onLost: (error: unknown) => void;
}

/** Every photo's cosines with every label. */
interface Table {
  readonly model: string;
  readonly labels: readonly string[];
  readonly rowOf: ReadonlyMap<number, number>;
  /** `[photos, labels]`, row-major. */
  readonly cosines: Float32Array;
  readonly logitScale: number;
  readonly logitBias: number | null;
}

/** Texts a call: few, so that a typed query gets its turn between them. */
const TEXTS_PER_CALL = 16;

const TOPIC = 'labels';

const REMEMBERED = 'clipscope labels';

/** Zero-shot labels: what the person calls things, and which name suits each photo best. */
export class Labels {
  /** What the person wrote; until then what is suggested. */
  #written = $state<string | undefined>(undefined);
  /** What the person chose; until then what suits the model. */
  #set = $state.raw<TemplateSet | undefined>(undefined);
  #order = $state<LabelOrder>('photos');
  #table = $state.raw<Table | undefined>(undefined);
  #working = $state(false);

  readonly #parts: LabelsParts;
  #rows: LabelRows;
  #model = $state.raw<LoadedModel | undefined>(undefined);
  #active = false;
  readonly #updateLatest = latest(() => this.#update());

  readonly #text = $derived.by(() => this.#written ?? this.#parts.suggested().join('\n'));
  readonly #labels = $derived(parseLabels(this.#text));
  readonly #answers = $derived.by(() => answersOf(this.#table));
  readonly #shown = $derived.by(() => {
    const ids = this.#parts.photos.list.map(({ id }) => id);
    if (this.#order === 'photos') return ids;
    const sure = new Map(ids.map((id) => [id, sureness(this.#answers(id) ?? NO_LABELS)]));
    return ids.toSorted((a, b) => sure.get(a)! - sure.get(b)!);
  });
  readonly #unsure = $derived(this.#shown.filter((id) => isUnsure(this.#answers(id) ?? NO_LABELS)).length);

  constructor(parts: LabelsParts) {
    this.#parts = parts;
    this.#written = parts.memory?.getItem(REMEMBERED) ?? undefined;
    this.#rows = this.#newRows();
  }

  /** Forgets the rows of labels: the weights of a model may come back as others. */
  forgetTexts(): void {
    this.#rows = this.#newRows();
  }

  #newRows(): LabelRows {
    return createLabelRows((model, texts) => this.#parts.clip.encodeTexts(model, texts), {
      textsPerCall: TEXTS_PER_CALL,
    });
  }

  /** The text field's content. */
  get text(): string {
    return this.#text;
  }

  /** The labels in it. */
  get labels(): readonly string[] {
    return this.#labels;
  }

  get templates(): TemplateSet {
    if (this.#set) return this.#set;
    // Why none for the built-in model: it knows drawings, and “a photo of” only leads it astray.
    return templateSet(this.#model && this.#model.summary.origin !== 'built-in' ? 'single' : 'none');
  }

  /**
   * Whether each label is judged by itself: a model with a logit bias was trained to say of every pair how likely it
   * is, so its answers need not add up to 1.
   */
  get independent(): boolean {
    return typeof this.#model?.logitBias === 'number';
  }

  /** The model whose text tower is still on its way, while labels cannot be worked out for that reason. */
  get waitsFor(): LoadedModel | undefined {
    return waitsForTexts(this.#model);
  }

  get order(): LabelOrder {
    return this.#order;
  }

  /** Whether the shown answers are being worked out anew. */
  get working(): boolean {
    return this.#working;
  }

  /** Ids of all photos in the chosen order. */
  get shown(): readonly number[] {
    return this.#shown;
  }

  /** How many photos a person should look at. */
  get unsure(): number {
    return this.#unsure;
  }

  /** The labels of a photo, falling; undefined while it has no row. */
  answer(id: number): readonly RankedLabel[] | undefined {
    return this.#answers(id);
  }

  /** Whether the person wrote labels of their own. */
  get isWritten(): boolean {
    return this.#written !== undefined;
  }

  write(text: string): void {
    this.#written = text;
    this.#parts.memory?.setItem(REMEMBERED, text);
    this.#updateLatest();
  }

  /** Goes back to the labels that are suggested. */
  suggest(): void {
    this.#written = undefined;
    this.#parts.memory?.removeItem(REMEMBERED);
    this.#updateLatest();
  }

  chooseTemplates(id: string): void {
    this.#set = templateSet(id);
    this.#updateLatest();
  }

  sortBy(order: LabelOrder): void {
    this.#order = order;
  }

  /** Labels are worked out only while someone looks at them: some sets cost hundreds of texts. */
  activate(active: boolean): void {
    this.#active = active;
    this.#updateLatest();
  }

  /** Turns to another model; undefined while there is none. */
  open(model: LoadedModel | undefined): void {
    if (model && this.#table?.model !== model.summary.id) this.#table = undefined;
    this.#model = model;
    this.#updateLatest();
  }

  /** Photos were indexed. */
  indexed(): void {
    this.#updateLatest();
  }

  async #update(): Promise<void> {
    const { library, notices } = this.#parts;
    const model = this.#model;
    const labels = this.#labels;
    if (!this.#active || !model?.hasText) return;
    if (labels.length === 0) {
      this.#table = undefined;
      return;
    }
    this.#working = true;
    try {
      const rows = await this.#rows.rows(model.summary.id, this.templates, labels);
      const { ids, cosines } = await library.cosines(rows);
      if (model !== this.#model) return;
      const rowOf = new Map(Array.from(ids, (id, row) => [id, row]));
      const { logitScale, logitBias } = model;
      this.#table = { model: rows.model, labels, rowOf, cosines, logitScale, logitBias };
      notices.clear(TOPIC);
      notices.say(`${plural(ids.length, 'photo')} labelled with ${plural(labels.length, 'label')}`);
    } catch (error) {
      if (model === this.#model) tellFailure(TOPIC, error, this.#parts);
    } finally {
      this.#working = false;
    }
  }
}

function templateSet(id: string): TemplateSet {
  return TEMPLATE_SETS.find((set) => set.id === id) ?? TEMPLATE_SETS[0]!;
}

const NO_LABELS: readonly RankedLabel[] = [];

/** Looks a photo's labels up in `table`, each photo's worked out once. */
function answersOf(table: Table | undefined): (id: number) => readonly RankedLabel[] | undefined {
  const known = new Map<number, readonly RankedLabel[]>();
  return (id) => {
    const row = table?.rowOf.get(id);
    if (!table || row === undefined) return undefined;
    const count = table.labels.length;
    const cosines = table.cosines.subarray(row * count, (row + 1) * count);
    const answer = known.get(id) ?? rank(table.labels, probabilities(table, cosines));
    known.set(id, answer);
    return answer;
  };
}

function probabilities({ logitScale, logitBias }: Table, cosines: Float32Array): Float64Array {
  return logitBias === null ? softmax(cosines, logitScale) : sigmoid(cosines, logitScale, logitBias);
}
