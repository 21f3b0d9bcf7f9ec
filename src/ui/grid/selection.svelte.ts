import { SvelteSet } from 'svelte/reactivity';
import type { Photos } from '../photos/photos.svelte';

/** The selected photos. */
export class Selection {
  readonly #ids = new SvelteSet<number>();
  readonly #photos: Pick<Photos, 'get'>;

  constructor(photos: Pick<Photos, 'get'>) {
    this.#photos = photos;
  }

  /** Ids of those that still exist, in the order of selection. */
  get ids(): readonly number[] {
    return [...this.#ids].filter((id) => this.#photos.get(id));
  }

  /** Their paths, one per line. */
  get paths(): string {
    return this.ids.map((id) => this.#photos.get(id)?.path).join('\n');
  }

  has(id: number): boolean {
    return this.#ids.has(id);
  }

  toggle(id: number): void {
    if (!this.#ids.delete(id)) this.#ids.add(id);
  }

  /** Adds photos to the selection. */
  add(ids: readonly number[]): void {
    for (const id of ids) this.#ids.add(id);
  }

  clear(): void {
    this.#ids.clear();
  }
}
