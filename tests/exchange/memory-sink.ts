import type { Sink } from '../../src/exchange/sink';

/** A file in memory, and how much it was given at once. */
export class MemorySink implements Sink {
  #parts: Uint8Array<ArrayBuffer>[] = [];
  /** The most bytes of one call. */
  largest = 0;

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.largest = Math.max(this.largest, bytes.length);
    this.#parts.push(bytes);
  }

  async rewriteStart(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const all = this.bytes;
    all.set(bytes);
    this.#parts = [all];
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(Buffer.concat(this.#parts));
  }
}
