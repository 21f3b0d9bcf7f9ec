import type { LibraryApi, LoadedModel } from '../../../workers/api';
import { failureName } from '../../core/failure';
import type { Embeddings } from '../../core/unit-rows';
import type { Memory } from '../kit/memory';
import type { KeptLabels } from '../photos/kept-labels.svelte';
import type { Photo } from '../photos/photo';
import { taughtPhotos } from './taught-photos';

export interface LearningParts {
  readonly library: Pick<LibraryApi, 'learnLabels' | 'stopLearning'>;
  readonly photos: { readonly list: readonly Photo[] };
  readonly keptLabels: Pick<KeptLabels, 'of'>;
  /** The labels of the page. */
  readonly labels: () => readonly string[];
  /** Where it is remembered whether labels learn. */
  readonly memory: Memory | undefined;
}

/** What the shown labels learned from, and how well they tell those photos while they are held out. */
export interface Lesson {
  /** Photos learned from. */
  readonly photos: number;
  /** Fewest and most photos of a label that has any. */
  readonly aLabel: readonly [fewest: number, most: number];
  /** Of each photo with one right label: that, and those that it is given by the texts alone and after learning. */
  readonly answers: readonly {
    readonly right: string;
    readonly zeroShot: string;
    readonly learned: string;
  }[];
}

const REMEMBERED = 'clipscope learning';

/** Labels that learn from the photos that the user has checked. */
export class Learning {
  #isOn = $state(false);
  #lesson = $state.raw<Lesson | undefined>(undefined);
  /** Trainings done, and how many there are. */
  #work = $state.raw<{ readonly done: number; readonly total: number } | undefined>(undefined);
  /** What was learned from: to see whether more is known. */
  #learned = $state.raw<string | undefined>(undefined);
  readonly #parts: LearningParts;
  readonly #taught = $derived.by(() => {
    const { photos, keptLabels, labels } = this.#parts;
    return taughtPhotos(photos.list, (photo) => keptLabels.of(photo), labels());
  });

  constructor(parts: LearningParts) {
    this.#parts = parts;
    this.#isOn = parts.memory?.getItem(REMEMBERED) === 'on';
  }

  /** Number of photos that there are to learn from. */
  get taught(): number {
    return this.#taught.ids.length;
  }

  /** Whether something else is known now than what was learned. */
  get isStale(): boolean {
    return this.#lesson !== undefined && this.#learned !== signature(this.#taught);
  }

  get lesson(): Lesson | undefined {
    return this.#lesson;
  }

  get work(): { readonly done: number; readonly total: number } | undefined {
    return this.#work;
  }

  /** Whether labels are to learn; the caller computes them anew. */
  turn(isOn: boolean): void {
    this.#isOn = isOn;
    if (isOn) this.#parts.memory?.setItem(REMEMBERED, 'on');
    else this.#parts.memory?.removeItem(REMEMBERED);
    if (!isOn) this.#lesson = undefined;
  }

  /** Stops learning; the texts alone are then used. */
  cancel(): void {
    void this.#parts.library.stopLearning();
  }

  /**
   * The rows to use for labels: those of their texts, or what they learned. If learning is stopped, the texts'.
   * @throws as `LibraryApi.learnLabels`, except Cancelled
   */
  async rows(
    texts: Embeddings,
    labels: readonly string[],
    { logitScale }: Pick<LoadedModel, 'logitScale'>,
  ): Promise<Embeddings> {
    const taught = this.#taught;
    const photos = taught.ids;
    if (!this.#isOn || photos.length === 0 || labels.length < 2) {
      this.#lesson = undefined;
      return texts;
    }
    this.#work = { done: 0, total: 0 };
    // Progress comes by a channel of its own, and may come after the answer.
    let isRunning = true;
    try {
      const lesson = { texts, photos, possible: taught.possible, logitScale };
      const learned = await this.#parts.library.learnLabels(lesson, (done, total) => {
        if (isRunning) this.#work = { done, total };
      });
      const { told, zeroShot, learned: given } = learned.heldOut;
      const known = Array.from(told.keys()).filter((at) => told[at]! >= 0);
      const counts = new Map<number, number>();
      for (const at of known) counts.set(told[at]!, (counts.get(told[at]!) ?? 0) + 1);
      const many = counts.size > 0 ? [...counts.values()] : [0];
      this.#lesson = {
        photos: told.length,
        aLabel: [Math.min(...many), Math.max(...many)],
        answers: known.map((at) => ({
          right: labels[told[at]!]!,
          zeroShot: labels[zeroShot[at]!]!,
          learned: labels[given[at]!]!,
        })),
      };
      this.#learned = signature(taught);
      return { ...learned.rows, model: texts.model };
    } catch (error) {
      if (failureName(error) !== 'Cancelled') throw error;
      this.turn(false);
      return texts;
    } finally {
      isRunning = false;
      this.#work = undefined;
    }
  }
}

function signature({ ids, possible }: ReturnType<typeof taughtPhotos>): string {
  return `${ids.join()} ${possible.join('')}`;
}
