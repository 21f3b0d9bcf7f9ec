import type { TextArchitecture } from '../architecture';
import { GraphWriter, type Graph, type Value } from './graph-writer';
import { layerNorm, linear, transformer, unitLength, type GraphForm } from './layers';
import type { Int8Tensor } from '../weights/int8';
import type { StoredTensor } from '../weights/weights';

/**
 * The text tower, OpenCLIP's `TextTransformer`: `ids` int32 [batch, contextLength] and `pooled_rows` int32 [batch]
 * (from `pooledRows`) to `embedding` fp32 [batch, outputDim], rows of length 1.
 *
 * Why the pooled rows are an input: the ids are on the CPU, where finding the end of text is free, while ArgMax over
 * integers would move a GPU graph back to the CPU halfway.
 */
export function textGraph(
  text: TextArchitecture,
  weights: ReadonlyMap<string, StoredTensor | Int8Tensor>,
  form: GraphForm,
): Graph {
  const graph = new GraphWriter('text', weights, form.arithmetic);
  const embedded = graph.weightRows('token_embedding.weight', 'ids');
  const placed = graph.node('Add', [embedded, graph.weight('positional_embedding')]);
  const context = { form: form.attention, sequence: text.contextLength, causal: text.causal };
  const pool = (rows: Value): Value => graph.node('Gather', [rows, 'pooled_rows'], { axis: 0 });
  const rows = transformer(
    graph,
    graph.reshape(placed, [-1, text.width]),
    'transformer',
    text,
    context,
    pool,
  );
  const pooled = layerNorm(graph, rows, 'ln_final', text.normEpsilon);
  return graph.encode(
    [
      { name: 'ids', dtype: 'int32', dims: ['batch', text.contextLength] },
      { name: 'pooled_rows', dtype: 'int32', dims: ['batch'] },
    ],
    unitLength(graph, project(graph, text, pooled)),
    { name: 'embedding', dtype: 'float32', dims: ['batch', text.outputDim] },
  );
}

/**
 * For each text, the row of [batch * contextLength, width] that its embedding is read from: OpenCLIP's
 * `text_global_pool`. `argmax` takes the first of equal ids; `eos` takes row 0 if the id does not occur.
 * `ids` is [count, contextLength].
 */
export function pooledRows(ids: Int32Array, text: TextArchitecture): Int32Array<ArrayBuffer> {
  const length = text.contextLength;
  const rows = new Int32Array(ids.length / length);
  for (let index = 0; index < rows.length; index++) {
    const start = index * length;
    rows[index] = start + position(ids.subarray(start, start + length), text);
  }
  return rows;
}

function position(ids: Int32Array, text: TextArchitecture): number {
  switch (text.pool) {
    case 'first':
      return 0;
    case 'last':
      return ids.length - 1;
    case 'eos':
      return Math.max(0, ids.indexOf(text.eosId));
    case 'argmax': {
      let best = 0;
      for (let at = 1; at < ids.length; at++) if ((ids[at] ?? 0) > (ids[best] ?? 0)) best = at;
      return best;
    }
  }
}

function project(graph: GraphWriter, text: TextArchitecture, pooled: Value): Value {
  switch (text.projection) {
    case 'none':
      return pooled;
    case 'matrix':
      return graph.node('MatMul', [pooled, graph.weight('text_projection')]);
    case 'linear':
      return linear(graph, pooled, 'text_projection.weight', 'text_projection.bias');
  }
}
