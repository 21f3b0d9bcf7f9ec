import { openImageTower, type ImageTower, type Runtime, type TextTower } from '../../src/clip/towers';
import type { Precision } from '../../src/clip/weights/weights';
import { atImageSize } from '../../src/engine/image-size';
import { towersOn } from '../../src/engine/loaded-towers';
import { readTowers, type TowerSource } from '../../src/engine/model-source';
import { readCheckpointFolder } from '../../src/engine/checkpoint-folder';
import { bufferSource } from '../../src/formats/byte-source';
import type { Fixtures } from './fixtures';

/** A fixture's checkpoint with both towers open. */
export interface Model {
  readonly source: TowerSource;
  readonly image: ImageTower;
  readonly text: TextTower;
  release(): Promise<void>;
}

/** Opens the checkpoint in `folder` on `runtime`. @throws every checkpoint failure */
export async function openModel(
  fixtures: Fixtures,
  folder: string,
  runtime: Runtime,
  precision: Precision,
): Promise<Model> {
  const source = await readSource(fixtures, folder, precision);
  const towers = towersOn({ backend: runtime.provider.name, runtime, device: '' }, source, true);
  try {
    return { source, image: await towers.image(), text: await towers.text(), release: towers.release };
  } catch (error) {
    await towers.release();
    throw error;
  }
}

/** Opens only the image tower, at an image size other than the config's. @throws every checkpoint failure */
export async function openResizedImageTower(
  fixtures: Fixtures,
  folder: string,
  runtime: Runtime,
  precision: Precision,
  imageSize: readonly [height: number, width: number],
): Promise<ImageTower> {
  const { architecture, image } = await atImageSize(await readSource(fixtures, folder, precision), imageSize);
  return openImageTower(runtime, architecture.vision, image);
}

async function readSource(fixtures: Fixtures, folder: string, precision: Precision): Promise<TowerSource> {
  const checkpoint = await readCheckpointFolder({
    exists: (name) => fixtures.exists(`${folder}/${name}`),
    open: async (name) => bufferSource(await fixtures.bytes(`${folder}/${name}`)),
  });
  return readTowers({ id: folder, name: folder, precision }, checkpoint);
}
