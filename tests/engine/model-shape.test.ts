import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../src/clip/architecture';
import { readAs } from '../../src/core/schema';
import { modelShape, shapeOf, type ModelShape } from '../../src/engine/model-shape';

/** Towers of one layer each. */
function architecture(vision: object = {}) {
  return readArchitecture({
    model_cfg: {
      embed_dim: 24,
      vision_cfg: { image_size: [32, 48], layers: 1, width: 16, head_width: 8, patch_size: 8, ...vision },
      text_cfg: { width: 8, heads: 2, layers: 1, vocab_size: 100, context_length: 10 },
    },
  });
}

describe('the shape of an architecture', () => {
  it('counts the weights of each tower by hand', () => {
    const layer = (width: number) => 12 * width ** 2 + 13 * width;
    // Class token, positions of 4 x 6 patches and it, patches, two norms, a layer, projection.
    const image = 16 + 25 * 16 + 16 * 3 * 8 * 8 + 2 * 32 + layer(16) + 16 * 24;
    // Tokens, positions, a layer, a norm, projection.
    const text = 100 * 8 + 10 * 8 + layer(8) + 16 + 8 * 24;
    expect(shapeOf(architecture())).toEqual({
      imageSize: [32, 48],
      patchSize: 8,
      embedDim: 24,
      contextLength: 10,
      parameters: { image, text },
    });
  });

  it('tells no patch size where patches are not square', () => {
    expect(shapeOf(architecture({ patch_size: [8, 16] }))).not.toHaveProperty('patchSize');
  });
});

describe('a shape that is read back', () => {
  const shape: ModelShape = shapeOf(architecture());
  const read = (changes: object) =>
    readAs(modelShape, JSON.parse(JSON.stringify({ ...shape, ...changes })) as unknown);

  it('is the one that was kept, with or without a patch size', () => {
    expect(read({})).toStrictEqual(shape);
    const { patchSize: _, ...earlier } = shape;
    expect(read({ patchSize: undefined })).toStrictEqual(earlier);
  });

  it.each<[string, object]>([
    ['one side of a picture', { imageSize: [32] }],
    ['three sides', { imageSize: [32, 48, 3] }],
    ['half a pixel', { imageSize: [32, 48.5] }],
    ['half a patch', { patchSize: 0.5 }],
    ['no width', { embedDim: undefined }],
    ['a length as text', { contextLength: '10' }],
    ['one tower', { parameters: { image: 1 } }],
    ['fewer than no weights', { parameters: { image: -1, text: 1 } }],
  ])('is none with %s', (_, changes) => expect(read(changes)).toBeUndefined());
});
