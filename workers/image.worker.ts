/** Decodes, rotates upright, flattens onto white, resizes and crops pictures; one of a small pool. */
import { expose, transfer } from 'comlink';
import { Failure, failureName, messageOf, type FailureName } from '../src/core/failure';
import { shortDigest } from '../src/core/short-digest';
import { decodePicture } from '../src/image/decode';
import type { DecodedPicture } from '../src/image/decode';
import { preprocessSource } from '../src/image/preprocess';
import { thumbnailOf } from '../src/image/thumbnail';
import { readMetadata } from '../src/library/metadata';
import { SMALL_FILE } from '../src/library/records';
import type { ImageApi } from './api';
import { holdLifeLock } from './life-lock';

const api: ImageApi = {
  async prepare(file, settings, thumbnailEdge, drawn) {
    let picture: DecodedPicture | undefined;
    try {
      // Why read whole first: what the decoder then refuses is bad by its own bytes, not for a drive that went away.
      const bytes = await bytesOf(file);
      const copy = new Blob([bytes], { type: file.type });
      picture = await decodePicture(drawn ?? copy);
      const { width, height } = picture;
      const pixels = preprocessSource(picture, settings);
      const key = await shortDigest(bytes);
      const prepared = { ok: true, key, metadata: await readMetadata(bytes), pixels, width, height } as const;
      if (thumbnailEdge <= 0) return transfer(prepared, [pixels.buffer]);
      const isSmall = copy.size <= SMALL_FILE;
      const thumbnail = isSmall ? copy : await thumbnailOf(picture.bitmap, thumbnailEdge);
      return transfer({ ...prepared, thumbnail }, [pixels.buffer]);
    } catch (error) {
      return { ok: false, name: nameOf(error), message: messageOf(error) };
    } finally {
      picture?.close();
    }
  },
  keyOf: async (file) => shortDigest(await bytesOf(file)),
};

/** Memory that cannot be had is a RangeError in every browser; of what has no name, the picture is not to blame. */
function nameOf(error: unknown): FailureName {
  return error instanceof RangeError ? 'OutOfMemory' : (failureName(error) ?? 'FileUnreadable');
}

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
