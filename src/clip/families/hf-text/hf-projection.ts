import type { Graph, GraphWriter, Value } from '../../graph/graph-writer';
import { unitLength } from '../../graph/layers';
import type { Sequence } from '../../graph/sequence';
import type { Shapes } from '../../weights/tensor-shapes';
import type { TextTowerShape } from '../text-family';

/** What brings OpenCLIP's `HFTextEncoder` into the shared space; `mlp` has a GELU between two matrices. */
export type HfProjection = 'none' | 'linear' | 'mlp';

/** What every tower of transformers has, whatever its family. */
export interface HfTower extends TextTowerShape {
  readonly width: number;
  /** The id of padding, and its position; those of other tokens follow. */
  readonly padId: number;
  readonly projection: HfProjection;
}

export function projectionShapes({ projection, width, outputDim }: HfTower): Shapes {
  switch (projection) {
    case 'none':
      return [];
    case 'linear':
      return [['proj.weight', [outputDim, width]]];
    case 'mlp': {
      const hidden = Math.trunc((width + outputDim) / 2);
      return [
        ['proj.0.weight', [hidden, width]],
        ['proj.2.weight', [outputDim, hidden]],
      ];
    }
  }
}

/**
 * The graph of `ids` and `places` (from `idsAndPlaces`), int32 [batch, length], to `embedding` fp32 [batch,
 * outputDim], rows of length 1.
 * @param sequence of the graph, by `hfSequence`
 * @param pooled what the tower reads, [batch, width]
 */
export function projected(
  graph: GraphWriter,
  { outputDim, projection }: HfTower,
  sequence: Sequence,
  pooled: Value,
): Graph {
  const dims = ['batch', typeof sequence === 'number' ? sequence : 'length'];
  return graph.encode(
    [
      { name: 'ids', dtype: 'int32', dims },
      { name: 'places', dtype: 'int32', dims },
    ],
    unitLength(graph, project(graph, pooled, projection)),
    { name: 'embedding', dtype: 'float32', dims: ['batch', outputDim] },
  );
}

/** [batch, width] -> [batch, outputDim]; no matrix has a bias. */
function project(graph: GraphWriter, pooled: Value, projection: HfProjection): Value {
  const matrix = (input: Value, name: string): Value =>
    graph.node('Gemm', [input, graph.weight(name)], { transB: 1 });
  switch (projection) {
    case 'none':
      return pooled;
    case 'linear':
      return matrix(pooled, 'proj.weight');
    case 'mlp':
      return matrix(graph.node('Gelu', [matrix(pooled, 'proj.0.weight')]), 'proj.2.weight');
  }
}
