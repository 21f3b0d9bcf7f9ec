import { patchGrid } from '../../config/patches';
import type { Settings } from '../../config/settings';
import { IGNORED_BESIDE_TIMM, readTimmKwargs, requireChoice } from '../../config/timm-settings';
import type { AttentionForm } from '../../graph/attention-form';
import type { GraphWriter, Value } from '../../graph/graph-writer';
import { patchTokens } from '../../graph/patch-tokens';
import { resizeMatrix } from '../../weights/positions';
import type { TensorShapes } from '../../weights/tensor-shapes';
import type { ImageFamily, Size, TowerSteps } from '../image-family';
import { timmTensor } from '../vit/timm-names';
import { NAFLEX_PRESETS } from '../vit/timm-presets';
import { vitSteps } from '../vit/vit';
import { readTimmVit, requireImageSize, SIGLIP, type VitStack } from '../vit/vit-config';
import { vitTensors } from '../vit/vit-tensors';

/**
 * timm's `NaFlexVit` in SigLIP 2's form: SigLIP's tower, whose positions are those of one grid and resized to that of
 * each picture. It runs at one picture size, as OpenCLIP's published configs say, not with batches of several.
 */
export interface NaflexArchitecture extends VitStack {
  readonly family: 'naflex';
  /** The grid of the stored positions. */
  readonly positionGrid: Size;
}

const EMBEDS = 'visual.trunk.embeds';

export const NAFLEX: ImageFamily<NaflexArchitecture> = {
  timmNames: 'naflexvit_*_siglip',
  read: readNaflex,
  tensors: naflexTensors,
  inCheckpoint: (_, name, shape) => timmTensor(name, shape),
  steps: naflexSteps,
  requireSize: requireImageSize,
  leastSize: ({ patchSize }) => patchSize,
  // The graph resizes them.
  positions: () => undefined,
};

function readNaflex(settings: Settings): NaflexArchitecture | undefined {
  const name = settings.name('timm_model_name');
  const preset = NAFLEX_PRESETS.find((one) => one.name === name);
  if (preset === undefined) return undefined;
  settings.harmless(...IGNORED_BESIDE_TIMM);
  requireChoice(settings, 'timm_pool', 'map', 'avg');
  requireChoice(settings, 'timm_proj', 'none', 'linear');
  // The most patches of a picture that keeps its form; here all are made `image_size`.
  settings.harmless('image_seq_len');
  const timm = readTimmKwargs(settings);
  const positionGrid = timm.kwargs.pair('pos_embed_grid_size', 16);
  return { ...readTimmVit(timm, preset), ...SIGLIP, family: 'naflex', positionGrid };
}

/** Those of a ViT, but for patches and positions. */
function naflexTensors(vision: NaflexArchitecture): TensorShapes {
  const { width, patchSize, positionGrid } = vision;
  const others = [...vitTensors(vision)].filter(
    ([name]) => !/^visual\.(?:conv1\.|positional_embedding$)/.test(name),
  );
  return new Map<string, readonly number[]>([
    [`${EMBEDS}.proj.weight`, [width, patchSize[0] * patchSize[1] * 3]],
    [`${EMBEDS}.proj.bias`, [width]],
    [`${EMBEDS}.pos_embed`, [1, ...positionGrid, width]],
    ...others,
  ]);
}

function naflexSteps(vision: NaflexArchitecture, attention: AttentionForm): TowerSteps {
  const { width, patchSize } = vision;
  const [down, across] = patchGrid(vision);
  return {
    ...vitSteps(vision, attention),
    stem(graph, pixels) {
      // Rows of a patch, columns, then channels.
      const flat = graph.reshape(graph.weight(`${EMBEDS}.proj.weight`), [width, ...patchSize, 3]);
      const weight = graph.transpose(flat, [0, 3, 1, 2]);
      const sizes = { width, patchSize, patches: down * across };
      const tokens = patchTokens(graph, pixels, weight, graph.weight(`${EMBEDS}.proj.bias`), sizes);
      return graph.reshape(graph.node('Add', [tokens, positions(graph, vision)]), [-1, width]);
    },
  };
}

/**
 * The positions of the picture's grid, [down * across, width], in fp32: bicubic with antialiasing, one axis after the
 * other.
 *
 * Why the graph resizes them: they are stored as they were trained, so that every picture size, also the model's own, is
 * one step away from those. The product is folded when the graph loads.
 */
function positions(graph: GraphWriter, vision: NaflexArchitecture): Value {
  const { width, positionGrid: from } = vision;
  const to = patchGrid(vision);
  const [down, across] = ([0, 1] as const).map((axis) =>
    graph.floats32(resizeMatrix(from[axis], to[axis]), [to[axis], from[axis]]),
  );
  const stored = graph.toFloat32(graph.weight(`${EMBEDS}.pos_embed`));
  const rows = graph.node('MatMul', [down ?? '', graph.reshape(stored, [from[0], from[1] * width])]);
  const both = graph.node('MatMul', [across ?? '', graph.reshape(rows, [to[0], from[1], width])]);
  return graph.fromFloat32(graph.reshape(both, [to[0] * to[1], width]));
}
