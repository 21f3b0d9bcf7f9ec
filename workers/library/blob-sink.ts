import type { Sink } from '../../src/exchange/sink';

/** Bytes that are gathered before the browser takes them over. */
const AT_ONCE = 2 ** 24;

/** A file in the browser's keeping, which may put it on disk: little of it is in this thread's memory. */
export class BlobSink implements Sink {
  #file = new Blob([]);
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #waiting = 0;

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#parts.push(bytes);
    this.#waiting += bytes.length;
    if (this.#waiting >= AT_ONCE) this.#gather();
  }

  async rewriteStart(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#gather();
    this.#file = new Blob([bytes, this.#file.slice(bytes.length)]);
  }

  /** What was written. */
  get file(): Blob {
    this.#gather();
    return this.#file;
  }

  #gather(): void {
    this.#file = new Blob([this.#file, ...this.#parts]);
    this.#parts = [];
    this.#waiting = 0;
  }
}
