import type { VisionArchitecture } from './architecture';
import { GraphWriter, type Value } from './graph-writer';
import { layerNorm, transformer, unitLength, type AttentionForm } from './layers';
import type { StoredTensor } from './weights';

/**
 * The image tower, OpenCLIP's `VisionTransformer`: `pixels` fp32 [batch, 3, height, width], normalised, to
 * `embedding` fp32 [batch, outputDim], rows of length 1.
 */
export function imageGraph(
  vision: VisionArchitecture,
  weights: ReadonlyMap<string, StoredTensor>,
  form: AttentionForm,
): Uint8Array<ArrayBuffer> {
  const graph = new GraphWriter('image', weights);
  const { width, imageSize, patchSize } = vision;
  const patches = Math.floor(imageSize[0] / patchSize[0]) * Math.floor(imageSize[1] / patchSize[1]);
  const sequence = patches + 1;

  let rows = embedPatches(graph, vision, patches);
  if (vision.preNorm) rows = layerNorm(graph, rows, 'visual.ln_pre', vision.normEpsilon);
  const context = { form, sequence, causal: false };
  const bySequence = (value: Value): Value => graph.reshape(value, [-1, sequence, width]);

  let pooled: Value;
  if (vision.pool === 'tok') {
    const classToken = (value: Value): Value =>
      graph.node('Gather', [bySequence(value), graph.integers(0)], { axis: 1 });
    pooled = transformer(graph, rows, 'visual.transformer', vision, context, classToken);
    pooled = layerNorm(graph, pooled, 'visual.ln_post', vision.normEpsilon);
  } else {
    rows = transformer(graph, rows, 'visual.transformer', vision, context);
    if (!vision.finalNormAfterPool) rows = layerNorm(graph, rows, 'visual.ln_post', vision.normEpsilon);
    const [from, to, axis] = [1, sequence, 1].map((bound) => graph.integers([bound]));
    const patchRows = graph.node('Slice', [bySequence(rows), from ?? '', to ?? '', axis ?? '']);
    pooled = graph.node('ReduceMean', [patchRows, graph.integers([1])], { keepdims: 0 });
    if (vision.finalNormAfterPool) pooled = layerNorm(graph, pooled, 'visual.ln_post', vision.normEpsilon);
  }
  const embedding = graph.node('MatMul', [pooled, graph.weight('visual.proj')]);
  return graph.encode(
    [{ name: 'pixels', dtype: 'float32', dims: ['batch', 3, ...imageSize] }],
    unitLength(graph, embedding),
    { name: 'embedding', dtype: 'float32', dims: ['batch', vision.outputDim] },
  );
}

/** Convolution, class token and position: [batch * (patches + 1), width]. */
function embedPatches(graph: GraphWriter, vision: VisionArchitecture, patches: number): Value {
  const { width, patchSize } = vision;
  const kernel = [...patchSize];
  const grid = graph.node('Conv', ['pixels', graph.weight('visual.conv1.weight')], {
    kernel_shape: kernel,
    strides: kernel,
  });
  const tokens = graph.transpose(graph.reshape(grid, [-1, width, patches]), [0, 2, 1]);
  // Why the class token is added and not concatenated: an empty first row takes it with the position embedding, so
  // nothing has to be expanded to a batch size known only at run time. Its table is folded when the graph loads.
  const withRoom = graph.node('Pad', [tokens, graph.integers([0, 1, 0, 0, 0, 0])]);
  const classRow = graph.reshape(graph.weight('visual.class_embedding'), [1, width]);
  const classTable = graph.node('Pad', [classRow, graph.integers([0, 0, patches, 0])]);
  const table = graph.node('Add', [classTable, graph.weight('visual.positional_embedding')]);
  return graph.reshape(graph.node('Add', [withRoom, table]), [-1, width]);
}
