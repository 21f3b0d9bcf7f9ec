/** Decodes, rotates upright, flattens onto white, resizes and crops pictures; one of a small pool. */
import { expose, transfer } from 'comlink';
import { Failure, failureName, messageOf } from '../src/core/failure';
import { shortDigest } from '../src/core/short-digest';
import { decodePicture } from '../src/image/decode';
import type { DecodedPicture } from '../src/image/decode';
import { preprocessSource } from '../src/image/preprocess';
import { thumbnailOf } from '../src/image/thumbnail';
import { readMetadata } from '../src/library/metadata';
import type { ImageApi } from './api';
import { holdLifeLock } from './life-lock';

const api: ImageApi = {
  async prepare(file, settings, thumbnailEdge, drawn = file) {
    let picture: DecodedPicture | undefined;
    try {
      picture = await decodePicture(drawn);
      const { width, height } = picture;
      const pixels = preprocessSource(picture, settings);
      const bytes = await bytesOf(file);
      const key = await shortDigest(bytes);
      const prepared = { ok: true, key, metadata: await readMetadata(bytes), pixels, width, height } as const;
      if (thumbnailEdge <= 0) return transfer(prepared, [pixels.buffer]);
      const thumbnail = await thumbnailOf(picture.bitmap, thumbnailEdge);
      return transfer({ ...prepared, thumbnail }, [pixels.buffer]);
    } catch (error) {
      return { ok: false, name: failureName(error) ?? 'PictureUnreadable', message: messageOf(error) };
    } finally {
      picture?.close();
    }
  },
  keyOf: async (file) => shortDigest(await bytesOf(file)),
};

/** @throws FileUnreadable */
async function bytesOf(file: Blob): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer();
  } catch (error) {
    throw new Failure('FileUnreadable', `the file cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

expose(api);
holdLifeLock();
