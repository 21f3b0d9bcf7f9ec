import type { VisionArchitecture } from '../architecture';
import { GraphWriter, type Graph, type Value } from './graph-writer';
import { attentionalPool } from './attentional-pool';
import {
  layerNorm,
  linear,
  transformer,
  unitLength,
  withClassToken,
  type GraphForm,
  type LayerRange,
} from './layers';
import { mapPool } from './map-pool';
import { patchGrid, prefixTokens } from '../config/vision-config';
import type { Int8Tensor } from '../weights/int8';
import type { StoredTensor } from '../weights/weights';

/**
 * The image tower, OpenCLIP's `VisionTransformer` or timm's with MAP pooling: normalised `pixels` fp32
 * [batch, 3, height, width] to `embedding` fp32 [batch, outputDim], rows of length 1. Or a part of it, which hands its
 * hidden states on to the next: `hidden` fp32 [batch * sequence, width], as output and as input.
 */
export function imageGraph(
  vision: VisionArchitecture,
  weights: ReadonlyMap<string, StoredTensor | Int8Tensor>,
  form: GraphForm,
  part: LayerRange = { from: 0, to: vision.layers },
): Graph {
  const graph = new GraphWriter('image', weights, form.arithmetic);
  const [down, across] = patchGrid(vision);
  const hidden = (name: string) => ({ name, dtype: 'float32', dims: ['rows', vision.width] }) as const;
  const isFirst = part.from === 0;
  const input = isFirst
    ? ({ name: 'pixels', dtype: 'float32', dims: ['batch', 3, ...vision.imageSize] } as const)
    : hidden('hidden');
  const rows = isFirst ? embedded(graph, vision, down * across) : graph.fromFloat32(input.name);
  const sequence = prefixTokens(vision) + down * across;
  const context = { form: form.attention, sequence, causal: false };
  const blocks = (pool?: (rows: Value) => Value): Value =>
    transformer(graph, rows, 'visual.transformer', vision, context, pool, part);
  if (part.to < vision.layers) return graph.encode([input], graph.toFloat32(blocks()), hidden('states'));
  const output = { name: 'embedding', dtype: 'float32', dims: ['batch', vision.outputDim] } as const;
  return graph.encode([input], unitLength(graph, pooledEmbedding(graph, vision, sequence, blocks)), output);
}

/** What the blocks start from: [batch * sequence, width]. */
function embedded(graph: GraphWriter, vision: VisionArchitecture, patches: number): Value {
  const rows = embedPatches(graph, vision, patches);
  return vision.preNorm ? layerNorm(graph, rows, 'visual.ln_pre', vision.normEpsilon) : rows;
}

/** The blocks, pooled into one embedding per picture: [batch, outputDim]. */
function pooledEmbedding(
  graph: GraphWriter,
  vision: VisionArchitecture,
  sequence: number,
  blocks: (pool?: (rows: Value) => Value) => Value,
): Value {
  const bySequence = (value: Value): Value => graph.reshape(value, [-1, sequence, vision.width]);
  const finalNorm = (value: Value): Value => layerNorm(graph, value, 'visual.ln_post', vision.normEpsilon);
  const project = (value: Value): Value =>
    vision.timm
      ? linear(graph, value, 'visual.proj.weight', 'visual.proj.bias')
      : graph.node('MatMul', [value, graph.weight('visual.proj')]);

  if (vision.attentionalPool)
    return project(attentionalPool(graph, blocks(), vision, vision.attentionalPool, sequence));
  switch (vision.pool) {
    case 'map':
      return mapPool(graph, finalNorm(blocks()), vision, sequence);
    case 'tok': {
      const classToken = (value: Value): Value =>
        graph.node('Gather', [bySequence(value), graph.integers(0)], { axis: 1 });
      return project(finalNorm(blocks(classToken)));
    }
    case 'avg': {
      const rows = vision.finalNormAfterPool ? blocks() : finalNorm(blocks());
      const [from, to, axis] = [1, sequence, 1].map((bound) => graph.integers([bound]));
      const patchRows = graph.node('Slice', [bySequence(rows), from ?? '', to ?? '', axis ?? '']);
      const mean = graph.node('ReduceMean', [patchRows, graph.integers([1])], { keepdims: 0 });
      return project(vision.finalNormAfterPool ? finalNorm(mean) : mean);
    }
  }
}

/** Patch convolution, class token and position embedding: [batch * sequence, width]. */
function embedPatches(graph: GraphWriter, vision: VisionArchitecture, patches: number): Value {
  const { width, patchSize, pool } = vision;
  const kernel = [...patchSize];
  const bias = pool === 'map' ? [graph.weight('visual.conv1.bias')] : [];
  const grid = graph.node(
    'Conv',
    [graph.fromFloat32('pixels'), graph.weight('visual.conv1.weight'), ...bias],
    { kernel_shape: kernel, strides: kernel },
  );
  const tokens = graph.transpose(graph.reshape(grid, [-1, width, patches]), [0, 2, 1]);
  const positions = 'visual.positional_embedding';
  if (pool === 'map') return graph.reshape(graph.node('Add', [tokens, graph.weight(positions)]), [-1, width]);
  const place = { count: patches, width, place: 'before' } as const;
  const placed = withClassToken(graph, tokens, place, 'visual.class_embedding', positions);
  return graph.reshape(placed, [-1, width]);
}
