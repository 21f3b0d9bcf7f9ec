import { convolution, kernelOf } from '../../graph/convolution';
import { mapToRows, meanOfRows, rowsToMap, type MapShape } from '../../graph/feature-map';
import type { GraphWriter, Value } from '../../graph/graph-writer';
import { layerNorm, mlp } from '../../graph/layers';
import { linearShapes, normShapes, type Shapes, type TensorShapes } from '../../weights/tensor-shapes';
import type { ImageFamily, TowerSteps } from '../image-family';
import { timmHead, timmHeadShapes } from '../timm-head';
import { CONVNEXT_CHECKS } from './convnext-checks';
import {
  LEAST_SIDE,
  PATCH,
  readConvNext,
  requireConvNextSize,
  stageGrid,
  type ConvNextArchitecture,
  type ConvNextStage,
} from './convnext-config';

const TRUNK = 'visual.trunk';
const CLASSIFIER = `${TRUNK}.head.fc`;

/** timm's `ConvNeXt`. */
export const CONVNEXT: ImageFamily<ConvNextArchitecture> = {
  timmNames: 'convnext_* with an average pool',
  read: readConvNext,
  tensors,
  steps,
  requireSize: requireConvNextSize,
  leastSize: () => [LEAST_SIDE, LEAST_SIDE],
  // Convolutions have no positions.
  positions: () => undefined,
  checks: CONVNEXT_CHECKS,
};

/** A block and where it stands. */
interface Place {
  readonly name: string;
  readonly stage: number;
  readonly channels: number;
  readonly kernel: number;
  /** Of the stage before, if the block follows its end. */
  readonly before?: ConvNextStage | undefined;
}

function placesOf({ stages }: ConvNextArchitecture): Place[] {
  return stages.flatMap(({ channels, kernel, blocks }, stage) =>
    Array.from({ length: blocks }, (_, at) => ({
      name: `${TRUNK}.stages.${stage}.blocks.${at}`,
      stage,
      channels,
      kernel,
      before: at === 0 ? stages[stage - 1] : undefined,
    })),
  );
}

function tensors(vision: ConvNextArchitecture): TensorShapes {
  const { stages, head } = vision;
  const first = stages[0]!.channels;
  const last = stages.at(-1)!.channels;
  return new Map([
    [`${TRUNK}.stem.0.weight`, [first, 3, PATCH, PATCH]],
    [`${TRUNK}.stem.0.bias`, [first]],
    ...normShapes(`${TRUNK}.stem.1`, first),
    ...placesOf(vision).flatMap(({ name, stage, channels, kernel, before }): Shapes => {
      const halving = `${TRUNK}.stages.${stage}.downsample`;
      return [
        ...(before === undefined
          ? []
          : ([
              ...normShapes(`${halving}.0`, before.channels),
              [`${halving}.1.weight`, [channels, before.channels, 2, 2]],
              [`${halving}.1.bias`, [channels]],
            ] as const)),
        [`${name}.conv_dw.weight`, [channels, 1, kernel, kernel]],
        [`${name}.conv_dw.bias`, [channels]],
        ...normShapes(`${name}.norm`, channels),
        ...linearShapes(`${name}.mlp.fc1`, 4 * channels, channels),
        ...linearShapes(`${name}.mlp.fc2`, channels, 4 * channels),
        [`${name}.gamma`, [channels]],
      ];
    }),
    ...normShapes(`${TRUNK}.head.norm`, last),
    ...timmHeadShapes(head, last, CLASSIFIER),
  ]);
}

/** Hidden states are [batch * down * across, channels]: most of the work is in layers that want rows. */
function steps(vision: ConvNextArchitecture): TowerSteps {
  const { stages, normEpsilon, head } = vision;
  const places = placesOf(vision);
  const maps = stages.map(({ channels }, stage): MapShape => ({ channels, size: stageGrid(vision, stage) }));
  const count = (stage: number): number => maps[stage]!.size[0] * maps[stage]!.size[1];
  const last = stages.length - 1;
  return {
    work: places.map(({ stage, channels, kernel, before }) => {
      const halving = 4 * channels * (before?.channels ?? 0);
      return count(stage) * (halving + kernel ** 2 * channels + 8 * channels * channels);
    }),
    shape(at) {
      const place = places[at];
      const stage = place === undefined ? last : place.stage - (place.before === undefined ? 0 : 1);
      return [count(stage), maps[stage]!.channels];
    },
    stem(graph, pixels) {
      const walk = { size: PATCH, stride: PATCH, padding: 0 };
      const map = convolution(graph, pixels, kernelOf(graph, `${TRUNK}.stem.0`), walk);
      return layerNorm(graph, mapToRows(graph, map, maps[0]!), `${TRUNK}.stem.1`, normEpsilon);
    },
    step(graph, input, at) {
      const { name, stage, kernel, before } = places[at]!;
      const map = maps[stage]!;
      const rows = before === undefined ? input : halved(graph, input, stage);
      const walk = { size: kernel, groups: map.channels };
      const mixed = convolution(graph, rowsToMap(graph, rows, map), kernelOf(graph, `${name}.conv_dw`), walk);
      const normed = layerNorm(graph, mapToRows(graph, mixed, map), `${name}.norm`, normEpsilon);
      const out = mlp(graph, normed, [`${name}.mlp.fc1`, `${name}.mlp.fc2`], 'gelu');
      return graph.node('Add', [rows, graph.node('Mul', [out, graph.weight(`${name}.gamma`)])]);
    },
    head(graph, rows) {
      // timm pools first, then norms.
      const pooled = meanOfRows(graph, rows, count(last), maps[last]!.channels);
      return timmHead(graph, layerNorm(graph, pooled, `${TRUNK}.head.norm`, normEpsilon), head, CLASSIFIER);
    },
  };

  function halved(graph: GraphWriter, rows: Value, stage: number): Value {
    const name = `${TRUNK}.stages.${stage}.downsample`;
    const normed = rowsToMap(graph, layerNorm(graph, rows, `${name}.0`, normEpsilon), maps[stage - 1]!);
    const walk = { size: 2, stride: 2, padding: 0 };
    const map = convolution(graph, normed, kernelOf(graph, `${name}.1`), walk);
    return mapToRows(graph, map, maps[stage]!);
  }
}
