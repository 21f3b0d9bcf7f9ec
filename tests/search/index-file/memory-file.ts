import type { SyncAccess } from '../../../src/storage/sync-access';

/** A file in memory that knows what of it a crash cannot take. */
export class MemoryFile implements SyncAccess {
  /** What it held when it was last flushed. */
  durable: Uint8Array<ArrayBuffer>;
  /** Called before each step that changes the file; throws to end the visit there. */
  onStep: () => void = () => undefined;
  #memory: Uint8Array<ArrayBuffer>;
  #size: number;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#memory = Uint8Array.from(bytes);
    this.#size = bytes.length;
    this.durable = this.bytes;
  }

  /** A copy. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#memory.slice(0, this.#size);
  }

  getSize(): number {
    return this.#size;
  }

  read(bytes: Uint8Array, { at }: { at: number }): number {
    const found = this.#memory.subarray(at, Math.min(this.#size, at + bytes.length));
    bytes.set(found);
    return found.length;
  }

  write(bytes: Uint8Array, { at }: { at: number }): number {
    this.onStep();
    this.#reserve(at + bytes.length);
    this.#memory.set(bytes, at);
    this.#size = Math.max(this.#size, at + bytes.length);
    return bytes.length;
  }

  truncate(size: number): void {
    this.onStep();
    this.#reserve(size);
    this.#memory.fill(0, size, this.#size);
    this.#size = size;
  }

  flush(): void {
    this.onStep();
    this.durable = this.bytes;
  }

  close(): void {}

  #reserve(size: number): void {
    if (size <= this.#memory.length) return;
    const larger = new Uint8Array(Math.max(size, 2 * this.#memory.length));
    larger.set(this.#memory);
    this.#memory = larger;
  }
}
