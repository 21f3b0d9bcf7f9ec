import { readCheckpoint, type Checkpoint } from '../../src/clip/checkpoint';
import {
  openImageTower,
  openTextTower,
  type ImageTower,
  type Runtime,
  type TextTower,
} from '../../src/clip/towers';
import { memoryFiles, storeTensors, type Precision } from '../../src/clip/weights';
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
  const config = await readText(fixtures, `${folder}/open_clip_config.json`);
  const source = bufferSource(await fixtures.bytes(`${folder}/open_clip_model.safetensors`));
  const checkpoint = await readCheckpoint(config, source);
  const { architecture, tensors } = checkpoint;
  const weights = async (tower: 'image' | 'text') => {
    const { append, files } = memoryFiles(tower);
    return { tensors: await storeTensors(source, tensors[tower], precision, append), files };
  };
  const image = await openImageTower(runtime, architecture.vision, await weights('image'));
  const text = await openTextTower(runtime, architecture.text, await weights('text'));
  return {
    checkpoint,
    image,
    text,
    async release() {
      await image.release();
      await text.release();
    },
  };
}
