import { patchGrid } from '../../config/patches';
import type { AttentionForm } from '../../graph/attention-form';
import type { GraphWriter, Value } from '../../graph/graph-writer';
import {
  attend,
  layerNorm,
  linear,
  linearBy,
  mlp,
  withClassToken,
  type Projections,
  type StackContext,
} from '../../graph/layers';
import { mapPool } from '../../graph/map-pool';
import { patchTokens } from '../../graph/patch-tokens';
import { rotate } from '../../graph/rope';
import type { ImageFamily, TowerSteps } from '../image-family';
import { EVA_CHECKS } from './eva-checks';
import { prefixTokens, readEva, requireImageSize, type EvaArchitecture } from './eva-config';
import { evaTensors, POOL, POSITIONS, TRUNK } from './eva-tensors';

/** timm's `Eva`: EVA01 and EVA02 of EVA-CLIP, and the Perception Encoder. */
export const EVA: ImageFamily<EvaArchitecture> = {
  timmNames: 'eva_giant_patch14_*, eva02_*_clip_*, vit_pe_core_*',
  read: readEva,
  tensors: evaTensors,
  steps: evaSteps,
  requireSize: requireImageSize,
  leastSize: ({ patchSize }) => patchSize,
  positions: (vision) => ({
    name: POSITIONS,
    prefix: prefixTokens(vision),
    width: vision.width,
    grid: patchGrid(vision),
    byCount: false,
  }),
  checks: EVA_CHECKS,
};

/** Hidden states are [batch * sequence, width]. */
function evaSteps(vision: EvaArchitecture, attention: AttentionForm): TowerSteps {
  const { width, mlpWidth, layers, form, normEpsilon, pool } = vision;
  const [down, across] = patchGrid(vision);
  const sequence = prefixTokens(vision) + down * across;
  const context = { form: attention, sequence, causal: false };
  // Query, key, value and output; scores and mixture; the matrices of the MLP.
  const matrices = (form === 'eva02' ? 3 : 2) * width * mlpWidth;
  const work = sequence * (4 * width * width + 2 * sequence * width + matrices);
  const firstToken = (graph: GraphWriter, rows: Value): Value =>
    graph.node('Gather', [graph.reshape(rows, [-1, sequence, width]), graph.integers(0)], { axis: 1 });
  return {
    work: Array.from({ length: layers }, () => work),
    shape: () => [sequence, width],
    stem(graph, pixels) {
      const rows = embedPatches(graph, pixels, vision, down * across);
      return form === 'pe' ? layerNorm(graph, rows, `${TRUNK}.norm_pre`, normEpsilon) : rows;
    },
    step(graph, rows, at) {
      const readsOne = at === layers - 1 && pool === undefined;
      const pick = (all: Value) => (readsOne ? firstToken(graph, all) : all);
      return block(graph, rows, `${TRUNK}.blocks.${at}`, vision, context, pick);
    },
    head(graph, rows) {
      const normed = layerNorm(graph, rows, `${TRUNK}.norm`, normEpsilon);
      const pooled = pool ? mapHead(graph, normed, vision, pool, sequence) : normed;
      return linear(graph, pooled, `${TRUNK}.head.weight`, `${TRUNK}.head.bias`);
    },
  };
}

/** Patch convolution, class token and position embedding: [batch * sequence, width]. */
function embedPatches(graph: GraphWriter, pixels: Value, vision: EvaArchitecture, patches: number): Value {
  const { width, patchSize, form, classToken } = vision;
  const weight = graph.weight(`${TRUNK}.patch_embed.proj.weight`);
  const bias = form === 'pe' ? '' : graph.weight(`${TRUNK}.patch_embed.proj.bias`);
  const tokens = patchTokens(graph, pixels, weight, bias, { width, patchSize, patches });
  const placed = classToken
    ? withClassToken(
        graph,
        tokens,
        { count: patches, width, place: 'before' },
        `${TRUNK}.cls_token`,
        POSITIONS,
      )
    : graph.node('Add', [tokens, graph.weight(POSITIONS)]);
  return graph.reshape(placed, [-1, width]);
}

/** A block, after whose attention `pick` selects rows. */
function block(
  graph: GraphWriter,
  input: Value,
  name: string,
  vision: EvaArchitecture,
  context: StackContext,
  pick: (rows: Value) => Value,
): Value {
  const norm = (rows: Value, which: string): Value =>
    layerNorm(graph, rows, `${name}.${which}`, vision.normEpsilon);
  if (vision.form === 'eva-post-norm') {
    const attended = norm(attention(graph, input, `${name}.attn`, vision, context, pick), 'norm1');
    const rows = graph.node('Add', [pick(input), attended]);
    return graph.node('Add', [rows, norm(feedForward(graph, rows, `${name}.mlp`, vision), 'norm2')]);
  }
  const attended = attention(graph, norm(input, 'norm1'), `${name}.attn`, vision, context, pick);
  const rows = graph.node('Add', [pick(input), attended]);
  return graph.node('Add', [rows, feedForward(graph, norm(rows, 'norm2'), `${name}.mlp`, vision)]);
}

function attention(
  graph: GraphWriter,
  input: Value,
  name: string,
  vision: EvaArchitecture,
  context: StackContext,
  pick: (rows: Value) => Value,
): Value {
  const { heads, width, rope, form, normEpsilon } = vision;
  const [query, key, value] = projections(graph, input, name, vision);
  const tokens = { prefix: prefixTokens(vision), grid: patchGrid(vision) };
  const turned = (rows: Value): Value =>
    rope ? rotate(graph, rows, rope, tokens, width / heads, heads) : rows;
  const mixed = pick(attend(graph, [turned(query), turned(key), value], { width, heads }, context));
  const normed = form === 'eva02' ? layerNorm(graph, mixed, `${name}.norm`, normEpsilon) : mixed;
  return linear(graph, normed, `${name}.proj.weight`, `${name}.proj.bias`);
}

/** Query, key and value, [rows, width] each. */
function projections(
  graph: GraphWriter,
  input: Value,
  name: string,
  { width, form }: EvaArchitecture,
): Projections {
  const bias = (part: string): Value => graph.weight(`${name}.${part}`);
  if (form === 'eva02') {
    const of = (part: string, added: Value): Value => linearBy(graph, input, `${name}.${part}.weight`, added);
    return [of('q_proj', bias('q_proj.bias')), of('k_proj', ''), of('v_proj', bias('v_proj.bias'))];
  }
  const zeros = () => graph.floats(new Float32Array(width), [width]);
  const added =
    form === 'pe'
      ? bias('qkv.bias')
      : graph.node('Concat', [bias('q_bias'), graph.shared('no bias', zeros), bias('v_bias')], { axis: 0 });
  return graph.splitInThree(linearBy(graph, input, `${name}.qkv.weight`, added), 1);
}

/** The MLP `name`; EVA02's is a SwiGLU (Shazeer 2020) with a norm on its product. */
function feedForward(graph: GraphWriter, input: Value, name: string, vision: EvaArchitecture): Value {
  if (vision.form !== 'eva02') return mlp(graph, input, [`${name}.fc1`, `${name}.fc2`], 'gelu');
  const layer = (rows: Value, part: string): Value =>
    linear(graph, rows, `${name}.${part}.weight`, `${name}.${part}.bias`);
  // QuickGELU with a factor of 1 is SiLU: x * sigmoid(x).
  const gate = graph.node('QuickGelu', [layer(input, 'fc1_g')], { alpha: { float: 1 } }, 'com.microsoft');
  const gated = graph.node('Mul', [gate, layer(input, 'fc1_x')]);
  return layer(layerNorm(graph, gated, `${name}.norm`, vision.normEpsilon), 'fc2');
}

function mapHead(
  graph: GraphWriter,
  rows: Value,
  { width, normEpsilon }: EvaArchitecture,
  { heads }: NonNullable<EvaArchitecture['pool']>,
  sequence: number,
): Value {
  return mapPool(graph, rows, { name: POOL, width, heads }, sequence, (pooled) => {
    const normed = layerNorm(graph, pooled, `${POOL}.norm`, normEpsilon);
    return mlp(graph, normed, [`${POOL}.mlp.fc1`, `${POOL}.mlp.fc2`], 'gelu');
  });
}
