import { elementCount, DTYPE_BITS, type SafetensorsDtype } from './safetensors';

/** The header entry of a tensor to be written. */
export interface TensorSketch {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
}

/**
 * The start of a safetensors file whose tensors follow in the given order: the header's length in 8 bytes
 * (little-endian), then the JSON header, padded with spaces to a multiple of 8 bytes like the official writer's.
 * @param metadata the format's `__metadata__`, string to string
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
