import { batchNorm, convolution, normedKernel, type Walk } from '../../graph/convolution';
import { mapToRows, meanOfRows } from '../../graph/feature-map';
import type { GraphWriter, Value } from '../../graph/graph-writer';
import { attendByHead, linear } from '../../graph/layers';
import { batchNormShapes, linearShapes, type Shapes, type TensorShapes } from '../../weights/tensor-shapes';
import type { ImageFamily, TowerSteps } from '../image-family';
import { RESNET_CHECKS } from './resnet-checks';
import { readResNet, requireResNetSize, SIDE, stageOf, type ResNetArchitecture } from './resnet-config';

const POOL = 'visual.attnpool';

/** PyTorch's default. */
const NORM_EPSILON = 1e-5;

/** OpenCLIP's `ModifiedResNet`, which runs at its own picture size alone: its positions are not resized. */
export const RESNET: ImageFamily<ResNetArchitecture> = {
  read: readResNet,
  tensors,
  steps,
  requireSize: requireResNetSize,
  leastSize: () => [SIDE, SIDE],
  checks: RESNET_CHECKS,
};

/** A bottleneck and where it stands. */
interface Block {
  readonly name: string;
  readonly stage: number;
  /** Channels that it is given, has inside, and gives. */
  readonly inputs: number;
  readonly inside: number;
  readonly outputs: number;
  /** Whether it halves the feature map. */
  readonly halves: boolean;
}

function blocksOf(vision: ResNetArchitecture): Block[] {
  return vision.blocks.flatMap((count, stage) => {
    const { channels: outputs, inside } = stageOf(vision, stage);
    const before = stage === 0 ? vision.width : stageOf(vision, stage - 1).channels;
    return Array.from({ length: count }, (_, at) => {
      const name = `visual.layer${stage + 1}.${at}`;
      return {
        name,
        stage,
        inputs: at === 0 ? before : outputs,
        inside,
        outputs,
        halves: at === 0 && stage > 0,
      };
    });
  });
}

function tensors(vision: ResNetArchitecture): TensorShapes {
  const { width, outputDim } = vision;
  const { channels, side } = stageOf(vision, 3);
  const half = Math.floor(width / 2);
  const normed = (conv: string, norm: string, shape: readonly [number, number, number]): Shapes => [
    [`${conv}.weight`, [shape[0], shape[1], shape[2], shape[2]]],
    ...batchNormShapes(norm, shape[0]),
  ];
  return new Map([
    ...normed('visual.conv1', 'visual.bn1', [half, 3, 3]),
    ...normed('visual.conv2', 'visual.bn2', [half, half, 3]),
    ...normed('visual.conv3', 'visual.bn3', [width, half, 3]),
    ...blocksOf(vision).flatMap(({ name, inputs, inside, outputs, halves }) => [
      ...normed(`${name}.conv1`, `${name}.bn1`, [inside, inputs, 1]),
      ...normed(`${name}.conv2`, `${name}.bn2`, [inside, inside, 3]),
      ...normed(`${name}.conv3`, `${name}.bn3`, [outputs, inside, 1]),
      ...(halves || inputs !== outputs
        ? normed(`${name}.downsample.0`, `${name}.downsample.1`, [outputs, inputs, 1])
        : []),
    ]),
    [`${POOL}.positional_embedding`, [side * side + 1, channels]],
    ...linearShapes(`${POOL}.q_proj`, channels, channels),
    ...linearShapes(`${POOL}.k_proj`, channels, channels),
    ...linearShapes(`${POOL}.v_proj`, channels, channels),
    ...linearShapes(`${POOL}.c_proj`, outputDim, channels),
  ]);
}

/** Hidden states are feature maps, [batch, channels, down, across]. */
function steps(vision: ResNetArchitecture): TowerSteps {
  const blocks = blocksOf(vision);
  const last = stageOf(vision, 3);
  return {
    work: blocks.map(({ stage, inputs, inside, outputs, halves }) => {
      const { side } = stageOf(vision, stage);
      const shortcut = halves || inputs !== outputs ? inputs * outputs : 0;
      const before = side * side * (halves ? 4 : 1);
      return before * (inputs * inside + 9 * inside ** 2) + side * side * (inside * outputs + shortcut);
    }),
    shape(at) {
      const block = blocks[at];
      if (block === undefined) return [1, last.channels, last.side, last.side];
      const { side } = stageOf(vision, block.stage - (block.halves ? 1 : 0));
      return [1, block.inputs, side, side];
    },
    stem(graph, pixels) {
      const first = active(graph, pixels, 'visual.conv1', 'visual.bn1', { size: 3, stride: 2 });
      const second = active(graph, first, 'visual.conv2', 'visual.bn2', { size: 3 });
      return halved(graph, active(graph, second, 'visual.conv3', 'visual.bn3', { size: 3 }));
    },
    step(graph, input, at) {
      const { name, inputs, outputs, halves } = blocks[at]!;
      const first = active(graph, input, `${name}.conv1`, `${name}.bn1`, { size: 1 });
      const second = active(graph, first, `${name}.conv2`, `${name}.bn2`, { size: 3 });
      const third = normed(graph, halves ? halved(graph, second) : second, `${name}.conv3`, `${name}.bn3`, {
        size: 1,
      });
      const pooled = halves ? halved(graph, input) : input;
      const down = `${name}.downsample`;
      const shortcut =
        halves || inputs !== outputs ? normed(graph, pooled, `${down}.0`, `${down}.1`, { size: 1 }) : pooled;
      return graph.node('Relu', [graph.node('Add', [third, shortcut])]);
    },
    head: (graph, map) => attentionPool(graph, map, vision),
  };
}

/** A convolution and the BatchNorm behind it. */
function normed(graph: GraphWriter, input: Value, conv: string, norm: string, walk: Walk): Value {
  return convolution(graph, input, normedKernel(graph, conv, batchNorm(graph, norm, NORM_EPSILON)), walk);
}

function active(graph: GraphWriter, input: Value, conv: string, norm: string, walk: Walk): Value {
  return graph.node('Relu', [normed(graph, input, conv, norm, walk)]);
}

/** The mean of each 2 x 2 places. */
function halved(graph: GraphWriter, input: Value): Value {
  return graph.node('AveragePool', [input], { kernel_shape: [2, 2], strides: [2, 2] });
}

/** CLIP's `AttentionPool2d`: the mean of all places attends to itself and to them. [batch, outputDim] */
function attentionPool(graph: GraphWriter, map: Value, vision: ResNetArchitecture): Value {
  const { channels: width, side } = stageOf(vision, 3);
  const { heads } = vision;
  const places = side * side;
  const project = (input: Value, part: string): Value =>
    linear(graph, input, `${POOL}.${part}_proj.weight`, `${POOL}.${part}_proj.bias`);
  const byHead = (rows: Value, count: number): Value =>
    graph.transpose(graph.reshape(rows, [-1, count, heads, width / heads]), [0, 2, 1, 3]);

  const rows = mapToRows(graph, map, { channels: width, size: [side, side] });
  const mean = graph.reshape(meanOfRows(graph, rows, places, width), [-1, 1, width]);
  const tokens = graph.node('Concat', [mean, graph.reshape(rows, [-1, places, width])], { axis: 1 });
  const placed = graph.node('Add', [tokens, graph.weight(`${POOL}.positional_embedding`)]);
  const all = graph.reshape(placed, [-1, width]);
  const first = graph.reshape(graph.node('Gather', [placed, graph.integers([0])], { axis: 1 }), [-1, width]);
  const query = byHead(project(first, 'q'), 1);
  const [key, value] = ['k', 'v'].map((part) => byHead(project(all, part), places + 1));
  return project(attendByHead(graph, [query, key!, value!], { width, heads }, []), 'c');
}
