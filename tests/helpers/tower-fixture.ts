import { existsSync } from 'node:fs';
import type { VisionArchitecture } from '../../src/clip/architecture';
import { readCheckpoint } from '../../src/clip/checkpoint';
import type { TowerWeights } from '../../src/clip/towers';
import { memoryFiles, storeTensors, type Precision } from '../../src/clip/weights/weights';
import { bufferSource } from '../../src/formats/byte-source';
import { readFloats, readText } from '../../tools/conformance/fixtures';
import { nodeFixtures } from '../../tools/conformance/node-fixtures';

/** The image tower of a fixture, of ViTs or of the zoo, and its pictures: [count, 3, height, width]. */
export interface ImageFixture {
  readonly vision: VisionArchitecture;
  readonly weights: TowerWeights;
  readonly pixels: Float32Array<ArrayBuffer>;
  readonly count: number;
}

/** A fixture's image tower with its weights kept as `precision`. */
export async function imageFixture(name: string, precision: Precision): Promise<ImageFixture> {
  const isInZoo = existsSync(`tests/fixtures/zoo/towers/${name}`);
  const fixtures = nodeFixtures(isInZoo ? 'tests/fixtures/zoo' : 'tests/fixtures', undefined);
  const folder = `towers/${name}`;
  const source = bufferSource(await fixtures.bytes(`${folder}/open_clip_model.safetensors`));
  const config = await readText(fixtures, `${folder}/open_clip_config.json`);
  const { architecture, tensors } = await readCheckpoint(config, source);
  const { vision } = architecture;
  const { append, files } = memoryFiles('image');
  const weights = { tensors: await storeTensors(source, tensors.image, precision, append), files };
  const pixels = await readFloats(fixtures, `${folder}/pixels.f32.bin`);
  return { vision, weights, pixels, count: pixels.length / (3 * vision.imageSize[0] * vision.imageSize[1]) };
}
