import { baseId } from '../../core/model-id';
import type { Memory } from '../kit/memory';

const LAST = 'clipscope model';
const HELD_UP = 'clipscope held up';

/** Which models worked on this visit and the last one, and which held up the page on any. Ids may have an image size. */
export class ModelHistory {
  #heldUp = $state.raw<readonly string[]>([]);
  /** The ids that were ready, the last one last. */
  #worked: readonly string[] = [];
  readonly #memory: Memory | undefined;

  constructor(memory: Memory | undefined) {
    this.#memory = memory;
    this.#heldUp = (memory?.getItem(HELD_UP) ?? '').split('\n').filter(Boolean);
  }

  /**
   * The model of the last visit.
   * Why it is forgotten until it is ready again: one that ends the visit must not end every visit.
   */
  recall(): string | undefined {
    const last = this.#memory?.getItem(LAST) ?? undefined;
    this.#memory?.removeItem(LAST);
    return last !== undefined && this.isHeldUp(last) ? undefined : last;
  }

  /** A model is ready. */
  worked(id: string): void {
    this.#worked = [...this.#worked.filter((one) => one !== id), id];
    this.#memory?.setItem(LAST, id);
  }

  /** The model that worked last on this visit, besides `id`, of those that still exist. */
  before(id: string | undefined, exists: (id: string) => boolean): string | undefined {
    return this.#worked.findLast((one) => one !== id && !this.isHeldUp(one) && exists(one));
  }

  /** Whether a model, at any image size, has held up the page since it was last chosen. */
  isHeldUp(id: string): boolean {
    return this.#heldUp.includes(baseId(id));
  }

  /** A model held up the page: no visit opens it by itself. */
  heldUp(id: string): void {
    this.#keep([...this.#heldUp.filter((one) => one !== baseId(id)), baseId(id)]);
    if (this.#memory?.getItem(LAST) === id) this.#memory.removeItem(LAST);
  }

  /** Gives a model another chance. */
  forgive(id: string): void {
    if (this.isHeldUp(id)) this.#keep(this.#heldUp.filter((one) => one !== baseId(id)));
  }

  #keep(ids: readonly string[]): void {
    this.#heldUp = ids;
    if (ids.length === 0) this.#memory?.removeItem(HELD_UP);
    else this.#memory?.setItem(HELD_UP, ids.join('\n'));
  }
}
