import { GraphWriter, type Graph, type Value, type WeightTable } from '../../graph/graph-writer';
import { mixHeads } from '../../graph/head-mixing';
import { layerNorm, linear, type GraphForm } from '../../graph/layers';
import type { Sequence } from '../../graph/sequence';
import { linearShapes, normShapes, type Shapes, type TensorShapes } from '../../weights/tensor-shapes';
import { projected, projectionShapes } from '../hf-text/hf-projection';
import {
  firstOfTokens,
  hfSequence,
  idsAndPlaces,
  meanOfTokens,
  padMask,
  padsOf,
  untilPadding,
} from '../hf-text/padding';
import type { TextFamily } from '../text-family';
import { readRoberta, ROBERTA_NAMES, type RobertaText } from './roberta-config';

const EMBEDDINGS = 'transformer.embeddings';
const WORDS = `${EMBEDDINGS}.word_embeddings.weight`;
const POOLER = 'transformer.pooler.dense';

/** RoBERTa and XLM-RoBERTa: blocks that norm after they add. */
export const ROBERTA: TextFamily<RobertaText> = {
  hfNames: ROBERTA_NAMES,
  read: readRoberta,
  tensors,
  lookup: WORDS,
  graph: textGraph,
  needed: untilPadding,
  feeds: idsAndPlaces,
};

/** The tensors of transformers' `RobertaModel`, and OpenCLIP's projection. */
function tensors(text: RobertaText): TensorShapes {
  const { width, mlpWidth, layers } = text;
  const block = (layer: number): Shapes => {
    const name = blockName(layer);
    return [
      ...(['query', 'key', 'value'] as const).flatMap((part) =>
        linearShapes(`${name}.attention.self.${part}`, width, width),
      ),
      ...linearShapes(`${name}.attention.output.dense`, width, width),
      ...normShapes(`${name}.attention.output.LayerNorm`, width),
      ...linearShapes(`${name}.intermediate.dense`, mlpWidth, width),
      ...linearShapes(`${name}.output.dense`, width, mlpWidth),
      ...normShapes(`${name}.output.LayerNorm`, width),
    ];
  };
  return new Map([
    [WORDS, [text.vocabSize, width]],
    [`${EMBEDDINGS}.token_type_embeddings.weight`, [text.tokenTypes, width]],
    [`${EMBEDDINGS}.position_embeddings.weight`, [text.positions, width]],
    ...normShapes(`${EMBEDDINGS}.LayerNorm`, width),
    ...Array.from({ length: layers }, (_, layer) => block(layer)).flat(),
    ...(text.pool === 'dense' ? linearShapes(POOLER, width, width) : []),
    ...projectionShapes(text),
  ]);
}

function textGraph(text: RobertaText, weights: WeightTable, form: GraphForm): Graph {
  const graph = new GraphWriter('text', weights, form.arithmetic);
  const { layers } = text;
  const pads = padsOf(graph);
  const mask = padMask(graph, pads);
  const sequence = hfSequence(graph, text, form);
  let rows = embed(graph, text);
  for (let layer = 0; layer < layers; layer++) rows = block(graph, rows, text, layer, sequence, mask);
  const pooled =
    text.pool === 'mean'
      ? meanOfTokens(graph, rows, pads, text, sequence)
      : firstOfTokens(graph, rows, text, sequence);
  const read =
    text.pool === 'dense'
      ? graph.node('Tanh', [linear(graph, pooled, `${POOLER}.weight`, `${POOLER}.bias`)])
      : pooled;
  return projected(graph, text, sequence, read);
}

/** Words, the one type of token that there is, and positions, normed: [rows, width]. */
function embed(graph: GraphWriter, { width, padId, normEpsilon }: RobertaText): Value {
  const table = (name: string): Value => graph.weight(`${EMBEDDINGS}.${name}_embeddings.weight`);
  const type = graph.node('Gather', [table('token_type'), graph.integers(0)], { axis: 0 });
  const position = graph.node('Add', ['places', graph.int32(padId)]);
  const positions = graph.node('Gather', [table('position'), position], { axis: 0 });
  const typed = graph.node('Add', [graph.weightRows(WORDS, 'ids'), type]);
  const placed = graph.node('Add', [typed, positions]);
  return layerNorm(graph, graph.reshape(placed, [-1, width]), `${EMBEDDINGS}.LayerNorm`, normEpsilon);
}

/** transformers' `RobertaLayer`: [rows, width] -> [rows, width]. */
function block(
  graph: GraphWriter,
  rows: Value,
  text: RobertaText,
  layer: number,
  sequence: Sequence,
  mask: Value,
): Value {
  const name = blockName(layer);
  const dense = (input: Value, part: string): Value =>
    linear(graph, input, `${name}.${part}.weight`, `${name}.${part}.bias`);
  const added = (part: string, output: Value, before: Value): Value =>
    layerNorm(graph, graph.node('Add', [output, before]), `${name}.${part}.LayerNorm`, text.normEpsilon);
  const [query, key, value] = (['query', 'key', 'value'] as const).map((part) =>
    dense(rows, `attention.self.${part}`),
  ) as [Value, Value, Value];
  const mixed = mixHeads(graph, { query, key, value }, { ...text, sequence }, mask);
  const attended = added('attention.output', dense(mixed, 'attention.output.dense'), rows);
  const hidden = graph.node('Gelu', [dense(attended, 'intermediate.dense')]);
  return added('output', dense(hidden, 'output.dense'), attended);
}

function blockName(layer: number): string {
  return `transformer.encoder.layer.${layer}`;
}
