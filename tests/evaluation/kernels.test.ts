import { describe, expect, it } from 'vitest';
import { COLUMN_BYTES, DOT_ROWS, openKernels, PRODUCT_ROWS, ROW_BYTES } from '../../src/evaluation/kernels';
import { mulberry32 } from '../../src/core/random';

const random = mulberry32(1);

describe('kernels', () => {
  it('multiply rows of 16-bit integers by columns, exactly up to the largest sums', () => {
    const [dim, columns] = [(3 * ROW_BYTES) / 2, 6];
    const out = (DOT_ROWS + columns) * dim * 2;
    const { memory, dots } = openKernels(out + columns * DOT_ROWS * 4);
    const numbers = new Int16Array(memory.buffer, 0, (DOT_ROWS + columns) * dim);
    // A row and a column as long as they may be, the others of any numbers.
    for (let at = 0; at < numbers.length; at++) numbers[at] = Math.round((random() - 0.5) * 6000);
    for (const row of [0, DOT_ROWS]) numbers.fill(0, row * dim, (row + 1) * dim)[row * dim] = 32767;
    dots(0, DOT_ROWS * dim * 2, out, dim * 2, out);
    const found = new Int32Array(memory.buffer, out, columns * DOT_ROWS);
    for (let column = 0; column < columns; column++) {
      for (let row = 0; row < DOT_ROWS; row++) {
        let sum = 0;
        for (let at = 0; at < dim; at++)
          sum += numbers[row * dim + at]! * numbers[(DOT_ROWS + column) * dim + at]!;
        expect(found[column * DOT_ROWS + row]).toBe(sum);
      }
    }
    expect(found[0]).toBe(32767 ** 2);
  });

  it('multiply matrices of doubles, the first also by its columns', () => {
    const [depth, columns] = [5, (3 * COLUMN_BYTES) / 8];
    const [first, second, out] = [0, depth * PRODUCT_ROWS * 8, depth * (PRODUCT_ROWS + columns) * 8];
    const { memory, multiply } = openKernels(out + PRODUCT_ROWS * columns * 8);
    const numbers = new Float64Array(memory.buffer);
    for (let at = 0; at < out / 8; at++) numbers[at] = random() - 0.5;
    const [a, b] = [numbers.slice(0, second / 8), numbers.slice(second / 8, out / 8)];
    for (const [rowStep, depthStep] of [
      [depth, 1],
      [1, PRODUCT_ROWS],
    ] as const) {
      multiply(first, rowStep * 8, depthStep * 8, depth, second, columns * 8, out);
      for (let row = 0; row < PRODUCT_ROWS; row++) {
        for (let column = 0; column < columns; column++) {
          let sum = 0;
          for (let at = 0; at < depth; at++)
            sum += a[row * rowStep + at * depthStep]! * b[at * columns + column]!;
          expect(numbers[out / 8 + row * columns + column]).toBeCloseTo(sum, 14);
        }
      }
    }
  });

  it('refuse more than their addresses reach', () => {
    expect(() => openKernels(2 ** 31)).toThrow(RangeError);
  });
});
