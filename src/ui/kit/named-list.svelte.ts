import type { Memory } from './memory';
import type { Notices } from './notices.svelte';

export interface NamedListParts<Item> {
  readonly memory: Memory | undefined;
  /** The list's name in the memory. */
  readonly key: string;
  /** What was kept there, without what is not as it was written. */
  readonly read: (value: unknown) => readonly Item[];
  readonly notices: Pick<Notices, 'say' | 'report'>;
  /** Of its problems. */
  readonly topic: string;
}

/** What the user keeps under names, from visit to visit; the last change can be undone. */
export class NamedList<Item extends { readonly name: string }> {
  #items = $state.raw<readonly Item[]>([]);
  #before = $state.raw<readonly Item[] | undefined>(undefined);
  readonly #parts: NamedListParts<Item>;

  constructor(parts: NamedListParts<Item>) {
    this.#parts = parts;
    this.#items = parts.read(parsed(parts.memory?.getItem(parts.key)));
  }

  /** By name. */
  get items(): readonly Item[] {
    return this.#items;
  }

  get canUndo(): boolean {
    return this.#before !== undefined;
  }

  get(name: string): Item | undefined {
    return this.#items.find((one) => one.name === name);
  }

  /** A name that no item has: `name`, or with a number. */
  freeName(name: string): string {
    let free = name;
    for (let number = 2; this.get(free); number++) free = `${name} (${number})`;
    return free;
  }

  /** Saves an item, in place of one of its name. */
  save(item: Item): void {
    this.#change([...this.#without(item.name), item], `Saved as ${item.name}`);
  }

  /** Gives an item another name, in place of one of that name. */
  rename(from: string, to: string): void {
    const item = this.get(from);
    if (!item || from === to) return;
    const others = this.#without(from).filter((one) => one.name !== to);
    this.#change([...others, { ...item, name: to }], `${from} is now ${to}`);
  }

  remove(name: string): void {
    this.#change(this.#without(name), `${name} is deleted`);
  }

  /** Takes the last change back. */
  undo(): void {
    if (this.#before) this.#change(this.#before, 'Undone');
    this.#before = undefined;
  }

  /** The last change stays. */
  settle(): void {
    this.#before = undefined;
  }

  #without(name: string): Item[] {
    return this.#items.filter((one) => one.name !== name);
  }

  #change(items: readonly Item[], said: string): void {
    const { memory, key, notices, topic } = this.#parts;
    const before = this.#items;
    const now = items.toSorted((a, b) => a.name.localeCompare(b.name));
    try {
      memory?.setItem(key, JSON.stringify(now));
    } catch (error) {
      // Web storage is full, or may not be written.
      notices.report(topic, error);
      return;
    }
    this.#before = before;
    this.#items = now;
    notices.say(said);
  }
}

function parsed(kept: string | null | undefined): unknown {
  try {
    return JSON.parse(kept ?? '[]');
  } catch {
    return [];
  }
}
