import type { ClipApi, LibraryApi, LoadedModel, ModelSummary } from '../../../workers/api';
import type { RankedLabel } from '../../zeroshot/classifier';
import { createLabelRows, type LabelRows } from '../../zeroshot/label-rows';
import { nameOfLabel, parseLabels, synonymsOf } from '../../zeroshot/labels';
import {
  longestPrompt,
  ownSet,
  TEMPLATE_SETS,
  type TemplateSet,
  type TemplateSetId,
} from '../../zeroshot/templates';
import { latest } from '../kit/latest';
import { answersOf, type LabelTable } from './label-table';
import type { Learning } from './learning.svelte';
import { LabelSets, type LabelSetsParts } from './label-sets.svelte';
import { isLikelyPhoto, isUnsure, sureness } from './sureness';
import { plural } from '../kit/words';
import { CutTexts } from '../models/cut-texts.svelte';
import { formerOf, tellFailure, waitsForTexts, type Former } from '../models/current-model';
import { formerText } from '../models/model-words';
import type { ModelStatus } from '../models/model-status';
import { knowsPhotos } from '../models/photo-model-offer';
import type { Photos } from '../photos/photos.svelte';

/** Display order of labelled photos; `photos`: as they are listed. */
export type LabelOrder = 'photos' | 'least sure';

/** The photos to label, as another page lists them. */
export interface Listed {
  readonly ids: readonly number[];
  /** Lists all photos. */
  widen(): void;
}

export interface LabelsParts extends Omit<LabelSetsParts, 'labels'> {
  readonly clip: Pick<ClipApi, 'encodeTexts' | 'cutTexts'>;
  readonly library: Pick<LibraryApi, 'cosines'>;
  readonly learning: Pick<Learning, 'rows'>;
  readonly photos: Pick<Photos, 'list' | 'get'>;
  readonly listed: Listed;
  /** Of the model that was chosen. */
  readonly status: () => ModelStatus;
  /** The labels while the user has written none. */
  readonly suggested: () => readonly string[];
  /** The GPU device was lost. */
  readonly onLost: (error: unknown) => void;
}

/** Every photo's cosines with every label. */
interface Table extends LabelTable {
  readonly by: ModelSummary;
}

/** Texts per call: few, so that a typed query can run in between. */
const TEXTS_PER_CALL = 16;

const TOPIC = 'labels';

const REMEMBERED = 'clipscope labels';

/** Zero-shot labels: the user's labels, and how well each fits each photo. */
export class Labels {
  /** Labels under a name. */
  readonly sets: LabelSets;
  /** The user's text; undefined: the suggested labels. */
  #written = $state<string | undefined>(undefined);
  /** The user's choice; undefined: the model's default. */
  #set = $state.raw<(typeof TEMPLATE_SETS)[number] | undefined>(undefined);
  #order = $state<LabelOrder>('photos');
  #table = $state.raw<Table | undefined>(undefined);
  #working = $state(false);
  /** Whether the labels of a former model stay until the current one has looked at the photos. */
  #isHeld = $state(false);

  readonly #parts: LabelsParts;
  #rows: LabelRows;
  readonly #cut: CutTexts;
  #model = $state.raw<LoadedModel | undefined>(undefined);
  #active = false;
  readonly #updateLatest = latest(() => this.#update());

  readonly #text = $derived.by(() => this.#written ?? this.#parts.suggested().join('\n'));
  readonly #field = $derived(parseLabels(this.#text));
  readonly #names = $derived(this.#field.labels.map(nameOfLabel));
  readonly #answers = $derived.by(() => answersOf(this.#table));
  readonly #shown = $derived.by(() => {
    const { ids } = this.#parts.listed;
    if (this.#order === 'photos') return ids;
    const sure = new Map(ids.map((id) => [id, this.cosine(id) ?? sureness(this.#answers(id) ?? NO_LABELS)]));
    return ids.toSorted((a, b) => sure.get(a)! - sure.get(b)!);
  });
  readonly #unsure = $derived(this.#shown.filter((id) => this.isUnsure(id)).length);

  constructor(parts: LabelsParts) {
    this.#parts = parts;
    this.#cut = new CutTexts(parts.clip);
    this.#written = parts.memory?.getItem(REMEMBERED) ?? undefined;
    this.#rows = this.#newRows();
    this.sets = new LabelSets({ ...parts, labels: this });
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

  /** The text field's content. */
  get text(): string {
    return this.#text;
  }

  /** What the labels in it are called. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** The labels in it, with their synonyms. */
  get labels(): readonly string[] {
    return this.#field.labels;
  }

  /** Whether the text has templates, which are used in place of a set. */
  get hasOwnTemplates(): boolean {
    return this.#field.templates.length > 0;
  }

  /** The labels' prompts that are too long for the model, each with the beginning that it reads. */
  get cut(): ReadonlyMap<string, string> {
    return this.#cut.list;
  }

  get templates(): TemplateSet {
    if (this.hasOwnTemplates) return ownSet(this.#field.templates);
    if (this.#set) return this.#set;
    // Why none for the built-in model: it knows drawings, and “a photo of” only misleads it.
    return templateSet(this.#model && this.#model.summary.origin !== 'built-in' ? 'single' : 'none');
  }

  /**
   * Whether labels are independent: a model with a logit bias was trained to rate every pair on its own, so its
   * probabilities need not sum to 1.
   */
  get independent(): boolean {
    return typeof this.#model?.logitBias === 'number';
  }

  /** The model, if labels are waiting for its text tower to arrive. */
  get waitsFor(): LoadedModel | undefined {
    return waitsForTexts(this.#model);
  }

  get order(): LabelOrder {
    return this.#order;
  }

  /** Whether the shown labels are being recomputed. */
  get working(): boolean {
    return this.#working;
  }

  /** Ids of the listed photos in the chosen order. */
  get shown(): readonly number[] {
    return this.#shown;
  }

  /** Whether some photos are not listed. */
  get isNarrowed(): boolean {
    return this.#shown.length < this.#parts.photos.list.length;
  }

  /** Lists all photos. */
  widen(): void {
    this.#parts.listed.widen();
    this.#tell();
  }

  /** How many photos the user should check. */
  get unsure(): number {
    return this.#unsure;
  }

  /** Whether labels of some listed photos are guesses: they are by a model that knows drawings. */
  get hasGuesses(): boolean {
    return this.#shown.some((id) => this.#isGuess(id));
  }

  /** Whether the user should check a photo: its labels are close, or by a model that knows drawings, of a photo. */
  isUnsure(id: number): boolean {
    return isUnsure(this.#answers(id) ?? NO_LABELS, this.#isGuess(id));
  }

  #isGuess(id: number): boolean {
    if (!this.#table || knowsPhotos(this.#table.by)) return false;
    const photo = this.#parts.photos.get(id);
    return !!photo && isLikelyPhoto(photo);
  }

  /** The labels of a photo, descending; undefined while it has no row. */
  answer(id: number): readonly RankedLabel[] | undefined {
    return this.#answers(id);
  }

  /** A photo's cosine with the only label: alone it would get all of the 100%, however little it fits. */
  cosine(id: number): number | undefined {
    const table = this.#table;
    const row = table?.rowOf.get(id);
    if (!table || row === undefined || table.labels.length !== 1 || table.logitBias !== null)
      return undefined;
    return table.cosines[row];
  }

  /** Whether the labels are the user's own. */
  get isWritten(): boolean {
    return this.#written !== undefined;
  }

  write(text: string): void {
    this.#written = text;
    this.#parts.memory?.setItem(REMEMBERED, text);
    this.showNow();
  }

  /** Goes back to the suggested labels. */
  suggest(): void {
    this.#written = undefined;
    this.#parts.memory?.removeItem(REMEMBERED);
    this.showNow();
  }

  /** The user's choice; undefined: the model's default. */
  get chosenTemplates(): TemplateSetId | undefined {
    return this.#set?.id;
  }

  /** @param id undefined: the model's default */
  chooseTemplates(id: string | undefined): void {
    this.#set = id === undefined ? undefined : templateSet(id);
    this.showNow();
  }

  sortBy(order: LabelOrder): void {
    this.#order = order;
  }

  /** Whether their page is open. Labels are computed only then: some template sets take hundreds of texts. */
  activate(active: boolean): void {
    this.#active = active;
    this.#updateLatest();
  }

  /**
   * Switches to another model; undefined if there is none. The shown labels stay until that model has looked at the
   * photos.
   */
  open(model: LoadedModel | undefined): void {
    this.#model = model;
    this.#isHeld = !!model && !!this.#table && this.#table.by.id !== model.summary.id;
    if (this.#active && this.former) this.#parts.notices.say(formerText('Labels', this.former));
    this.#updateLatest();
  }

  /** Whose labels are shown, if not those of the chosen model. */
  get former(): Former | undefined {
    return formerOf(this.#table?.by, this.#parts.status());
  }

  /** Whether `showNow` would show labels of the current model. */
  get canShowNow(): boolean {
    return this.#isHeld && !!this.#model?.hasText;
  }

  /** Replaces a former model's labels by what there is of the current one. */
  showNow(): void {
    // Until they are looked at again, they would be wrong.
    if (this.#isHeld && !this.#active) this.#table = undefined;
    this.#isHeld = false;
    this.#updateLatest();
  }

  /** Photos were indexed. */
  indexed(ended: boolean): void {
    if (ended && (!this.#isHeld || this.#model?.hasText)) this.showNow();
    else this.#updateLatest();
  }

  async #update(): Promise<void> {
    const { library, notices } = this.#parts;
    const model = this.#model;
    const { labels, names } = this;
    if (!this.#active || !model?.hasText || this.#isHeld || this.#parts.photos.list.length === 0) return;
    if (labels.length === 0) {
      this.#table = undefined;
      void this.#cut.look(model.summary.id, []);
      notices.say('No labels');
      return;
    }
    const { templates } = this;
    this.#working = true;
    try {
      const maker = { id: model.summary.id, rows: model.rows };
      const texts = await this.#rows.rows(maker, templates, labels);
      const rows = await this.#parts.learning.rows(texts, names, model);
      const { ids, cosines } = await library.cosines(rows);
      if (model !== this.#model) return;
      const rowOf = new Map(Array.from(ids, (id, row) => [id, row]));
      const { logitScale, logitBias } = model;
      this.#table = {
        by: model.summary,
        labels: names,
        rowOf,
        cosines,
        logitScale,
        logitBias,
      };
      const words = labels.flatMap(synonymsOf);
      const prompts = words.map((word) => longestPrompt(templates, word));
      void this.#cut.look(model.summary.id, prompts);
      notices.clear(TOPIC);
      this.#tell();
    } catch (error) {
      if (model === this.#model) tellFailure(TOPIC, error, this.#parts);
    } finally {
      this.#working = false;
    }
  }

  #tell(): void {
    if (!this.#table) return;
    const { labels, rowOf } = this.#table;
    const labelled = this.#shown.filter((id) => rowOf.has(id)).length;
    this.#parts.notices.say(`${plural(labelled, 'photo')} labelled with ${plural(labels.length, 'label')}`);
  }
}

function templateSet(id: string): (typeof TEMPLATE_SETS)[number] {
  return TEMPLATE_SETS.find((set) => set.id === id) ?? TEMPLATE_SETS[0]!;
}

const NO_LABELS: readonly RankedLabel[] = [];
