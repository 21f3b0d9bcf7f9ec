import { elementCount, DTYPE_BITS, type SafetensorsDtype } from './safetensors';

/** A tensor about to be written. */
export interface TensorSketch {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
}

/**
 * The beginning of a safetensors file whose tensors follow one another in the order given: 8 bytes with the header's
 * length (little-endian), the JSON header, spaces up to a multiple of 8 bytes, as the format's own writer aligns it.
 * @param metadata the format's `__metadata__`: text by text
 */
export function encodeSafetensorsHeader(
  tensors: readonly TensorSketch[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const { name, dtype, shape } of tensors) {
    const start = end;
    end += (elementCount(shape) * DTYPE_BITS[dtype]) / 8;
    header[name] = { dtype, shape, data_offsets: [start, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
  bytes.set(json, 8);
  return bytes;
}
