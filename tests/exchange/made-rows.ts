import { mulberry32 } from '../../src/core/random';
import { normalise } from '../../src/core/vectors';
import type { Provenance } from '../../src/exchange/provenance';
import { PATH_COLUMN, type Column, type RowsWithCells } from '../../src/exchange/rows';

export const MADE: Provenance = {
  model: 'ViT-B-32/laion2b_s34b_b79k',
  dim: 16,
  precision: 'fp32',
  preprocess: {
    size: [224, 224],
    resizeMode: 'shortest',
    interpolation: 'bicubic',
    fillColor: 0,
    mean: [0.48, 0.46, 0.41],
    std: [0.27, 0.26, 0.28],
  },
};

export const COLUMNS: readonly Column[] = [
  PATH_COLUMN,
  { name: 'caption', type: 'text' },
  { name: 'bytes', type: 'whole' },
  { name: 'latitude', type: 'number' },
  { name: 'animated', type: 'truth' },
  { name: 'modified', type: 'time' },
];

/** Unit rows numbered from `first`, with every kind of cell, some empty. */
export function madeRows(first: number, count: number, dim = MADE.dim): RowsWithCells {
  const data = new Float32Array(count * dim);
  const cells = Array.from({ length: count }, (_, i) => {
    const id = first + i;
    const random = mulberry32(id);
    data.set(normalise(Array.from({ length: dim }, () => random() - 0.5)), i * dim);
    const isOdd = id % 2 === 1;
    return [
      `=photos/"nº ${id}", ü.jpg`,
      isOdd ? undefined : id % 3 === 0 ? '' : 'two\nlines',
      2 ** 40 + id,
      isOdd ? null : id / 3,
      id % 3 === 0,
      isOdd ? undefined : 1_700_000_000_000 + id,
    ];
  });
  return { count, dim, data, cells };
}
