import { SvelteSet } from 'svelte/reactivity';
import type { Notices } from '../kit/notices.svelte';
import { plural } from '../kit/words';
import type { Photos } from '../photos/photos.svelte';

export interface SelectionParts {
  readonly photos: Pick<Photos, 'get'>;
  readonly notices: Pick<Notices, 'say'>;
}

/** The selected photos. Changes are announced. */
export class Selection {
  readonly #ids = new SvelteSet<number>();
  readonly #parts: SelectionParts;

  constructor(parts: SelectionParts) {
    this.#parts = parts;
  }

  /** Ids of those that still exist, in the order of selection. */
  get ids(): readonly number[] {
    const { photos } = this.#parts;
    return [...this.#ids].filter((id) => photos.get(id));
  }

  /** Their paths, one per line. */
  get paths(): string {
    return this.ids.map((id) => this.#parts.photos.get(id)?.path).join('\n');
  }

  has(id: number): boolean {
    return this.#ids.has(id);
  }

  toggle(id: number): void {
    if (!this.#ids.delete(id)) this.#ids.add(id);
    this.#tell();
  }

  /** Adds photos to the selection. */
  add(ids: readonly number[]): void {
    for (const id of ids) this.#ids.add(id);
    this.#tell();
  }

  clear(): void {
    if (this.#ids.size === 0) return;
    this.#ids.clear();
    this.#tell();
  }

  #tell(): void {
    const { length } = this.ids;
    this.#parts.notices.say(length === 0 ? 'No photo selected' : `${plural(length, 'photo')} selected`);
  }
}
