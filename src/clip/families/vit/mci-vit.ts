import { patchGrid } from '../../config/patches';
import type { Settings } from '../../config/settings';
import { IGNORED_BESIDE_TIMM, readTimmKwargs, requireClassifier } from '../../config/timm-settings';
import { MOST_LAYERS, mlpWidth, requireHeads } from '../../config/transformer-config';
import { batchNorm, convolution, kernelOf, normedKernel } from '../../graph/convolution';
import { mapToRows } from '../../graph/feature-map';
import type { GraphWriter, Value } from '../../graph/graph-writer';
import { activation, withClassToken } from '../../graph/layers';
import { batchNormShapes, type Shapes, type TensorShapes } from '../../weights/tensor-shapes';
import type { ImageFamily, ModelSettings } from '../image-family';
import { timmTensor } from './timm-names';
import { vitSteps } from './vit';
import { requireImageSize, type VitArchitecture } from './vit-config';
import { POSITIONS, vitTensors } from './vit-tensors';

/** timm's `vit_base_mci_224`, of MobileCLIP-B: three convolutions in place of the patches' one, then a ViT. */
export interface MciVitArchitecture extends Omit<VitArchitecture, 'family'> {
  readonly family: 'mci';
}

const NAME = 'vit_base_mci_224';

const STEM = 'visual.trunk.patch_embed.backbone';

const CLASS_TOKEN = 'visual.class_embedding';

/** PyTorch's default. */
const BATCH_NORM_EPSILON = 1e-5;

/** Sides and strides of the stem's kernels; all but the last have a BatchNorm in place of a bias. */
const KERNELS = [4, 2, 2] as const;

export const MCI_VIT: ImageFamily<MciVitArchitecture> = {
  timmNames: NAME,
  read,
  tensors,
  inCheckpoint: (_, name, shape) => timmTensor(name, shape),
  steps: (vision, attention) => ({
    ...vitSteps(plain(vision), attention),
    stem: (graph, pixels) => embed(graph, pixels, vision),
  }),
  requireSize: (vision, room) => requireImageSize(plain(vision), room),
  leastSize: ({ patchSize }) => patchSize,
  positions: (vision) => ({
    name: POSITIONS,
    prefix: 0,
    width: vision.width,
    grid: patchGrid(vision),
    byCount: false,
  }),
};

/** The ViT behind the stem. */
function plain(vision: MciVitArchitecture): VitArchitecture {
  return { ...vision, family: 'vit' };
}

/** @throws ConfigUnreadable, UnsupportedSetting */
function read(settings: Settings, { embedDim }: ModelSettings): MciVitArchitecture | undefined {
  if (settings.name('timm_model_name') !== NAME) return undefined;
  settings.harmless(...IGNORED_BESIDE_TIMM);
  requireClassifier(settings, 'token');
  const { kwargs, path, imageSize } = readTimmKwargs(settings);
  const width = kwargs.integer('embed_dim', 768, 4);
  const heads = kwargs.integer('num_heads', 12);
  requireHeads(width, heads, path);
  const vision: MciVitArchitecture = {
    family: 'mci',
    width,
    heads,
    layers: kwargs.integer('depth', 12, 1, MOST_LAYERS),
    mlpWidth: mlpWidth(width, kwargs.positive('mlp_ratio', 4), path),
    activation: 'gelu',
    layerScale: false,
    normEpsilon: 1e-6,
    imageSize,
    patchSize: [16, 16],
    preNorm: false,
    pool: 'tok',
    finalNormAfterPool: false,
    timm: true,
    outputDim: embedDim,
  };
  kwargs.finish();
  return vision;
}

/** Channels that each of the stem's convolutions gives. */
function stemChannels({ width }: MciVitArchitecture): readonly number[] {
  return [Math.floor(width / 4), Math.floor(width / 4), width];
}

function tensors(vision: MciVitArchitecture): TensorShapes {
  const [down, across] = patchGrid(vision);
  const channels = stemChannels(vision);
  const stem = KERNELS.flatMap((size, at): Shapes => {
    const name = `${STEM}.${at}`;
    const outputs = channels[at]!;
    return [
      [`${name}.conv.weight`, [outputs, channels[at - 1] ?? 3, size, size]],
      ...(at === KERNELS.length - 1
        ? ([[`${name}.conv.bias`, [outputs]]] as const)
        : batchNormShapes(`${name}.bn`, outputs)),
    ];
  });
  const rest = [...vitTensors(plain(vision))].filter(([name]) => !name.startsWith('visual.conv1.'));
  // The class token has no position.
  return new Map([...stem, ...rest, [POSITIONS, [down * across, vision.width]]]);
}

/** The stem, the positions of its places, and a class token before them: [batch * sequence, width]. */
function embed(graph: GraphWriter, pixels: Value, vision: MciVitArchitecture): Value {
  const { width } = vision;
  const grid = patchGrid(vision);
  const count = grid[0] * grid[1];
  const map = KERNELS.reduce((input: Value, size, at) => {
    const name = `${STEM}.${at}`;
    const walk = { size, stride: size, padding: 0 };
    if (at === KERNELS.length - 1) return convolution(graph, input, kernelOf(graph, `${name}.conv`), walk);
    const norm = batchNorm(graph, `${name}.bn`, BATCH_NORM_EPSILON);
    return activation(
      graph,
      convolution(graph, input, normedKernel(graph, `${name}.conv`, norm), walk),
      'gelu',
    );
  }, pixels);
  const rows = graph.reshape(mapToRows(graph, map, { channels: width, size: grid }), [-1, count, width]);
  const placed = graph.node('Add', [rows, graph.weight(POSITIONS)]);
  return graph.reshape(withClassToken(graph, placed, { count, width, place: 'before' }, CLASS_TOKEN), [
    -1,
    width,
  ]);
}
