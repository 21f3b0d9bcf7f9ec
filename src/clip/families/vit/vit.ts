import { patchGrid } from '../../config/patches';
import type { AttentionForm } from '../../graph/attention-form';
import type { GraphWriter, Value } from '../../graph/graph-writer';
import { block, feedForward, layerNorm, linear, withClassToken } from '../../graph/layers';
import { mapPool } from '../../graph/map-pool';
import { patchTokens } from '../../graph/patch-tokens';
import type { ImageFamily, TowerSteps } from '../image-family';
import { attentionalPool } from './attentional-pool';
import { timmTensor } from './timm-names';
import { prefixTokens, readVit, requireImageSize, type VitArchitecture, type VitStack } from './vit-config';
import { POSITIONS, vitResizing, vitTensors } from './vit-tensors';

/** OpenCLIP's `VisionTransformer`, and timm's in the form of CLIP and of SigLIP. */
export const VIT: ImageFamily<VitArchitecture> = {
  timmNames: 'vit_*_siglip_* with MAP pooling, vit_*_clip_*',
  read: readVit,
  tensors: vitTensors,
  inCheckpoint: ({ timm }, name, shape) => (timm ? timmTensor(name, shape) : { name, shape }),
  resizing: vitResizing,
  steps: vitSteps,
  requireSize: requireImageSize,
  leastSize: ({ patchSize }) => patchSize,
  positions: (vision) => ({
    name: POSITIONS,
    prefix: prefixTokens(vision),
    width: vision.width,
    grid: patchGrid(vision),
    // OpenCLIP compares only their count (`resize_pos_embed`), timm the grids.
    byCount: vision.pool !== 'map',
  }),
};

/** Hidden states are [batch * sequence, width]. */
export function vitSteps(vision: VitStack, attention: AttentionForm): TowerSteps {
  const { width, mlpWidth, layers } = vision;
  const [down, across] = patchGrid(vision);
  const patches = down * across;
  const sequence = prefixTokens(vision) + patches;
  const context = { form: attention, sequence, causal: false };
  // Query, key, value and output; scores and mixture; both matrices of the MLP.
  const work = sequence * (4 * width * width + 2 * sequence * width + 2 * width * mlpWidth);
  const readsOne = vision.pool === 'tok' && !vision.attentionalPool;
  const classToken = (graph: GraphWriter, rows: Value): Value =>
    graph.node('Gather', [graph.reshape(rows, [-1, sequence, width]), graph.integers(0)], { axis: 1 });
  return {
    work: Array.from({ length: layers }, () => work),
    shape: () => [sequence, width],
    stem(graph, pixels) {
      const rows = embedPatches(graph, pixels, vision, patches);
      return vision.preNorm ? layerNorm(graph, rows, 'visual.ln_pre', vision.normEpsilon) : rows;
    },
    step(graph, rows, at) {
      const pick = at === layers - 1 && readsOne ? (all: Value) => classToken(graph, all) : undefined;
      return block(graph, rows, `visual.transformer.resblocks.${at}`, vision, context, [], pick);
    },
    head: (graph, rows) => pooledEmbedding(graph, rows, vision, sequence),
  };
}

/** What the blocks give, pooled into one embedding per picture: [batch, outputDim]. */
function pooledEmbedding(graph: GraphWriter, rows: Value, vision: VitStack, sequence: number): Value {
  const finalNorm = (value: Value): Value => layerNorm(graph, value, 'visual.ln_post', vision.normEpsilon);
  const project = (value: Value): Value =>
    vision.timm
      ? linear(graph, value, 'visual.proj.weight', 'visual.proj.bias')
      : graph.node('MatMul', [value, graph.weight('visual.proj')]);

  if (vision.attentionalPool)
    return project(attentionalPool(graph, rows, vision, vision.attentionalPool, sequence));
  switch (vision.pool) {
    case 'map': {
      const pool = { ...vision, name: 'visual.attn_pool' };
      return mapPool(graph, finalNorm(rows), pool, sequence, (pooled) =>
        feedForward(graph, pooled, pool.name, vision),
      );
    }
    case 'tok':
      return project(finalNorm(rows));
    case 'avg': {
      const normed = vision.finalNormAfterPool ? rows : finalNorm(rows);
      const [from, to, axis] = [1, sequence, 1].map((bound) => graph.integers([bound]));
      const bySequence = graph.reshape(normed, [-1, sequence, vision.width]);
      const patchRows = graph.node('Slice', [bySequence, from ?? '', to ?? '', axis ?? '']);
      const mean = graph.node('ReduceMean', [patchRows, graph.integers([1])], { keepdims: 0 });
      return project(vision.finalNormAfterPool ? finalNorm(mean) : mean);
    }
  }
}

/** Patch convolution, class token and position embedding: [batch * sequence, width]. */
function embedPatches(graph: GraphWriter, pixels: Value, vision: VitStack, patches: number): Value {
  const { width, patchSize, pool } = vision;
  const weight = graph.weight('visual.conv1.weight');
  const bias = pool === 'map' ? graph.weight('visual.conv1.bias') : '';
  const tokens = patchTokens(graph, pixels, weight, bias, { width, patchSize, patches });
  if (pool === 'map') return graph.reshape(graph.node('Add', [tokens, graph.weight(POSITIONS)]), [-1, width]);
  const place = { count: patches, width, place: 'before' } as const;
  const placed = withClassToken(graph, tokens, place, 'visual.class_embedding', POSITIONS);
  return graph.reshape(placed, [-1, width]);
}
