import { listOf, readAs, recordOf, text } from '../../core/schema';
import type { Memory } from '../kit/memory';
import type { Notices } from '../kit/notices.svelte';

/** Labels that the user has saved under a name. */
export interface LabelSet {
  readonly name: string;
  readonly text: string;
}

const SET = recordOf({ name: text, text });

/** Labels of data sets, which are fetched when one is chosen. */
export const PRESETS = [
  { id: 'cifar10', title: 'CIFAR-10: 10 things' },
  { id: 'pets', title: 'Oxford-IIIT Pets: 37 breeds of cats and dogs' },
  { id: 'flowers', title: 'Oxford Flowers: 102 kinds' },
  { id: 'caltech101', title: 'Caltech-101: 102 things' },
  { id: 'country211', title: 'Country211: 211 countries' },
  { id: 'imagenet1k', title: 'ImageNet-1k: 998 things and animals, 7 templates' },
] as const;

export interface LabelSetsParts {
  /** The field, and the templates that are chosen beside it. */
  readonly labels: {
    readonly text: string;
    write(text: string): void;
    chooseTemplates(id: string | undefined): void;
  };
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  readonly memory: Memory | undefined;
}

const REMEMBERED = 'clipscope label sets';

const TOPIC = 'label sets';

/** The user's saved sets of labels, and those of data sets. */
export class LabelSets {
  #saved = $state.raw<readonly LabelSet[]>([]);
  /** As they were before the last change; undefined if there is nothing to undo. */
  #before = $state.raw<readonly LabelSet[] | undefined>(undefined);
  readonly #parts: LabelSetsParts;

  constructor(parts: LabelSetsParts) {
    this.#parts = parts;
    this.#saved = read(parts.memory?.getItem(REMEMBERED));
  }

  /** By name. */
  get saved(): readonly LabelSet[] {
    return this.#saved;
  }

  /** The name of the saved set that is in the field, as it was saved. */
  get current(): string | undefined {
    const { text } = this.#parts.labels;
    return this.#saved.find((set) => set.text === text)?.name;
  }

  get canUndo(): boolean {
    return this.#before !== undefined;
  }

  /** Puts a saved set into the field. */
  use(name: string): void {
    const set = this.#saved.find((one) => one.name === name);
    if (set) this.#parts.labels.write(set.text);
  }

  /** Puts a data set's labels into the field, with its templates. */
  async usePreset(id: string): Promise<void> {
    const { labels, notices } = this.#parts;
    try {
      const { presetText } = await import('./preset-sets');
      const { text, templates } = presetText(id);
      labels.chooseTemplates(templates);
      labels.write(text);
      notices.clear(TOPIC);
    } catch (error) {
      notices.report(TOPIC, error);
    }
  }

  /** Saves what is in the field under a name, in place of a set of that name. */
  save(name: string): void {
    const { text } = this.#parts.labels;
    this.#change([...this.#without(name), { name, text }], `Saved as ${name}`);
  }

  /** Gives a saved set another name, in place of a set of that name. */
  rename(from: string, to: string): void {
    const set = this.#saved.find((one) => one.name === from);
    if (!set || from === to) return;
    const others = this.#without(from).filter((one) => one.name !== to);
    this.#change([...others, { ...set, name: to }], `${from} is now ${to}`);
  }

  /** Deletes a saved set; the labels in the field stay. */
  remove(name: string): void {
    this.#change(this.#without(name), `${name} is deleted`);
  }

  /** Takes the last change of the saved sets back. */
  undo(): void {
    if (this.#before) this.#change(this.#before, 'Undone');
    this.#before = undefined;
  }

  #without(name: string): LabelSet[] {
    return this.#saved.filter((one) => one.name !== name);
  }

  #change(sets: readonly LabelSet[], said: string): void {
    const { memory, notices } = this.#parts;
    const before = this.#saved;
    const now = sets.toSorted((a, b) => a.name.localeCompare(b.name));
    try {
      memory?.setItem(REMEMBERED, JSON.stringify(now));
    } catch (error) {
      // Web storage is full, or may not be written.
      notices.report(TOPIC, error);
      return;
    }
    this.#before = before;
    this.#saved = now;
    notices.say(said);
  }
}

/** What is not as it was written is as if it were not there. */
function read(kept: string | null | undefined): readonly LabelSet[] {
  try {
    return readAs(listOf(SET), JSON.parse(kept ?? '[]')) ?? [];
  } catch {
    return [];
  }
}
