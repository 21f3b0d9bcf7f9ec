import type { ClipApi, Embeddings, LoadedModel } from '../../../workers/api';
import { failureName } from '../../core/failure';
import type { RankedLabel } from '../../zeroshot/classifier';
import { synonymsOf } from '../../zeroshot/labels';
import {
  longestPrompt,
  ownSet,
  templateSet,
  type TemplateSet,
  type TemplateSetId,
} from '../../zeroshot/templates';
import { latest } from '../kit/latest';
import { Labelling, type LabellingParts } from './labelling.svelte';
import { LabelSorter, type LabelOrder, type Listed } from './label-order.svelte';
import { LabelSets, type LabelSetsParts } from './label-sets.svelte';
import { isLikelyPhoto, isUnsure, sureness } from './sureness';
import { plural } from '../kit/words';
import { CutTexts } from '../models/cut-texts.svelte';
import { formerOf, tellFailure, waitsForTexts, type Former } from '../models/current-model';
import { formerText } from '../models/model-words';
import type { ModelStatus } from '../models/model-status';
import { knowsPhotos } from '../models/photo-model-offer';
import type { Photos } from '../photos/photos.svelte';
import { WrittenLabels } from './written-labels.svelte';

export interface LabelsParts extends LabellingParts, Omit<LabelSetsParts, 'labels'> {
  readonly clip: Pick<ClipApi, 'encodeTexts' | 'cutTexts'>;
  readonly photos: Pick<Photos, 'list' | 'get'>;
  readonly listed: Listed;
  /** Of the model that was chosen. */
  readonly status: () => ModelStatus;
  /** The labels while the user has written none. */
  readonly suggested: () => readonly string[];
  /** The GPU device was lost. */
  readonly onLost: (error: unknown) => void;
}

const TOPIC = 'labels';

/** Zero-shot labels: the user's labels, and how well each fits each photo. */
export class Labels {
  /** Labels under a name. */
  readonly sets: LabelSets;
  /** The work. */
  readonly labelling: Labelling;
  readonly #written: WrittenLabels;
  /** The user's choice; undefined: the model's default. */
  #set = $state.raw<ReturnType<typeof templateSet> | undefined>(undefined);
  #working = $state(false);
  #isStopped = $state(false);
  /** Whether the labels of a former model stay until the current one has looked at the photos. */
  #isHeld = $state(false);

  readonly #parts: LabelsParts;
  readonly #sorter = new LabelSorter(
    () => this.#all(),
    (id) => this.cosine(id) ?? sureness(this.answer(id) ?? NO_LABELS),
  );
  /** Ends the work that is going on. */
  #end = new AbortController();
  /** Photos that the user is looking at. */
  #inView: () => readonly number[] = () => [];
  readonly #cut: CutTexts;
  #model = $state.raw<LoadedModel | undefined>(undefined);
  #active = false;
  readonly #updateLatest = latest(() => this.#update());

  readonly #shown = $derived.by(() => this.#sorter.sorted(this.#parts.listed.ids));
  readonly #unsure = $derived(this.#shown.filter((id) => this.isUnsure(id)).length);

  constructor(parts: LabelsParts) {
    this.#parts = parts;
    this.#cut = new CutTexts(parts.clip);
    this.#written = new WrittenLabels(parts.suggested, parts.memory);
    this.labelling = new Labelling(parts);
    this.sets = new LabelSets({ ...parts, labels: this });
  }

  /** Drops the cached label rows: a model id may come back with other weights. */
  forgetTexts(): void {
    this.labelling.forgetTexts();
  }

  get #table() {
    return this.labelling.answers;
  }

  /** The text field's content. */
  get text(): string {
    return this.#written.text;
  }

  /** What the labels in it are called. */
  get names(): readonly string[] {
    return this.#written.names;
  }

  /** The labels in it, with their synonyms. */
  get labels(): readonly string[] {
    return this.#written.labels;
  }

  /** Whether the text has templates, which are used in place of a set. */
  get hasOwnTemplates(): boolean {
    return this.#written.templates.length > 0;
  }

  /** The labels' prompts that are too long for the model, each with the beginning that it reads. */
  get cut(): ReadonlyMap<string, string> {
    return this.#cut.list;
  }

  get templates(): TemplateSet {
    if (this.hasOwnTemplates) return ownSet(this.#written.templates);
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
    return this.#sorter.order;
  }

  /** Whether the shown labels are being recomputed. */
  get working(): boolean {
    return this.#working;
  }

  /** Whether the user has stopped the work; `showNow` goes on with it. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Stops the work; what is read by then is kept. */
  stop(): void {
    this.#isStopped = true;
    this.#end.abort();
  }

  /** Whom to ask for the photos that the user is looking at: they are labelled first. */
  lookAt(inView: () => readonly number[]): void {
    this.#inView = inView;
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
    const answer = this.answer(id);
    return answer !== undefined && isUnsure(answer, this.#isGuess(id));
  }

  #isGuess(id: number): boolean {
    if (!this.#table || knowsPhotos(this.#table.by)) return false;
    const photo = this.#parts.photos.get(id);
    return !!photo && isLikelyPhoto(photo);
  }

  /** The labels that fit a photo best, descending; undefined while it has no row. */
  answer(id: number): readonly RankedLabel[] | undefined {
    return this.#table?.answer(id);
  }

  /** A photo's cosine with the only label: alone it would get all of the 100%, however little it fits. */
  cosine(id: number): number | undefined {
    const { labels = NO_LABELS, logitBias } = this.#table?.scale ?? {};
    return labels.length === 1 && logitBias === null ? this.#table?.bestCosine(id) : undefined;
  }

  /** Whether the labels are the user's own. */
  get isWritten(): boolean {
    return this.#written.isWritten;
  }

  write(text: string): void {
    this.#written.write(text);
    this.showNow();
  }

  /** Goes back to the suggested labels. */
  suggest(): void {
    this.#written.suggest();
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
    this.#sorter.sortBy(order);
  }

  /** All photos, those that are listed first. */
  #all(): readonly number[] {
    return [...new Set([...this.#parts.listed.ids, ...this.#parts.photos.list.map(({ id }) => id)])];
  }

  /** Whether their page is open. Labels are computed only then: some template sets take hundreds of texts. */
  activate(active: boolean): void {
    this.#active = active;
    if (!active) this.#end.abort();
    this.#updateLatest();
  }

  /**
   * Switches to another model; undefined if there is none. The shown labels stay until that model has looked at the
   * photos.
   */
  open(model: LoadedModel | undefined): void {
    this.#model = model;
    this.#end.abort();
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
    if (this.#isHeld && !this.#active) this.labelling.drop();
    this.#isHeld = false;
    this.#isStopped = false;
    // What is being worked out is no longer asked.
    this.#end.abort();
    this.#updateLatest();
  }

  /** Photos were indexed. */
  indexed(ended: boolean): void {
    if (this.#isStopped) return;
    if (ended && (!this.#isHeld || this.#model?.hasText)) this.showNow();
    else this.#updateLatest();
  }

  async #update(): Promise<void> {
    const { notices, photos } = this.#parts;
    const model = this.#model;
    const { labels, templates } = this;
    if (!this.#active || !model?.hasText || this.#isHeld || this.#isStopped) return;
    if (photos.list.length === 0) return;
    if (labels.length === 0) {
      this.labelling.drop();
      void this.#cut.look(model.summary.id, []);
      notices.say('No labels');
      return;
    }
    this.#working = true;
    this.#end = new AbortController();
    const { signal } = this.#end;
    try {
      const all = () => [...new Set([...this.#inView(), ...this.#all()])];
      const isAll = await this.labelling.run({ model, templates, labels, photos: all, signal });
      if (!isAll || model !== this.#model) return;
      this.#sorter.update();
      const words = labels.flatMap(synonymsOf);
      const prompts = words.map((word) => longestPrompt(templates, word));
      void this.#cut.look(model.summary.id, prompts);
      notices.clear(TOPIC);
      this.#tell();
    } catch (error) {
      const isEnded = signal.aborted && failureName(error) === 'Cancelled';
      if (!isEnded && model === this.#model) tellFailure(TOPIC, error, this.#parts);
    } finally {
      this.#working = false;
    }
  }

  /** One row a label by a model, as photos are labelled with them. @throws as `LabelRows.rows` */
  rowsBy(model: LoadedModel): Promise<Embeddings> {
    return this.labelling.rowsBy(model, this.templates, this.labels);
  }

  #tell(): void {
    if (!this.#table) return;
    const table = this.#table;
    const labelled = this.#shown.filter((id) => table.has(id)).length;
    const { length } = table.scale.labels;
    this.#parts.notices.say(`${plural(labelled, 'photo')} labelled with ${plural(length, 'label')}`);
  }
}

const NO_LABELS: readonly never[] = [];
