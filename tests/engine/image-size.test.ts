import { expect, it } from 'vitest';
import { openImageTower } from '../../src/clip/towers';
import { nodeRuntime } from '../../src/clip/session-node';
import { atImageSize } from '../../src/engine/image-size';
import { builtInModel, fixtureTowers } from './fakes';

it('gives the same model at another size under an id of its own', async () => {
  const source = await builtInModel();
  const resized = await atImageSize(source, [64, 128]);
  expect(resized.id).toBe('clipscope-s@64x128');
  expect(resized.architecture.vision.imageSize).toEqual([64, 128]);
  expect(resized.architecture.preprocess.size).toEqual([64, 128]);
  const { id, architecture, image, ...rest } = resized;
  expect({ ...source, id, architecture, image }).toEqual({ ...rest, id, architecture, image });
  expect(resized.tokenizer).toBe(source.tokenizer);
  expect(resized.text).toBe(source.text);
});

it('changes only where the patches lie: the resized tower takes pictures of that size', async () => {
  const source = await fixtureTowers('vit-quickgelu');
  const resized = await atImageSize(source, [48, 32]);
  const changed = resized.image.tensors.filter((tensor) => !source.image.tensors.includes(tensor));
  // 6 x 4 patches of 8 pixels and the class token.
  expect(changed).toMatchObject([{ name: 'visual.positional_embedding', shape: [25, 48] }]);
  const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' } } as const;
  const tower = await openImageTower(runtime, resized.architecture.vision, resized.image);
  const row = await tower.encode(new Float32Array(3 * 48 * 32).fill(0.5), 1);
  expect(row).toHaveLength(24);
  expect(Math.hypot(...row)).toBeCloseTo(1, 5);
  await tower.release();
});

it('of a resized model takes the size that was asked for last', async () => {
  const source = await fixtureTowers('vit-quickgelu');
  const twice = await atImageSize(await atImageSize(source, [64, 64]), [32, 48]);
  expect(twice.id).toBe('vit-quickgelu@32x48');
  expect(twice.architecture.vision.imageSize).toEqual([32, 48]);
});

it('refuses a picture smaller than a patch', async () => {
  const source = await fixtureTowers('vit-quickgelu');
  for (const size of [
    [32, 7],
    [0, 0],
  ] as const) {
    await expect(atImageSize(source, size)).rejects.toMatchObject({
      name: 'ModelUnknown',
      message: `This model reads no pictures of ${size.join(' x ')} pixels: its patches are 8 x 8.`,
    });
  }
});

it('refuses a picture that no memory holds, as a link may ask for', async () => {
  const source = await fixtureTowers('vit-quickgelu');
  await expect(atImageSize(source, [16_000, 16_000])).rejects.toMatchObject({
    name: 'ModelTooLarge',
    message: expect.stringContaining('Pictures of 16,000 x 16,000 pixels make 4,000,001 tokens'),
  });
});
