/** The package's entry for Node. */
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { Failure, messageOf } from '../core/failure';
import { openEngine } from '../engine/engine';
import { nodePlatform } from '../engine/platform-node';
import { preprocess } from '../image/preprocess';
import type { Raster } from '../image/raster';
import { encodePictures } from './encode-pictures';
import { createModel, released, type Model, type PixelPicture } from './model';
import { readModelFolder } from './node-model';

export type * from './model';

/** A picture: the path of a file, the bytes of one, or pixels. Files are decoded by `sharp`, if it is installed. */
export type Picture = string | Uint8Array | PixelPicture;

/** The model's folder, as it is on the hub. */
export type Source = string;

export interface OpenOptions {
  /** wasm threads; default: one for each core. */
  readonly threads?: number;
}

/**
 * Opens an OpenCLIP checkpoint, or one in transformers' form: a folder with `open_clip_config.json`,
 * `open_clip_model.safetensors` and `tokenizer.json`. It runs on wasm, in full precision.
 * @throws FileUnreadable; what a checkpoint may lack: WeightsIncomplete, UnsupportedSetting, TokenizerUnsupported …
 * @example
 * import { openModel } from 'clipscope';
 * const model = await openModel('models/ViT-B-32');
 * console.log(await model.classify(['cat.jpg'], ['cat', 'dog']));
 */
export async function openModel(
  source: Source,
  { threads = os.availableParallelism() }: OpenOptions = {},
): Promise<Model<Picture>> {
  const read = await readModelFolder(source);
  const engine = await openEngine(read, { backend: 'wasm', arithmetic: 'fp32' }, nodePlatform(threads));
  const settings = read.architecture.preprocess;
  const { logitScale, logitBias } = read;
  const dim = read.architecture.vision.outputDim;
  let isOpen = true;
  return createModel<Picture>({
    dim,
    logitScale,
    logitBias,
    runsOn: engine.runsOn,
    async encodeImages(pictures) {
      if (!isOpen) throw released();
      return encodePictures(engine, settings, dim, pictures, async (picture) =>
        preprocess(await rasterOf(picture), settings),
      );
    },
    async encodeTexts(texts) {
      if (!isOpen) throw released();
      return engine.encodeTexts(texts);
    },
    release() {
      isOpen = false;
      return engine.release();
    },
  });
}

async function rasterOf(picture: Picture): Promise<Raster> {
  if (typeof picture === 'object' && 'width' in picture)
    return { ...picture, channels: 4, kind: 'transparent' };
  const bytes = typeof picture === 'string' ? await bytesOf(picture) : picture;
  const { decodeFile } = await decoder();
  try {
    return await decodeFile(bytes, { isUpright: true });
  } catch (error) {
    throw new Failure('PictureUnreadable', messageOf(error), { cause: error });
  }
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Failure('FileUnreadable', messageOf(error), { cause: error });
  }
}

/** Why only when a file is given: whoever has pixels needs no `sharp`. */
async function decoder() {
  try {
    return await import('./node-picture');
  } catch (error) {
    throw new Failure(
      'PictureUnreadable',
      `Node decodes no pictures by itself: npm install sharp, or give pixels. (${messageOf(error)})`,
      { cause: error },
    );
  }
}
