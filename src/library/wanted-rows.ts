import type { Decoding } from '../core/decoding';
import type { PhotoRows } from './photo-rows';

/** How each model's rows are wanted: made by what, and of photos decoded how. */
export class WantedRows {
  /** Undefined for rows with a name of their own, whatever made them. */
  readonly #makers = new Map<string, string>();
  readonly #exact = new Set<string>();
  /** Models of which there may be rows in memory that are not exact. */
  readonly #inexact = new Set<string>();

  /**
   * From now on only such rows of `model` are wanted; whether those in memory must go.
   * @param maker as `PhotoRows.madeBy`
   */
  turnTo(model: string, decoding: Decoding, maker: string | undefined): boolean {
    const before = this.#makers.get(model);
    if (maker !== undefined) this.#makers.set(model, maker);
    const isOther = before !== undefined && maker !== undefined && maker !== before;
    if (decoding === 'scaled') {
      this.#exact.delete(model);
      this.#inexact.add(model);
      return isOther;
    }
    this.#exact.add(model);
    return this.#inexact.delete(model) || isOther;
  }

  /** Whether a row of a photo decoded so is wanted. */
  wants({ model, madeBy }: Pick<PhotoRows, 'model' | 'madeBy'>, decoding: Decoding): boolean {
    const maker = this.#makers.get(model);
    const isOurs = madeBy === undefined || maker === undefined || madeBy === maker;
    return isOurs && (decoding === 'exact' || !this.#exact.has(model));
  }
}
