/** Decodes, rotates upright, flattens, resizes and crops pictures; one of a small pool. */
import { expose, transfer } from 'comlink';
import type { Decoding } from '../src/core/decoding';
import type { PreprocessSettings } from '../src/core/preprocess-settings';
import { Failure, failureName, messageOf, type FailureName } from '../src/core/failure';
import { shortDigest } from '../src/core/short-digest';
import { announceTimeLimits } from '../src/core/time-limit';
import { bitmapPicture } from '../src/image/bitmap-picture';
import { decodePicture } from '../src/image/decode';
import { fileKind } from '../src/image/file-kind';
import { frameOf } from '../src/image/frame';
import { fitFrame, type Fit } from '../src/image/geometry';
import { WHITE } from '../src/image/ground';
import { neededScale } from '../src/image/needed-scale';
import type { DecodedPicture } from '../src/image/picture';
import { preprocessSource } from '../src/image/preprocess';
import { partOf } from '../src/image/raster';
import { thumbnailOf } from '../src/image/thumbnail';
import { readMetadata } from '../src/library/metadata';
import { SMALL_FILE } from '../src/library/records';
import type { ImageApi, Prepared } from './api';
import { Drawings } from './image/drawings';
import { holdLifeLock } from './life-lock';

const drawings = new Drawings();

/** What was never a file: it is as it is shown. */
const SHOWN = { plain: [], coloured: [], orientation: 1, isShownUpright: true, hasOtherColours: false };

const api: ImageApi = {
  prepare: (file, settings, ...how) =>
    prepared(file, settings, how, (picture, fit) => {
      const pixels = preprocessSource(picture, settings, fit);
      return [{ pixels }, pixels.buffer];
    }),
  prepareFrame: (file, settings, ...how) =>
    prepared(file, settings, how, (picture, fit) => {
      const frame = frameOf(picture, fit, settings);
      return [{ frame }, frame.data.buffer];
    }),
  async prepareSample(file, settings, box) {
    let picture: DecodedPicture | undefined;
    try {
      picture = await decodePicture(await bytesOf(file), { isTurned: false });
      const pixels = preprocessSource(box ? partOf(picture, box) : picture, settings);
      return transfer({ ok: true, pixels } as const, [pixels.buffer]);
    } catch (error) {
      return { ok: false, name: nameOf(error), message: messageOf(error) };
    } finally {
      picture?.close();
    }
  },
  async prepareBitmap(bitmap, settings) {
    const picture = bitmapPicture(bitmap, SHOWN, WHITE);
    try {
      const pixels = preprocessSource(picture, settings);
      return transfer({ ok: true, pixels } as const, [pixels.buffer]);
    } catch (error) {
      return { ok: false, name: nameOf(error), message: messageOf(error) };
    } finally {
      picture.close();
    }
  },
  keyOf: async (file) => shortDigest((await bytesOf(file)).buffer),
  async shown(file) {
    const bytes = await bytesOf(file);
    if (fileKind(bytes).isDrawing) return new Blob([await drawings.draw(bytes)], { type: 'image/png' });
    const picture = await decodePicture(bytes);
    try {
      if (picture.isShownAlike) return file;
      const whole = await picture.scaled(picture.width, picture.height);
      return await whole.convertToBlob({ type: 'image/png' });
    } finally {
      picture.close();
    }
  },
};

/** @param make what is made of the picture for a tower, and its bytes, which are given away */
async function prepared<Made>(
  file: Blob,
  settings: PreprocessSettings,
  [thumbnailEdge, decoding = 'exact']: readonly [thumbnailEdge: number, decoding?: Decoding | undefined],
  make: (picture: DecodedPicture, fit: Fit) => readonly [made: Made, bytes: ArrayBuffer],
): Promise<Prepared<Made>> {
  let picture: DecodedPicture | undefined;
  try {
    // Why read whole first: what the decoder then refuses is bad by its own bytes, not for a drive that went away.
    const bytes = await bytesOf(file);
    const isDrawing = fileKind(bytes).isDrawing === true;
    const mayBeOwn = bytes.length <= SMALL_FILE && !isDrawing;
    picture = await decodePicture(isDrawing ? await drawings.draw(bytes) : bytes, {
      ...(decoding === 'scaled' && {
        needed: ({ isShownAlike, ...size }) =>
          neededScale(size, settings, mayBeOwn && isShownAlike ? 0 : thumbnailEdge),
      }),
    });
    const [made, buffer] = make(picture, fitFrame(picture, settings));
    const key = await shortDigest(bytes.buffer);
    const metadata = await readMetadata(bytes.buffer);
    const how = picture.isScaled ? 'scaled' : 'exact';
    const answer = { ...made, ok: true, key, metadata, ...picture.full, decoding: how } as const;
    if (thumbnailEdge <= 0) return transfer(answer, [buffer]);
    const thumbnail =
      mayBeOwn && picture.isShownAlike
        ? new Blob([bytes], { type: file.type })
        : await thumbnailOf(picture, thumbnailEdge);
    return transfer({ ...answer, thumbnail }, [buffer]);
  } catch (error) {
    return { ok: false, name: nameOf(error), message: messageOf(error) };
  } finally {
    picture?.close();
  }
}

/** Memory that cannot be had is a RangeError in every browser; of what has no name, the picture is not to blame. */
function nameOf(error: unknown): FailureName {
  return error instanceof RangeError ? 'OutOfMemory' : (failureName(error) ?? 'FileUnreadable');
}

/** @throws FileUnreadable */
async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new Failure('FileUnreadable', `the file cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

expose(api);
holdLifeLock();
announceTimeLimits((limit) => self.postMessage(limit));
