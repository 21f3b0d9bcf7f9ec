import type { Settings } from '../config/settings';
import type { GraphWriter, Value } from '../graph/graph-writer';
import { activation, linear, linearBy } from '../graph/layers';
import { linearShapes, type Shapes } from '../weights/tensor-shapes';

/**
 * What follows the pool of a timm tower (OpenCLIP's `TimmModel`): timm's own classifier, OpenCLIP's linear layer or MLP,
 * or nothing.
 */
export interface TimmHead {
  readonly kind: 'timm' | 'linear' | 'mlp' | 'none';
  /** Of the last layer of `linear` and `mlp`; timm's classifier always has one. */
  readonly bias: boolean;
  readonly outputDim: number;
}

/**
 * Reads `timm_pool`, which must be the average, and `timm_proj`.
 * @param width channels that the tower gives
 * @throws UnsupportedSetting
 */
export function readTimmHead(settings: Settings, width: number, embedDim: number): TimmHead {
  const isTimms = settings.raw('timm_proj') === '' || settings.isNull('timm_proj');
  const kind = isTimms ? 'timm' : settings.choice('timm_proj', ['linear', 'mlp', 'none']);
  const pool = settings.isNull('timm_pool') ? '' : (settings.raw('timm_pool') ?? 'avg');
  // Beside a projection of OpenCLIP's own an empty name is timm's default; without, no pool at all.
  const isAverage = pool === 'avg' || (pool === '' && (kind === 'linear' || kind === 'mlp'));
  if (!isAverage) throw settings.refusal('timm_pool', 'Clipscope runs avg');
  const bias = settings.flag('timm_proj_bias');
  return { kind, bias, outputDim: kind === 'none' ? width : embedDim };
}

/** @param classifier the name of timm's own */
export function timmHeadShapes(
  { kind, bias, outputDim }: TimmHead,
  width: number,
  classifier: string,
): Shapes {
  const last = (name: string, inputs: number): Shapes =>
    bias ? linearShapes(name, outputDim, inputs) : [[`${name}.weight`, [outputDim, inputs]]];
  switch (kind) {
    case 'timm':
      return linearShapes(classifier, outputDim, width);
    case 'linear':
      return last('visual.head.proj', width);
    case 'mlp':
      return [
        ...linearShapes('visual.head.mlp.fc1', 2 * outputDim, width),
        ...last('visual.head.mlp.fc2', 2 * outputDim),
      ];
    case 'none':
      return [];
  }
}

/** [batch, width] -> [batch, outputDim] */
export function timmHead(
  graph: GraphWriter,
  pooled: Value,
  { kind, bias }: TimmHead,
  classifier: string,
): Value {
  const last = (input: Value, name: string): Value =>
    linearBy(graph, input, `${name}.weight`, bias ? graph.weight(`${name}.bias`) : '');
  switch (kind) {
    case 'timm':
      return linear(graph, pooled, `${classifier}.weight`, `${classifier}.bias`);
    case 'linear':
      return last(pooled, 'visual.head.proj');
    case 'mlp': {
      const hidden = linear(graph, pooled, 'visual.head.mlp.fc1.weight', 'visual.head.mlp.fc1.bias');
      return last(activation(graph, hidden, 'gelu'), 'visual.head.mlp.fc2');
    }
    case 'none':
      return pooled;
  }
}
