import type { GraphWriter, Value } from './graph-writer';

/**
 * A picture's patches as tokens, row by row: [batch, patches, width].
 * @param pixels [batch, 3, height, width]
 * @param weight [width, 3, ...patchSize]
 * @param bias [width], '' for none
 */
export function patchTokens(
  graph: GraphWriter,
  pixels: Value,
  weight: Value,
  bias: Value,
  {
    width,
    patchSize,
    patches,
  }: { readonly width: number; readonly patchSize: readonly [number, number]; readonly patches: number },
): Value {
  const grid = graph.node('Conv', [pixels, weight, bias], {
    kernel_shape: [...patchSize],
    strides: [...patchSize],
  });
  return graph.transpose(graph.reshape(grid, [-1, width, patches]), [0, 2, 1]);
}
