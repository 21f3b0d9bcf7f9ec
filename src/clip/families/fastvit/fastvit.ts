import type { AttentionForm } from '../../graph/attention-form';
import { batchNorm, convolution, kernelOf, type Kernel32 } from '../../graph/convolution';
import { mapToRows, meanOfRows, rowsToMap, squeezeExcite, type MapShape } from '../../graph/feature-map';
import type { GraphWriter, Value } from '../../graph/graph-writer';
import { activation, attend, layerNorm, linear, linearBy } from '../../graph/layers';
import type { ImageFamily, TowerSteps } from '../image-family';
import { timmHead } from '../timm-head';
import {
  branchKernel,
  branchKernel32,
  convNorm,
  foldedKernel,
  fromFloat32,
  identityKernel,
  middle,
  padded,
  sum,
} from './branches';
import { FASTVIT_CHECKS } from './fastvit-checks';
import {
  HEAD_WIDTH,
  lastSide,
  NORM_EPSILON,
  readFastVit,
  requireFastVitSize,
  stageGrid,
  type FastVitArchitecture,
  type FastVitStage,
} from './fastvit-config';
import {
  CLASSIFIER,
  fastVitTensors,
  finalBranches,
  halvingBranches,
  LARGE,
  MIXER,
  mixerBranches,
  SMALL,
  stemBranches,
  TRUNK,
} from './fastvit-tensors';

/** timm's `FastVit`, of MobileCLIP's S0 to S4. */
export const FASTVIT: ImageFamily<FastVitArchitecture> = {
  timmNames: 'fastvit_mci*',
  read: readFastVit,
  tensors: fastVitTensors,
  steps,
  requireSize: requireFastVitSize,
  leastSize: (vision) => [lastSide(vision), lastSide(vision)],
  // Those of attention are a convolution.
  positions: () => undefined,
  checks: FASTVIT_CHECKS,
};

/** Hidden states are feature maps, [batch, channels, down, across]. */
function steps(vision: FastVitArchitecture, attention: AttentionForm): TowerSteps {
  const { stages, finalWidth, head } = vision;
  const maps = stages.map(({ channels }, stage): MapShape => ({ channels, size: stageGrid(vision, stage) }));
  const places = stages.flatMap(({ blocks }, stage) =>
    Array.from({ length: blocks }, (_, at) => ({ stage, at, begins: at === 0 && stages[stage]!.halves })),
  );
  return {
    work: places.map(({ stage, begins }) => workOf(stages[stage]!, maps[stage]!, begins)),
    shape(at) {
      const place = places[at] ?? { stage: stages.length - 1, begins: false };
      const { channels, size } = maps[place.stage - (place.begins ? 1 : 0)]!;
      return [1, channels, ...size];
    },
    stem: (graph, pixels) =>
      stemBranches(vision).reduce((input: Value, branches, at) => {
        const walk = { size: branches.size, stride: at < 2 ? 2 : 1, groups: branches.groups };
        return gelu(graph, convolution(graph, input, branchKernel(graph, branches), walk));
      }, pixels),
    step(graph, input, index) {
      const { stage, at, begins } = places[index]!;
      const about = stages[stage]!;
      const name = `${TRUNK}.stages.${stage}`;
      const map = begins ? halved(graph, input, name, vision, stage) : input;
      const placed = at === 0 && about.mixer === 'attention' ? withPositions(graph, map, name, about) : map;
      return block(graph, placed, `${name}.blocks.${at}`, about, maps[stage]!, attention);
    },
    head(graph, input) {
      const branches = finalBranches(vision);
      const walk = { size: branches.size, groups: branches.groups };
      const wide = convolution(graph, input, branchKernel(graph, branches), walk);
      const active = gelu(graph, squeezeExcite(graph, wide, `${branches.name}.se`));
      const shape = { channels: finalWidth, size: maps.at(-1)!.size };
      const [down, across] = shape.size;
      const pooled = meanOfRows(graph, mapToRows(graph, active, shape), down * across, finalWidth);
      return timmHead(graph, pooled, head, CLASSIFIER);
    },
  };
}

function workOf({ channels, mlpWidth, mixer }: FastVitStage, { size }: MapShape, begins: boolean): number {
  const count = size[0] * size[1];
  const mixed = mixer === 'attention' ? 4 * channels ** 2 + 2 * count * channels : MIXER ** 2 * channels;
  const begun = begins ? channels ** 2 + LARGE ** 2 * channels : 0;
  return count * (begun + mixed + LARGE ** 2 * channels + 2 * channels * mlpWidth);
}

/** timm's `RepMixerBlock` or `AttentionBlock`. */
function block(
  graph: GraphWriter,
  input: Value,
  name: string,
  stage: FastVitStage,
  map: MapShape,
  attention: AttentionForm,
): Value {
  const mixes = stage.mixer === 'convolution';
  const mixed = mixes
    ? convolved(graph, input, name, stage)
    : attended(graph, input, name, stage, map, attention);
  const { channels } = stage;
  const wide = convolution(graph, mixed, fromFloat32(graph, convNorm(graph, `${name}.mlp.conv`)), {
    size: LARGE,
    groups: channels,
  });
  const hidden = gelu(graph, convolution(graph, wide, kernelOf(graph, `${name}.mlp.fc1`), { size: 1 }));
  const out = convolution(graph, hidden, kernelOf(graph, `${name}.mlp.fc2`), { size: 1 });
  const scale = graph.weight(`${name}.${mixes ? 'layer_scale' : 'layer_scale_2'}.gamma`);
  return graph.node('Add', [mixed, graph.node('Mul', [out, scale])]);
}

/** timm's `RepMixer`: the input, and scaled what its branches change of its norm, as one depthwise kernel. */
function convolved(graph: GraphWriter, input: Value, name: string, { channels }: FastVitStage): Value {
  const mixer = `${name}.token_mixer`;
  const walk = { size: MIXER, groups: channels };
  const folded = foldedKernel(graph, mixer);
  if (folded !== undefined) return convolution(graph, input, folded, walk);
  const branches = mixerBranches(mixer, channels);
  const plus = branchKernel32(graph, branches);
  const minus = identityKernel(graph, branches, batchNorm(graph, `${mixer}.norm.identity`, NORM_EPSILON));
  const scale = graph.weight32(`${mixer}.layer_scale.gamma`);
  const change = graph.node('Sub', [plus.weight, minus.weight]);
  const scaled = graph.node('Mul', [change, graph.reshape(scale, [channels, 1, 1, 1])]);
  const shift = graph.node('Sub', [plus.bias, minus.bias]);
  const kernel: Kernel32 = {
    weight: graph.node('Add', [scaled, middle(graph, MIXER)]),
    bias: graph.node('Mul', [shift, graph.reshape(scale, [channels])]),
  };
  return convolution(graph, input, fromFloat32(graph, kernel), walk);
}

function attended(
  graph: GraphWriter,
  input: Value,
  name: string,
  { channels: width, norm }: FastVitStage,
  map: MapShape,
  form: AttentionForm,
): Value {
  const rows = mapToRows(graph, input, map);
  const normed =
    norm === 'batch'
      ? batchNormed(graph, rows, `${name}.norm`)
      : layerNorm(graph, rows, `${name}.norm`, NORM_EPSILON);
  const mixer = `${name}.token_mixer`;
  const parts = graph.splitInThree(linearBy(graph, normed, `${mixer}.qkv.weight`, ''), 1);
  const context = { form, sequence: map.size[0] * map.size[1], causal: false };
  const mixed = attend(graph, parts, { width, heads: width / HEAD_WIDTH }, context);
  const out = linear(graph, mixed, `${mixer}.proj.weight`, `${mixer}.proj.bias`);
  const scale = graph.weight(`${name}.layer_scale_1.gamma`);
  return graph.node('Add', [input, graph.node('Mul', [rowsToMap(graph, out, map), scale])]);
}

/** A BatchNorm of rows, which no convolution stands before. */
function batchNormed(graph: GraphWriter, rows: Value, name: string): Value {
  const { scale, shift } = batchNorm(graph, name, NORM_EPSILON);
  const scaled = graph.node('Mul', [rows, graph.fromFloat32(scale)]);
  return graph.node('Add', [scaled, graph.fromFloat32(shift)]);
}

/** timm's `PatchEmbed`: a large depthwise kernel, which halves the map, and one of 1 x 1. */
function halved(
  graph: GraphWriter,
  input: Value,
  stageName: string,
  { stages, halvingActivation }: FastVitArchitecture,
  stage: number,
): Value {
  const { channels, squeezes } = stages[stage]!;
  const down = `${stageName}.downsample`;
  const large = `${down}.proj.0`;
  const kernel =
    foldedKernel(graph, large) ??
    fromFloat32(
      graph,
      sum(graph, [
        convNorm(graph, `${large}.large_conv`),
        padded(graph, convNorm(graph, `${large}.small_conv`), SMALL, LARGE),
      ]),
    );
  const map = convolution(graph, input, kernel, {
    size: LARGE,
    stride: 2,
    groups: stages[stage - 1]!.channels,
  });
  const squeezed = squeezes ? squeezeExcite(graph, map, `${large}.se`) : map;
  const active = halvingActivation ? gelu(graph, squeezed) : squeezed;
  const point = branchKernel(graph, halvingBranches(down, channels));
  return gelu(graph, convolution(graph, active, point, { size: 1 }));
}

/** timm's `RepConditionalPosEnc`: the map and a depthwise convolution of it, as one kernel. */
function withPositions(graph: GraphWriter, map: Value, stageName: string, { channels }: FastVitStage): Value {
  const name = `${stageName}.pos_emb`;
  const walk = { size: LARGE, groups: channels };
  const folded = foldedKernel(graph, name);
  if (folded !== undefined) return convolution(graph, map, folded, walk);
  const weight = graph.node('Add', [graph.weight32(`${name}.pos_enc.weight`), middle(graph, LARGE)]);
  const kernel = { weight: graph.fromFloat32(weight), bias: graph.weight(`${name}.pos_enc.bias`) };
  return convolution(graph, map, kernel, walk);
}

function gelu(graph: GraphWriter, input: Value): Value {
  return activation(graph, input, 'gelu');
}
