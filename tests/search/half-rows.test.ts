import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float16ToFloat32 } from '../../src/formats/float16';
import { HalfRows } from '../../src/search/half-rows';
import assembled from '../../src/search/half-rows.wasm.json';
import { RowChunk, STEPS } from '../../src/search/row-chunk';
import { assembledWat } from '../../tools/assemble';

test('what is kept is what its source assembles to', async () => {
  expect(assembled).toBe(await assembledWat('src/search/half-rows'));
});

test('a row is the same as one quantised in JavaScript, whatever its length, and after any other', () => {
  const bits = fc.oneof(
    fc.integer({ min: 0, max: 0xffff }),
    // Numbers of few bits, so that many lie halfway between two steps.
    fc.integer({ min: 0, max: 0x1f }).map((top) => top << 10),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.infiniteStream(bits), (length, stream) => {
      const width = 8 * Math.ceil(length / 8);
      const rows = new HalfRows(width);
      for (let turn = 0; turn < 3; turn++) {
        const halves = Uint16Array.from({ length }, () => stream.next().value as number);
        const chunk = new RowChunk(width);
        chunk.write(0, 7, float16ToFloat32(halves));
        const peak = rows.quantise(halves, STEPS);
        expect({ peak, numbers: rows.numbers }).toEqual({
          peak: chunk.peaks[0],
          numbers: chunk.numbers.slice(0, width),
        });
      }
    }),
    { numRuns: 500 },
  );
});

test('a row longer than a page of memory has room', () => {
  const width = 2 ** 16;
  const rows = new HalfRows(width);
  const halves = new Uint16Array(width).fill(0x3c00, width - 1);
  expect(rows.quantise(halves, STEPS)).toBe(1);
  expect([rows.numbers[0], rows.numbers[width - 2], rows.numbers[width - 1]]).toEqual([0, 0, STEPS]);
});
