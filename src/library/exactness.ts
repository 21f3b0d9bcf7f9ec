import type { Decoding } from '../core/decoding';

/** Which models' rows must be exact, and of which there are rows in memory that may not be. */
export class Exactness {
  readonly #exact = new Set<string>();
  readonly #inexact = new Set<string>();

  /** From now on only such rows of `model` are wanted; whether those in memory must go. */
  turnTo(model: string, decoding: Decoding): boolean {
    if (decoding === 'scaled') {
      this.#exact.delete(model);
      this.#inexact.add(model);
      return false;
    }
    this.#exact.add(model);
    return this.#inexact.delete(model);
  }

  /** Whether rows of `model` that were made so are wanted. */
  wants(model: string, decoding: Decoding): boolean {
    return decoding === 'exact' || !this.#exact.has(model);
  }
}
