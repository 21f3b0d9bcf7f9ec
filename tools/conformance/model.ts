import type { Architecture } from '../../src/clip/architecture';
import { readCheckpoint, type Checkpoint } from '../../src/clip/checkpoint';
import { resizedTowerWeights, withImageSize } from '../../src/clip/position-embedding';
import {
  openImageTower,
  openTextTower,
  type ImageTower,
  type Runtime,
  type TextTower,
  type TowerWeights,
} from '../../src/clip/towers';
import { memoryFiles, storeTensors, type Precision } from '../../src/clip/weights/weights';
import { bufferSource } from '../../src/formats/byte-source';
import { readText, type Fixtures } from './fixtures';

/** A fixture's checkpoint with both towers open. */
export interface Model {
  readonly checkpoint: Checkpoint;
  readonly image: ImageTower;
  readonly text: TextTower;
  release(): Promise<void>;
}

/** Opens the checkpoint in `folder` through the engine's own path. @throws every checkpoint failure */
export async function openModel(
  fixtures: Fixtures,
  folder: string,
  runtime: Runtime,
  precision: Precision,
): Promise<Model> {
  const { checkpoint, store } = await readModel(fixtures, folder, precision);
  const { vision, text: textArchitecture } = checkpoint.architecture;
  const image = await openImageTower(runtime, vision, await store('image'));
  try {
    const text = await openTextTower(runtime, textArchitecture, await store('text'));
    const release = () => image.release().finally(() => text.release());
    return { checkpoint, image, text, release };
  } catch (error) {
    await image.release();
    throw error;
  }
}

/** Opens the image tower alone, for pictures of another size than the config's. @throws every checkpoint failure */
export async function openResizedImageTower(
  fixtures: Fixtures,
  folder: string,
  runtime: Runtime,
  precision: Precision,
  imageSize: readonly [height: number, width: number],
): Promise<ImageTower> {
  const { checkpoint, store } = await readModel(fixtures, folder, precision);
  const { architecture } = checkpoint;
  const resized: Architecture = withImageSize(architecture, imageSize);
  const weights = await resizedTowerWeights(await store('image'), architecture, resized);
  return openImageTower(runtime, resized.vision, weights);
}

interface ReadModel {
  readonly checkpoint: Checkpoint;
  /** Converts one tower's weights. */
  store(tower: 'image' | 'text'): Promise<TowerWeights>;
}

async function readModel(fixtures: Fixtures, folder: string, precision: Precision): Promise<ReadModel> {
  const config = await readText(fixtures, `${folder}/open_clip_config.json`);
  const source = bufferSource(await fixtures.bytes(`${folder}/open_clip_model.safetensors`));
  const checkpoint = await readCheckpoint(config, source);
  return {
    checkpoint,
    async store(tower) {
      const { append, files } = memoryFiles(tower);
      return { tensors: await storeTensors(source, checkpoint.tensors[tower], precision, append), files };
    },
  };
}
