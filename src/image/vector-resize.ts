import { pagesOf, wasmExports } from '../core/assembled-wasm';
import type { FilterTable } from './filter-weights';
import type { PixelSource } from './raster';
import type { ResizePlan } from './resize-plan';
import assembled from './vector-resize.wasm.json';

/** Bytes by which either pass may read or write beyond its own. */
const BEYOND = 16;

type TablePlace = readonly [starts: number, counts: number, weights: number, taps: number, length: number];

/** What `vector-resize.wat` exports. */
interface Passes {
  across(row: number, stride: number, rows: number, ...rest: readonly [...TablePlace, out: number]): void;
  down(rows: number, stride: number, ...rest: readonly [...TablePlace, out: number]): void;
}

let vectors: { readonly memory: WebAssembly.Memory; readonly passes: Passes } | undefined;

function start() {
  const memory = new WebAssembly.Memory({ initial: 1 });
  return { memory, passes: wasmExports(assembled, memory) as unknown as Passes };
}

/**
 * Both passes of `resize` for decoded photos, RGB and an ignored byte: packed RGB, `[down.length, across.length, 3]`.
 *
 * Why in wasm: all channels of a pixel at once, and four pixels of a row, take a quarter of the time that numbers one
 * after the other do. Its source is assembled beforehand (`tools/assemble.ts`). What runs the models has the same
 * demands.
 * @param stripeRows how many rows are read from the source at once
 */
export function resizeRgbx(
  source: PixelSource,
  { columns, rows }: Pick<ResizePlan, 'columns' | 'rows'>,
  across: FilterTable,
  down: FilterTable,
  stripeRows: number,
): Uint8ClampedArray<ArrayBuffer> {
  const { memory, passes } = (vectors ??= start());
  const [width, height] = [columns.end - columns.first, rows.end - rows.first];
  const stride = width * 4;
  const packed = across.length * 3;
  const [acrossEnd, downEnd] = [bytesOf(across), bytesOf(across) + bytesOf(down)];
  const middle = downEnd + Math.min(stripeRows, height) * stride;
  const out = middle + height * packed + BEYOND;
  const end = out + down.length * packed + BEYOND;
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(pagesOf(missing));
  const bytes = new Uint8Array(memory.buffer);
  const acrossPlace = placed(across, bytes, 0);
  const downPlace = placed(down, bytes, acrossEnd);
  for (let top = rows.first; top < rows.end; top += stripeRows) {
    const count = Math.min(stripeRows, rows.end - top);
    const block = source.read(columns.first, top, width, count);
    for (let y = 0; y < count; y++) {
      const from = block.offset + y * block.stride;
      bytes.set(block.data.subarray(from, from + stride), downEnd + y * stride);
    }
    const at = middle + (top - rows.first) * packed;
    // Tables count columns and rows from the picture's first.
    passes.across(downEnd - columns.first * 4, stride, count, ...acrossPlace, at);
  }
  passes.down(middle - rows.first * packed, packed, ...downPlace, out);
  return new Uint8ClampedArray(memory.buffer.slice(out, out + down.length * packed));
}

function bytesOf({ starts, counts, weights }: FilterTable): number {
  return starts.byteLength + counts.byteLength + weights.byteLength;
}

/** Copies a table to the byte `at`. */
function placed(
  { starts, counts, weights, taps, length }: FilterTable,
  to: Uint8Array,
  at: number,
): TablePlace {
  const places = [at, at + starts.byteLength, at + starts.byteLength + counts.byteLength] as const;
  for (const [part, numbers] of [starts, counts, weights].entries())
    to.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), places[part]);
  return [...places, taps, length];
}
