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
import { M2M100_NAMES, readM2m100, type M2m100Text } from './m2m100-config';

const WORDS = 'transformer.embed_tokens.weight';

/** PyTorch's own, which no config of the model changes. */
const NORM_EPSILON = 1e-5;

/** NLLB's encoder: blocks that norm first, and positions from sines. */
export const M2M100: TextFamily<M2m100Text> = {
  hfNames: M2M100_NAMES,
  read: readM2m100,
  tensors,
  lookup: WORDS,
  graph: textGraph,
  needed: untilPadding,
  feeds: idsAndPlaces,
};

/** The tensors of transformers' `M2M100Encoder`, and OpenCLIP's projection. */
function tensors(text: M2m100Text): TensorShapes {
  const { width, mlpWidth, layers } = text;
  const block = (layer: number): Shapes => {
    const name = blockName(layer);
    return [
      ...normShapes(`${name}.self_attn_layer_norm`, width),
      ...(['q_proj', 'k_proj', 'v_proj', 'out_proj'] as const).flatMap((part) =>
        linearShapes(`${name}.self_attn.${part}`, width, width),
      ),
      ...normShapes(`${name}.final_layer_norm`, width),
      ...linearShapes(`${name}.fc1`, mlpWidth, width),
      ...linearShapes(`${name}.fc2`, width, mlpWidth),
    ];
  };
  return new Map([
    [WORDS, [text.vocabSize, width]],
    ...Array.from({ length: layers }, (_, layer) => block(layer)).flat(),
    ...normShapes('transformer.layer_norm', width),
    ...projectionShapes(text),
  ]);
}

function textGraph(text: M2m100Text, weights: WeightTable, form: GraphForm): Graph {
  const graph = new GraphWriter('text', weights, form.arithmetic);
  const { layers, pool } = text;
  const pads = padsOf(graph);
  const mask = padMask(graph, pads);
  const sequence = hfSequence(graph, text, form);
  const first = (rows: Value): Value => firstOfTokens(graph, rows, text, sequence);
  let rows = embed(graph, text);
  for (let layer = 0; layer < layers; layer++) {
    const pick = layer === layers - 1 && pool === 'first' ? first : undefined;
    rows = block(graph, rows, text, layer, sequence, mask, pick);
  }
  const normed = layerNorm(graph, rows, 'transformer.layer_norm', NORM_EPSILON);
  const pooled = pool === 'mean' ? meanOfTokens(graph, normed, pads, text, sequence) : normed;
  return projected(graph, text, sequence, pooled);
}

/** Words and positions: [rows, width]. */
function embed(graph: GraphWriter, text: M2m100Text): Value {
  const { contextLength, width, padId, scale } = text;
  const table = graph.floats(sinusoids(contextLength, width, padId), [contextLength + 1, width]);
  const words = graph.node('Mul', [graph.weightRows(WORDS, 'ids'), graph.floats([scale], [])]);
  const positions = graph.node('Gather', [table, 'places'], { axis: 0 });
  return graph.reshape(graph.node('Add', [words, positions]), [-1, width]);
}

/**
 * For each place, [count + 1, width], the sines of its position's angles and their cosines; for padding, the first, zeros,
 * and in the last column of an odd width.
 *
 * Why a table: sines on a GPU are exact only near zero.
 */
export function sinusoids(count: number, width: number, padId: number): Float32Array {
  const half = Math.trunc(width / 2);
  const table = new Float32Array((count + 1) * width);
  for (let place = 1; place <= count; place++) {
    for (let at = 0; at < half; at++) {
      const angle = (padId + place) * Math.exp((-Math.log(10_000) / (half - 1)) * at);
      table[place * width + at] = Math.sin(angle);
      table[place * width + half + at] = Math.cos(angle);
    }
  }
  return table;
}

/** transformers' `M2M100EncoderLayer`, after whose attention `pick`, if given, selects rows. */
function block(
  graph: GraphWriter,
  rows: Value,
  text: M2m100Text,
  layer: number,
  sequence: Sequence,
  mask: Value,
  pick: (rows: Value) => Value = (all) => all,
): Value {
  const name = blockName(layer);
  const dense = (input: Value, part: string): Value =>
    linear(graph, input, `${name}.${part}.weight`, `${name}.${part}.bias`);
  const normed = layerNorm(graph, rows, `${name}.self_attn_layer_norm`, NORM_EPSILON);
  const [query, key, value] = (['q_proj', 'k_proj', 'v_proj'] as const).map((part) =>
    dense(normed, `self_attn.${part}`),
  ) as [Value, Value, Value];
  const mixed = mixHeads(graph, { query, key, value }, { ...text, sequence }, mask);
  const attended = graph.node('Add', [pick(rows), dense(pick(mixed), 'self_attn.out_proj')]);
  const second = layerNorm(graph, attended, `${name}.final_layer_norm`, NORM_EPSILON);
  const active = graph.node(text.activation === 'relu' ? 'Relu' : 'Gelu', [dense(second, 'fc1')]);
  return graph.node('Add', [attended, dense(active, 'fc2')]);
}

function blockName(layer: number): string {
  return `transformer.layers.${layer}`;
}
