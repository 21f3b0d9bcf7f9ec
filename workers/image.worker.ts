/** Decodes, turns upright, flattens over white, resizes and crops pictures; one of a small pool. */
import { expose, transfer } from 'comlink';
import { failureName, messageOf } from '../src/core/failure';
import { decodePicture } from '../src/image/decode';
import type { DecodedPicture } from '../src/image/decode';
import { preprocessSource } from '../src/image/preprocess';
import { thumbnailOf } from '../src/image/thumbnail';
import type { ImageApi } from './api';
import { holdLifeLock } from './life-lock';

const api: ImageApi = {
  async prepare(file, settings, thumbnailEdge) {
    let picture: DecodedPicture | undefined;
    try {
      picture = await decodePicture(file);
      const { width, height } = picture;
      const pixels = preprocessSource(picture, settings);
      const prepared = { ok: true, pixels, width, height } as const;
      if (thumbnailEdge <= 0) return transfer(prepared, [pixels.buffer]);
      const thumbnail = await thumbnailOf(picture.bitmap, thumbnailEdge);
      return transfer({ ...prepared, thumbnail }, [pixels.buffer]);
    } catch (error) {
      return { ok: false, name: failureName(error) ?? 'PictureUnreadable', message: messageOf(error) };
    } finally {
      picture?.close();
    }
  },
};

expose(api);
holdLifeLock();
