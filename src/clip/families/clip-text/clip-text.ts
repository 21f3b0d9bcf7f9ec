import { GraphWriter, type Graph, type Value, type WeightTable } from '../../graph/graph-writer';
import {
  layerNorm,
  linear,
  lowestFloat,
  transformer,
  unitLength,
  withClassToken,
  type GraphForm,
} from '../../graph/layers';
import { upToLength, type Sequence } from '../../graph/sequence';
import { resizeRow } from '../../weights/positions';
import {
  blockShapes,
  linearShapes,
  normShapes,
  type Shapes,
  type TensorShapes,
} from '../../weights/tensor-shapes';
import type { TextFamily } from '../text-family';
import { readClipText, textSequence, type ClipText } from './clip-text-config';

const POSITIONS = 'positional_embedding';

/** OpenCLIP's `TextTransformer`, of CLIP, SigLIP and CoCa. */
export const CLIP_TEXT: TextFamily<ClipText> = {
  read: readClipText,
  tensors,
  lookup: 'token_embedding.weight',
  // As OpenCLIP does on loading (`resize_text_pos_embed`): linearly.
  resizing(text, name, { shape }) {
    const [count = 0, width = 0] = shape;
    const positions = textSequence(text);
    const fits = count > 0 && count !== positions && shape.length === 2 && width === text.width;
    return name === POSITIONS && fits ? (values) => resizeRow(values, count, positions, width) : undefined;
  },
  graph: textGraph,
  needed: (text, ids) => (isCuttable(text) ? Math.max(...pooledPlaces(ids, text)) + 1 : text.contextLength),
  feeds: (text, ids, count) => ({
    ids: { data: ids, dims: [count, ids.length / count] },
    pooled_rows: { data: pooledRows(ids, count, text), dims: [count] },
  }),
};

/** The tensors of the text tower `text`, named as in OpenCLIP's `CLIP` class (no `text.` prefix). */
function tensors(text: ClipText): TensorShapes {
  const { width, outputDim } = text;
  const projection: Shapes =
    text.projection === 'none'
      ? []
      : text.projection === 'matrix'
        ? [['text_projection', [width, outputDim]]]
        : linearShapes('text_projection', outputDim, width);
  return new Map([
    ['token_embedding.weight', [text.vocabSize, width]],
    ...(text.classToken ? ([['cls_emb', [width]]] as const) : []),
    [POSITIONS, [textSequence(text), width]],
    ...blockShapes('transformer', text),
    ...normShapes('ln_final', width),
    ...projection,
  ]);
}

/**
 * The text tower, OpenCLIP's `TextTransformer`: `ids` int32 [batch, length] and `pooled_rows` int32 [batch]
 * (from `pooledRows`) to `embedding` fp32 [batch, outputDim], rows of length 1.
 *
 * Why the pooled rows are an input: the ids are on the CPU, where finding the end of text is free, while ArgMax over
 * integers would move a GPU graph back to the CPU halfway.
 */
function textGraph(text: ClipText, weights: WeightTable, form: GraphForm): Graph {
  const graph = new GraphWriter('text', weights, form.arithmetic);
  const embedded = graph.weightRows('token_embedding.weight', 'ids');
  const isCut = form.attention === 'split' && isCuttable(text);
  const sequence = isCut
    ? { longest: text.contextLength, shape: graph.node('Shape', ['ids']) }
    : textSequence(text);
  const keyMask = text.padMask && paddingMask(graph, text, text.padMask);
  const context = {
    form: keyMask === undefined ? form.attention : ('split' as const),
    sequence,
    causal: text.causal,
    keyMask,
  };
  const placed = withPositions(graph, text, embedded, sequence);
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
      { name: 'ids', dtype: 'int32', dims: ['batch', isCut ? 'length' : text.contextLength] },
      { name: 'pooled_rows', dtype: 'int32', dims: ['batch'] },
    ],
    unitLength(graph, project(graph, text, pooled)),
    { name: 'embedding', dtype: 'float32', dims: ['batch', text.outputDim] },
  );
}

/** Ids' embeddings [batch, length, width], and the class token's if there is one, with their positions. */
function withPositions(graph: GraphWriter, text: ClipText, embedded: Value, sequence: Sequence): Value {
  if (!text.classToken)
    return graph.node('Add', [embedded, upToLength(graph, graph.weight(POSITIONS), sequence, [0])]);
  const place = { count: text.contextLength, width: text.width, place: 'behind' } as const;
  return withClassToken(graph, embedded, place, 'cls_emb', POSITIONS);
}

/** What is added to the scores of keys that are padding: [batch, 1, 1, sequence]. */
function paddingMask(
  graph: GraphWriter,
  text: ClipText,
  { padId, shifted }: NonNullable<ClipText['padMask']>,
): Value {
  const isPad = graph.node('Equal', ['ids', graph.int32(padId)]);
  const closed = graph.node('Mul', [graph.fromBool(isPad), graph.floats([lowestFloat(graph)], [])]);
  const open = text.classToken ? (shifted ? [0, 1, 0, 0] : [0, 0, 0, 1]) : undefined;
  const keys = open ? graph.node('Pad', [closed, graph.integers(open)]) : closed;
  return graph.reshape(keys, [-1, 1, 1, textSequence(text)]);
}

/** Whether a token sees only those before it, and the one that is read is not always the last. */
function isCuttable({ causal, classToken, pool }: ClipText): boolean {
  return causal && !classToken && pool !== 'last';
}

/** For each text, the row of [batch * sequence, width] that its embedding is read from; `ids` is [count, length]. */
function pooledRows(ids: Int32Array, count: number, text: ClipText): Int32Array<ArrayBuffer> {
  const length = ids.length / count;
  const sequence = length + (text.classToken ? 1 : 0);
  const places = text.classToken ? new Array<number>(count).fill(length) : pooledPlaces(ids, text, length);
  return Int32Array.from(places, (place, index) => index * sequence + place);
}

/** The place of the token that each text's embedding is read from, OpenCLIP's `text_global_pool`. */
function pooledPlaces(ids: Int32Array, text: ClipText, length = text.contextLength): number[] {
  return Array.from({ length: ids.length / length }, (_, index) =>
    pooledPlace(ids.subarray(index * length, (index + 1) * length), text),
  );
}

/** `argmax` takes the first of equal ids; `eos` takes row 0 if the id does not occur. */
function pooledPlace(ids: Int32Array, text: ClipText): number {
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

function project(graph: GraphWriter, text: ClipText, pooled: Value): Value {
  switch (text.projection) {
    case 'none':
      return pooled;
    case 'matrix':
      return graph.node('MatMul', [pooled, graph.weight('text_projection')]);
    case 'linear':
      return linear(graph, pooled, 'text_projection.weight', 'text_projection.bias');
  }
}
