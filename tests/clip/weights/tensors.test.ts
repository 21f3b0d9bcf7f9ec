import { expect, it } from 'vitest';
import { readArchitecture } from '../../../src/clip/architecture';
import { checkpointTensor } from '../../../src/clip/weights/checkpoint-names';
import { findTensors, imageTensors, textTensors } from '../../../src/clip/weights/tensors';
import type { WeightsHeader } from '../../../src/formats/safetensors';

const architecture = readArchitecture({
  model_cfg: {
    embed_dim: 24,
    vision_cfg: { image_size: 32, layers: 1, width: 64, patch_size: 8 },
    text_cfg: { context_length: 16, vocab_size: 96, width: 64, heads: 1, layers: 1 },
  },
});

/** The header of weights whose tensor `name` has another shape. */
function headerWith(name: string, shape: readonly number[]): WeightsHeader {
  const tower = (kind: 'image' | 'text') =>
    [...(kind === 'image' ? imageTensors(architecture.vision) : textTensors(architecture.text))].map(
      ([own, is]) => checkpointTensor(architecture, kind, own, is),
    );
  const shapes = new Map([...tower('image'), ...tower('text')].map((one) => [one.name, one.shape]));
  shapes.set('logit_scale', []).set(name, shape);
  const tensors = [...shapes].map(
    ([own, is]) => [own, { name: own, dtype: 'F32', shape: is, start: 0, end: 0 }] as const,
  );
  return { tensors: new Map(tensors) };
}

// A file of torch's may hold one row that is repeated without end.
it.each([
  ['visual.positional_embedding', 20_000 ** 2 + 1, '400000001 x 64; the config asks for 17 x 64.'],
  ['positional_embedding', 500_000_000, '500000000 x 64; the config asks for 16 x 64.'],
])('positions are resized, but not of any length: %s', (name, rows, message) => {
  const resized = findTensors(headerWith(name, [26, 64]), architecture);
  const tower = name.startsWith('visual.') ? resized.image : resized.text;
  expect(tower.get(name)?.resize).toBeDefined();
  expect(() => findTensors(headerWith(name, [rows, 64]), architecture)).toThrow(message);
});
