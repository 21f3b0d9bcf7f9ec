import type { TextArchitecture } from '../architecture';
import { GraphWriter, type Graph, type Value } from './graph-writer';
import { textSequence } from '../config/text-config';
import {
  layerNorm,
  linear,
  lowestFloat,
  transformer,
  unitLength,
  withClassToken,
  type GraphForm,
} from './layers';
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
  const sequence = textSequence(text);
  const keyMask = text.padMask && paddingMask(graph, text, text.padMask);
  const context = {
    form: keyMask === undefined ? form.attention : ('split' as const),
    sequence,
    causal: text.causal,
    keyMask,
  };
  const placed = withPositions(graph, text, embedded);
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

/** Ids' embeddings [batch, contextLength, width], and the class token's if there is one, with their positions. */
function withPositions(graph: GraphWriter, text: TextArchitecture, embedded: Value): Value {
  const positions = 'positional_embedding';
  if (!text.classToken) return graph.node('Add', [embedded, graph.weight(positions)]);
  const place = { count: text.contextLength, width: text.width, place: 'behind' } as const;
  return withClassToken(graph, embedded, place, 'cls_emb', positions);
}

/** What is added to the scores of keys that are padding: [batch, 1, 1, sequence]. */
function paddingMask(
  graph: GraphWriter,
  text: TextArchitecture,
  { padId, shifted }: NonNullable<TextArchitecture['padMask']>,
): Value {
  const isPad = graph.node('Equal', ['ids', graph.int32(padId)]);
  const closed = graph.node('Mul', [graph.fromBool(isPad), graph.floats([lowestFloat(graph)], [])]);
  const open = text.classToken ? (shifted ? [0, 1, 0, 0] : [0, 0, 0, 1]) : undefined;
  const keys = open ? graph.node('Pad', [closed, graph.integers(open)]) : closed;
  return graph.reshape(keys, [-1, 1, 1, textSequence(text)]);
}

/**
 * For each text, the row of [batch * sequence, width] that its embedding is read from: OpenCLIP's
 * `text_global_pool`. `argmax` takes the first of equal ids; `eos` takes row 0 if the id does not occur.
 * `ids` is [count, contextLength].
 */
export function pooledRows(ids: Int32Array, text: TextArchitecture): Int32Array<ArrayBuffer> {
  const length = text.contextLength;
  const rows = new Int32Array(ids.length / length);
  for (let index = 0; index < rows.length; index++) {
    const start = index * length;
    const first = index * textSequence(text);
    rows[index] = first + (text.classToken ? length : position(ids.subarray(start, start + length), text));
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
