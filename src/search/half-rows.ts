import { pagesOf, wasmExports } from '../core/assembled-wasm';
import { float16Values } from '../formats/float16';
import assembled from './half-rows.wasm.json';

/** What `half-rows.wat` exports; places are in bytes. */
interface Exports {
  peak(at: number, end: number): number;
  quantise(at: number, end: number, each: number): void;
}

/**
 * Makes rows of float16 numbers into 16-bit integers, one at a time.
 *
 * Why in wasm: of a million rows, four or eight numbers at once take a sixth of the time of one after the other, and
 * opening a library does little else. Its source is assembled beforehand (`tools/assemble.ts`), for it needs no
 * more than these two functions. What runs the models has the same demands, so a browser without them has no rows.
 */
export class HalfRows {
  /** The row last quantised, zero-padded: overwritten by the next. */
  readonly numbers: Int16Array<ArrayBuffer>;
  readonly #halves: Uint16Array<ArrayBuffer>;
  readonly #wasm: Exports;

  /** @param width length of a row in integers, a multiple of 8 */
  constructor(width: number) {
    const bytes = width * Uint16Array.BYTES_PER_ELEMENT;
    const memory = new WebAssembly.Memory({ initial: pagesOf(bytes) });
    this.numbers = new Int16Array(memory.buffer, 0, width);
    this.#halves = new Uint16Array(memory.buffer, 0, width);
    this.#wasm = wasmExports(assembled, memory) as unknown as Exports;
  }

  /**
   * Quantises a row into `numbers`, so that its largest magnitude becomes `steps`, each number rounded half up. All are
   * 0 if the largest magnitude is 0 or no finite number.
   * @param halves float16 numbers, always as many, at most `width`
   * @returns the largest magnitude, NaN if a number is none
   */
  quantise(halves: Uint16Array, steps: number): number {
    const end = this.numbers.byteLength;
    this.#halves.fill(0, halves.length);
    this.#halves.set(halves);
    const peak = float16Values()[this.#wasm.peak(0, end)]!;
    this.#wasm.quantise(0, end, peak > 0 ? steps / peak : 0);
    return peak;
  }
}
