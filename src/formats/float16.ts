/** Built on first use, as is the view of it. */
let widened: Uint32Array<ArrayBuffer> | undefined;
let values: Float32Array | undefined;

/** Exact. Preserves infinities, subnormals, the sign of zero and NaN bits. Returns a new array. */
export function float16ToFloat32(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const table = widenedTable();
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i += 1) bits[i] = table[halves[i]!]!;
  return new Float32Array(bits.buffer);
}

/** The float32 of each float16, by its bits: 65,536 numbers, read-only. */
export function float16Values(): Float32Array {
  return (values ??= new Float32Array(widenedTable().buffer));
}

/** Exact: a bfloat16 is the upper half of a float32. Returns a new array. */
export function bfloat16ToFloat32(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i += 1) bits[i] = halves[i]! << 16;
  return new Float32Array(bits.buffer);
}

/**
 * Rounds to the nearest float16, ties to even (IEEE 754). Magnitudes from 65,520 become infinite, those up to 2^-25
 * signed zero. A NaN keeps the upper 10 bits of its payload. Returns a new array.
 */
export function float32ToFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i += 1) {
    const sign = (bits[i]! >>> 16) & 0x8000;
    halves[i] = sign | narrowedBits(bits[i]! & 0x7fffffff);
  }
  return halves;
}

/** Float32 bits by float16 bits: 256 KiB. */
function widenedTable(): Uint32Array<ArrayBuffer> {
  return (widened ??= Uint32Array.from({ length: 0x10000 }, (_, half) => widenedBits(half)));
}

/** Float32 bits of the float16 with bits `half` (1 sign, 5 exponent with bias 15, 10 fraction). */
function widenedBits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // A subnormal is fraction * 2^-24: shift its leading one to bit 10, the implicit bit of a normal number.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

/** Float16 bits of the float32 with bits `magnitude` (no sign: 8 exponent with bias 127, 23 fraction). */
function narrowedBits(magnitude: number): number {
  if (magnitude > 0x7f800000) return 0x7c00 | ((magnitude >>> 13) & 0x3ff || 0x200);
  // 65,520, halfway between the largest float16 and what would be the next.
  if (magnitude >= 0x477ff000) return 0x7c00;
  // 2^-14, the smallest normal float16. A carry out of the fraction correctly increments the exponent.
  if (magnitude >= 0x38800000) return (magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13;
  // 2^-25, half the smallest subnormal float16.
  if (magnitude <= 0x33000000) return 0;
  const shift = 126 - (magnitude >>> 23);
  const significand = (magnitude & 0x7fffff) | 0x800000;
  const kept = significand >>> shift;
  const rest = significand & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}
