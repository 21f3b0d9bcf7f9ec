import type { LogFile } from '../../src/datasets/record-log';

/** A file in memory. */
export function memoryLog(): LogFile & { bytes: Uint8Array<ArrayBuffer> } {
  return {
    bytes: new Uint8Array(0),
    get byteLength() {
      return this.bytes.length;
    },
    async read(start, end) {
      return this.bytes.slice(start, end);
    },
    async append(bytes) {
      const longer = new Uint8Array(this.bytes.length + bytes.length);
      longer.set(this.bytes);
      longer.set(bytes, this.bytes.length);
      this.bytes = longer;
    },
    async truncate(length) {
      this.bytes = this.bytes.slice(0, length);
    },
    close: async () => undefined,
  };
}
