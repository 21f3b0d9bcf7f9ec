import { SvelteMap } from 'svelte/reactivity';
import type { LibraryApi } from '../../../workers/api';
import type { PhotoKey } from '../../core/photo-key';
import {
  accept,
  namesOf,
  reject,
  withdraw,
  type LabelChanges,
  type PhotoLabels,
} from '../../library/photo-labels';
import type { Notices } from '../kit/notices.svelte';
import type { Photo } from './photo';

export interface KeptLabelsParts {
  readonly library: Pick<LibraryApi, 'labels' | 'putLabels'>;
  readonly photos: { current(id: number): Photo | undefined; readonly list: readonly Photo[] };
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
}

/** What was said of a photo, and what is to be. */
export type LabelChange = (before: PhotoLabels | undefined, key: PhotoKey) => PhotoLabels | undefined;

/** A step that can be undone: what was said of each content before. */
interface Step {
  readonly said: string;
  readonly before: LabelChanges;
}

/** Steps that can be undone, one after another. */
const MOST_STEPS = 100;

const TOPIC = 'kept labels';

/** The labels that the user has given photos, across visits and models. */
export class KeptLabels {
  readonly #labels = new SvelteMap<PhotoKey, PhotoLabels>();
  #steps = $state.raw<readonly Step[]>([]);
  readonly #parts: KeptLabelsParts;
  readonly #fetched: Promise<void>;
  readonly #counts = $derived.by(() => this.#count());

  constructor(parts: KeptLabelsParts) {
    this.#parts = parts;
    this.#fetched = this.#fetch();
  }

  /** What was said of a photo; undefined if nothing, or while it was not read. */
  of({ key }: Pick<Photo, 'key'>): PhotoLabels | undefined {
    return key === undefined ? undefined : this.#labels.get(key);
  }

  /** The labels that a photo is found by. */
  namesOf(photo: Pick<Photo, 'key' | 'keywords'>): readonly string[] {
    return namesOf(this.of(photo), photo.keywords);
  }

  /** Each label that listed photos are found by and how many those are, the most frequent first. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** What the last step did; undefined if there is nothing to undo. */
  get undoable(): string | undefined {
    return this.#steps.at(-1)?.said;
  }

  /**
   * Changes what is said of these photos, and of every copy of them. Photos that were not read yet are left out.
   * @param said what was done, for the user
   */
  async change(ids: readonly number[], change: LabelChange, said: string): Promise<void> {
    // Or it would be forgotten what earlier visits kept.
    await this.#fetched;
    const keys = new Set(ids.flatMap((id) => this.#parts.photos.current(id)?.key ?? []));
    const before = new Map([...keys].map((key) => [key, this.#labels.get(key)]));
    const changes = [...before].map(([key, labels]) => [key, change(labels, key)] as const);
    const real = changes.filter(([key, after]) => JSON.stringify(after) !== JSON.stringify(before.get(key)));
    if (real.length === 0) return;
    const step = { said, before: new Map(real.map(([key]) => [key, before.get(key)])) };
    // What is shown can be undone, before it is stored too: or the step before it would be taken back.
    this.#steps = [...this.#steps.slice(1 - MOST_STEPS), step];
    if (await this.#put(new Map(real))) this.#parts.notices.say(said);
    else this.#steps = this.#steps.filter((one) => one !== step);
  }

  /** `label` is right for a photo. */
  give(id: number, label: string): Promise<void> {
    return this.change([id], (before) => accept(before, label), `${this.#name(id)} is labelled “${label}”`);
  }

  /** `label` is wrong for a photo. */
  refuse(id: number, label: string): Promise<void> {
    return this.change([id], (before) => reject(before, label), `${this.#name(id)} is no “${label}”`);
  }

  /** Takes back what was said of a label of a photo. */
  withdraw(id: number, label: string): Promise<void> {
    const said = `“${label}” is taken from ${this.#name(id)}`;
    return this.change([id], (before) => withdraw(before, label), said);
  }

  /** Takes the last step back. */
  async undo(): Promise<void> {
    const step = this.#steps.at(-1);
    if (!step) return;
    this.#steps = this.#steps.slice(0, -1);
    if (await this.#put(step.before)) this.#parts.notices.say(`Undone: ${step.said}`);
    else this.#steps = [...this.#steps, step];
  }

  /** What is done can no longer be undone. */
  settle(): void {
    this.#steps = [];
  }

  /** The library was emptied. */
  clear(): void {
    this.#labels.clear();
    this.#steps = [];
  }

  #name(id: number): string {
    return this.#parts.photos.current(id)?.name ?? '';
  }

  async #fetch(): Promise<void> {
    try {
      for (const [key, labels] of await this.#parts.library.labels()) this.#labels.set(key, labels);
    } catch (error) {
      this.#parts.notices.report(TOPIC, error);
    }
  }

  /** Shows the changes at once, and takes them back if they cannot be stored. Returns whether they were. */
  async #put(changes: LabelChanges): Promise<boolean> {
    const before = new Map([...changes.keys()].map((key) => [key, this.#labels.get(key)]));
    this.#show(changes);
    try {
      await this.#parts.library.putLabels(changes);
      this.#parts.notices.clear(TOPIC);
      return true;
    } catch (error) {
      this.#show(before);
      this.#parts.notices.report(TOPIC, error);
      return false;
    }
  }

  #show(changes: LabelChanges): void {
    for (const [key, labels] of changes) {
      if (labels) this.#labels.set(key, labels);
      else this.#labels.delete(key);
    }
  }

  #count(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    const isNothingSaid = this.#labels.size === 0;
    for (const photo of this.#parts.photos.list) {
      if (isNothingSaid && !photo.keywords) continue;
      for (const name of this.namesOf(photo)) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return new Map([...counts].sort(([a, many], [b, few]) => few - many || a.localeCompare(b)));
  }
}
