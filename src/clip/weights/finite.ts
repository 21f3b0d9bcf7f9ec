import { Failure } from '../../core/failure';

/** The exponent bits, all ones only in NaN and the infinities. */
const EXPONENT = { single: 0x7f800000, half: 0x7c00 } as const;

/**
 * Refuses NaN and infinite numbers, whose product with anything is as useless.
 * @param name the tensor's name in the checkpoint
 * @param values fp32 numbers, or the bits of fp16 numbers
 * @throws WeightsUnusable naming the tensor
 */
export function requireFinite(name: string, values: Float32Array | Uint16Array): void {
  const isSingle = values instanceof Float32Array;
  // Why bits and not `Number.isFinite`: every weight passes here, and integers are several times faster.
  const bits = isSingle ? new Uint32Array(values.buffer, values.byteOffset, values.length) : values;
  const exponent = isSingle ? EXPONENT.single : EXPONENT.half;
  for (const one of bits) {
    if ((one & exponent) !== exponent) continue;
    const why = isSingle ? 'NaN or an infinite number' : 'NaN or a number too large for half precision';
    throw new Failure('WeightsUnusable', `The weights cannot be used: the tensor ${name} has ${why}.`);
  }
}
