import type { GraphWriter, Value } from './graph-writer';

type Size = readonly [down: number, across: number];

/** Rotary positions of a grid of patches, as timm's `RotaryEmbeddingCat` has them. */
export interface Rope {
  /** The grid that the positions of any grid are stretched to. */
  readonly reference: Size;
  /** Added to row and column, which begin at 0. */
  readonly offset: number;
  /** Whether the first half of a head's width turns with the row, the second with the column, or the other way. */
  readonly order: 'yx' | 'xy';
  /** Of the frequencies. */
  readonly temperature: number;
}

/** The tokens of a picture: `prefix` of them stay as they are, then come those of the patches, row by row. */
export interface RopeTokens {
  readonly prefix: number;
  readonly grid: Size;
}

/**
 * Angles, [prefix + down * across, headWidth / 2]: each turns a pair of neighbouring channels of a token. Of the d
 * channels of a head, frequencies 1 / temperature^(i / (d / 4)), i < d / 4, of one axis and then of the other.
 */
export function ropeAngles(
  { reference, offset, order, temperature }: Rope,
  { prefix, grid }: RopeTokens,
  headWidth: number,
): Float64Array {
  const [down, across] = grid;
  const bands = headWidth / 4;
  const angles = new Float64Array((prefix + down * across) * 2 * bands);
  let at = prefix * 2 * bands;
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      const y = ((row + offset) / down) * reference[0];
      const x = ((column + offset) / across) * reference[1];
      for (const place of order === 'yx' ? [y, x] : [x, y]) {
        for (let band = 0; band < bands; band++) angles[at++] = place / temperature ** (band / bands);
      }
    }
  }
  return angles;
}

/**
 * Queries or keys [batch * sequence, heads * headWidth] turned by the positions of their tokens.
 *
 * Why one operator: with a matrix that swaps neighbours, two products and a sum, a tower takes as long on wasm in fp32 and
 * about 3 % longer in int8, and a GPU runs four kernels in place of one. What a GPU makes of it, its self-check tells.
 */
export function rotate(
  graph: GraphWriter,
  rows: Value,
  rope: Rope,
  tokens: RopeTokens,
  headWidth: number,
  heads: number,
): Value {
  const sequence = tokens.prefix + tokens.grid[0] * tokens.grid[1];
  const table = (name: string, of: (angle: number) => number): Value =>
    graph.shared(name, () =>
      graph.floats(Float32Array.from(ropeAngles(rope, tokens, headWidth), of), [sequence, headWidth / 2]),
    );
  const turned = graph.node(
    'RotaryEmbedding',
    [
      graph.reshape(rows, [-1, sequence, heads * headWidth]),
      graph.integers([0]),
      table('rope cosines', Math.cos),
      table('rope sines', Math.sin),
    ],
    { interleaved: 1 },
    'com.microsoft',
  );
  return graph.reshape(turned, [-1, heads * headWidth]);
}
