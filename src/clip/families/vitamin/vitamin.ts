import type { AttentionForm } from '../../graph/attention-form';
import { convolution, kernelOf, type Walk } from '../../graph/convolution';
import { mapToRows, meanOfRows, rowsToMap, type MapShape } from '../../graph/feature-map';
import type { GraphWriter, Value } from '../../graph/graph-writer';
import { activated, activation, attend, layerNorm, linear } from '../../graph/layers';
import { linearShapes, normShapes, type Shapes, type TensorShapes } from '../../weights/tensor-shapes';
import type { ImageFamily, TowerSteps } from '../image-family';
import { timmHead, timmHeadShapes } from '../timm-head';
import {
  gridAfter,
  insideOf,
  NORM_EPSILON,
  readVitamin,
  requireVitaminSize,
  SIDE,
  tokenGrid,
  type VitaminArchitecture,
} from './vitamin-config';

const TRUNK = 'visual.trunk';
const BACKBONE = `${TRUNK}.patch_embed.backbone`;
const POSITIONS = `${TRUNK}.pos_embed`;
const CLASSIFIER = `${TRUNK}.head`;

/** timm's `ViTamin`. */
export const VITAMIN: ImageFamily<VitaminArchitecture> = {
  timmNames: 'vitamin_*',
  read: readVitamin,
  tensors,
  inCheckpoint: (_, name, shape) => ({ name, shape: name === POSITIONS ? [1, ...shape] : shape }),
  steps,
  requireSize: requireVitaminSize,
  leastSize: () => [SIDE, SIDE],
  positions: (vision) =>
    vision.positions
      ? { name: POSITIONS, prefix: 0, width: vision.width, grid: tokenGrid(vision), byCount: false }
      : undefined,
};

/** A block of convolutions and where it stands. */
interface Block {
  readonly name: string;
  readonly stage: number;
  readonly inputs: number;
  readonly outputs: number;
  /** The first of a stage halves the map. */
  readonly halves: boolean;
}

function blocksOf({ stages, stemWidth }: VitaminArchitecture): Block[] {
  return stages.flatMap(({ channels, blocks }, stage) =>
    Array.from({ length: blocks }, (_, at) => ({
      name: `${BACKBONE}.stages.${stage}.${at}`,
      stage,
      inputs: at > 0 ? channels : (stages[stage - 1]?.channels ?? stemWidth),
      outputs: channels,
      halves: at === 0,
    })),
  );
}

function tensors(vision: VitaminArchitecture): TensorShapes {
  const { stemWidth, stages, width, layers, mlpWidth, head } = vision;
  const last = stages.at(-1)!.channels;
  const [down, across] = tokenGrid(vision);
  const conv = (name: string, outputs: number, inputs: number, size: number): Shapes => [
    [`${name}.weight`, [outputs, inputs, size, size]],
    [`${name}.bias`, [outputs]],
  ];
  return new Map([
    ...conv(`${BACKBONE}.stem.conv1`, stemWidth, 3, 3),
    ...normShapes(`${BACKBONE}.stem.norm1`, stemWidth),
    ...conv(`${BACKBONE}.stem.conv2`, stemWidth, stemWidth, 3),
    ...blocksOf(vision).flatMap(({ name, inputs, outputs, halves }) => [
      ...(halves && inputs !== outputs ? conv(`${name}.shortcut.expand`, outputs, inputs, 1) : []),
      ...normShapes(`${name}.pre_norm`, inputs),
      ...conv(`${name}.conv1_1x1`, insideOf(outputs), inputs, 1),
      ...conv(`${name}.conv2_kxk`, insideOf(outputs), 1, 3),
      ...conv(`${name}.conv3_1x1`, outputs, insideOf(outputs), 1),
    ]),
    ...normShapes(`${BACKBONE}.pool.norm`, last),
    ...conv(`${BACKBONE}.pool.proj`, width, last, 3),
    ...(vision.positions ? ([[POSITIONS, [down * across, width]]] as const) : []),
    ...Array.from({ length: layers }, (_, layer): Shapes => {
      const name = `${TRUNK}.blocks.${layer}`;
      return [
        ...normShapes(`${name}.norm1`, width),
        ...linearShapes(`${name}.attn.qkv`, 3 * width, width),
        ...linearShapes(`${name}.attn.proj`, width, width),
        ...normShapes(`${name}.norm2`, width),
        ...normShapes(`${name}.mlp.norm`, width),
        ...linearShapes(`${name}.mlp.w0`, mlpWidth, width),
        ...linearShapes(`${name}.mlp.w1`, mlpWidth, width),
        ...linearShapes(`${name}.mlp.w2`, width, mlpWidth),
      ];
    }).flat(),
    ...normShapes(`${TRUNK}.fc_norm`, width),
    ...timmHeadShapes(head, width, CLASSIFIER),
  ]);
}

/** Hidden states are feature maps up to the ViT, then rows: [batch * tokens, width]. */
function steps(vision: VitaminArchitecture, attention: AttentionForm): TowerSteps {
  const { stemWidth, width, layers, mlpWidth, head } = vision;
  const blocks = blocksOf(vision);
  const [down, across] = tokenGrid(vision);
  const tokens = down * across;
  const last = blocks.at(-1)!;
  const lastMap = { channels: last.outputs, size: gridAfter(vision, last.stage + 2) };
  const mapBefore = ({ stage, inputs, halves }: Block): MapShape => {
    return { channels: inputs, size: gridAfter(vision, halves ? stage + 1 : stage + 2) };
  };
  const layerWork = tokens * (4 * width * width + 2 * tokens * width + 3 * width * mlpWidth);
  const embedding = 9 * tokens * last.outputs * width;
  return {
    work: [
      ...blocks.map((block) => blockWork(vision, block)),
      ...Array.from({ length: layers }, (_, layer) => layerWork + (layer === 0 ? embedding : 0)),
    ],
    shape(at) {
      if (at > blocks.length) return [tokens, width];
      const { channels, size } = at === blocks.length ? lastMap : mapBefore(blocks[at]!);
      return [1, channels, ...size];
    },
    stem(graph, pixels) {
      const first = convolution(graph, pixels, kernelOf(graph, `${BACKBONE}.stem.conv1`), {
        size: 3,
        stride: 2,
      });
      const map = { channels: stemWidth, size: gridAfter(vision, 1) };
      const normed = activation(graph, mapNorm(graph, first, `${BACKBONE}.stem.norm1`, map), 'gelu');
      return convolution(graph, normed, kernelOf(graph, `${BACKBONE}.stem.conv2`), { size: 3 });
    },
    step(graph, input, at) {
      const block = blocks[at];
      if (block !== undefined) return convolved(graph, input, block, mapBefore(block));
      const layer = at - blocks.length;
      const rows = layer === 0 ? embedded(graph, input, vision, lastMap) : input;
      return attended(graph, rows, `${TRUNK}.blocks.${layer}`, vision, { form: attention, tokens });
    },
    head(graph, rows) {
      const pooled = meanOfRows(graph, rows, tokens, width);
      return timmHead(graph, layerNorm(graph, pooled, `${TRUNK}.fc_norm`, NORM_EPSILON), head, CLASSIFIER);
    },
  };
}

function blockWork(vision: VitaminArchitecture, { stage, inputs, outputs, halves }: Block): number {
  const places = (times: number): number => gridAfter(vision, times).reduce((all, one) => all * one, 1);
  const inside = insideOf(outputs);
  const after = inside * (9 + outputs) + (halves ? inputs * outputs : 0);
  return places(halves ? stage + 1 : stage + 2) * inputs * inside + places(stage + 2) * after;
}

/** A layer norm over the channels of a map, timm's `LayerNorm2d`. */
function mapNorm(graph: GraphWriter, map: Value, name: string, shape: MapShape): Value {
  return rowsToMap(graph, layerNorm(graph, mapToRows(graph, map, shape), name, NORM_EPSILON), shape);
}

/** timm's `MbConvLNBlock`: a norm, then wide inside with a depthwise kernel. */
function convolved(graph: GraphWriter, input: Value, block: Block, map: MapShape): Value {
  const { name, inputs, outputs, halves } = block;
  const stride = halves ? 2 : 1;
  const conv = (value: Value, part: string, walk: Walk): Value =>
    convolution(graph, value, kernelOf(graph, `${name}.${part}`), walk);
  const normed = mapNorm(graph, input, `${name}.pre_norm`, map);
  const wide = activation(graph, conv(normed, 'conv1_1x1', { size: 1 }), 'gelu');
  const walk = { size: 3, stride, groups: insideOf(outputs) };
  const out = conv(activation(graph, conv(wide, 'conv2_kxk', walk), 'gelu'), 'conv3_1x1', { size: 1 });
  const pooled = halves
    ? graph.node('AveragePool', [input], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })
    : input;
  const shortcut = halves && inputs !== outputs ? conv(pooled, 'shortcut.expand', { size: 1 }) : pooled;
  return graph.node('Add', [out, shortcut]);
}

/** The last map as tokens with their positions. */
function embedded(graph: GraphWriter, input: Value, vision: VitaminArchitecture, map: MapShape): Value {
  const { width } = vision;
  const size = tokenGrid(vision);
  const normed = mapNorm(graph, input, `${BACKBONE}.pool.norm`, map);
  const halved = convolution(graph, normed, kernelOf(graph, `${BACKBONE}.pool.proj`), { size: 3, stride: 2 });
  const rows = mapToRows(graph, halved, { channels: width, size });
  if (!vision.positions) return rows;
  const byPicture = graph.reshape(rows, [-1, size[0] * size[1], width]);
  return graph.reshape(graph.node('Add', [byPicture, graph.weight(POSITIONS)]), [-1, width]);
}

/** timm's `Block` with `GeGluMlp`, which has a norm of its own behind the block's. */
function attended(
  graph: GraphWriter,
  input: Value,
  name: string,
  { width, heads }: VitaminArchitecture,
  { form, tokens }: { readonly form: AttentionForm; readonly tokens: number },
): Value {
  const norm = (value: Value, part: string): Value =>
    layerNorm(graph, value, `${name}.${part}`, NORM_EPSILON);
  const project = (value: Value, part: string): Value =>
    linear(graph, value, `${name}.${part}.weight`, `${name}.${part}.bias`);
  const parts = graph.splitInThree(project(norm(input, 'norm1'), 'attn.qkv'), 1);
  const mixed = attend(graph, parts, { width, heads }, { form, sequence: tokens, causal: false });
  const rows = graph.node('Add', [input, project(mixed, 'attn.proj')]);
  const normed = norm(norm(rows, 'norm2'), 'mlp.norm');
  const gate = activated(graph, normed, `${name}.mlp.w0`, 'gelu');
  const gated = graph.node('Mul', [gate, project(normed, 'mlp.w1')]);
  return graph.node('Add', [rows, project(gated, 'mlp.w2')]);
}
