import { bufferSource, checkRange, type ByteSource } from '../../src/formats/byte-source';

/** A file with this header, in whatever state, and `dataLength` bytes behind it. `length` overrides the true one. */
export function safetensorsFile(
  header: string | Uint8Array,
  dataLength = 0,
  length?: bigint,
): Uint8Array<ArrayBuffer> {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + text.length + dataLength);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

/** `file`, read through a source that keeps a list of what was asked for and refuses what is not there. */
export function recordingSource(file: Uint8Array): ByteSource & { readonly reads: [number, number][] } {
  const source = bufferSource(file);
  const reads: [number, number][] = [];
  return {
    reads,
    byteLength: source.byteLength,
    slice(start, end) {
      checkRange(start, end, source.byteLength);
      reads.push([start, end]);
      return source.slice(start, end);
    },
  };
}

/** `"name": {…}` as a header holds it. */
export function entry(name: string, dtype: string, shape: number[], start: number, end: number): string {
  return `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [start, end] })}`;
}
