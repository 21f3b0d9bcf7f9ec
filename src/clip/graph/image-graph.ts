import type { VisionArchitecture } from '../architecture';
import { imageFamily } from '../families/image-families';
import { GraphWriter, type Graph, type WeightTable } from './graph-writer';
import { unitLength, type GraphForm } from './layers';
import type { StepRange } from './tower-parts';

/**
 * An image tower: normalised `pixels` fp32 [batch, 3, height, width] to `embedding` fp32 [batch, outputDim], rows of
 * length 1. Or a part of it, which hands its hidden states on to the next: `hidden` fp32, of the shape of the step.
 */
export function imageGraph(
  vision: VisionArchitecture,
  weights: WeightTable,
  form: GraphForm,
  part?: StepRange,
): Graph {
  const graph = new GraphWriter('image', weights, form.arithmetic);
  const steps = imageFamily(vision).steps(vision, form.attention);
  const count = steps.work.length;
  const { from, to } = part ?? { from: 0, to: count };
  const hidden = (name: string, at: number) =>
    ({ name, dtype: 'float32', dims: ['rows', ...steps.shape(at).slice(1)] }) as const;
  const input =
    from === 0
      ? ({ name: 'pixels', dtype: 'float32', dims: ['batch', 3, ...vision.imageSize] } as const)
      : hidden('hidden', from);
  const given = graph.fromFloat32(input.name);
  let states = from === 0 ? steps.stem(graph, given) : given;
  for (let at = from; at < to; at++) states = steps.step(graph, states, at);
  if (to < count) return graph.encode([input], graph.toFloat32(states), hidden('states', to));
  const output = { name: 'embedding', dtype: 'float32', dims: ['batch', vision.outputDim] } as const;
  return graph.encode([input], unitLength(graph, steps.head(graph, states)), output);
}
