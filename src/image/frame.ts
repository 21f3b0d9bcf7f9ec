/** Decoded pixels on their way to the tower's device, which resizes them there. */
import type { PreprocessSettings } from '../core/preprocess-settings';
import type { Fit } from './geometry';
import { normalise, preprocessSource } from './preprocess';
import type { PixelSource } from './raster';
import { resizePlan } from './resize-plan';

/** The part of a decoded picture that a tower sees, and how it becomes the tower's input. */
export interface Frame {
  readonly fit: Fit;
  /** The pixels that the resize reads and no others: RGB and an ignored byte, `[rows, columns, 4]` of its plan. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * Pixels from which a picture is resized where it was decoded: 8 MiB. Several times what a tower needs of a photo, so
 * few photos reach it, and what waits for the tower stays within what a device has.
 */
const MOST_PIXELS = 2 ** 21;

/**
 * A picture as a frame; a large one is resized first.
 * @param source RGB and an ignored byte
 * @param fit made with the same settings
 */
export function frameOf(source: PixelSource, fit: Fit, settings: PreprocessSettings): Frame {
  const { columns, rows } = resizePlan(fit);
  const [width, height] = [columns.end - columns.first, rows.end - rows.first];
  if (width * height > MOST_PIXELS) return resizedFrame(preprocessSource(source, settings, fit), settings);
  const { data, offset, stride } = source.read(columns.first, rows.first, width, height);
  const rowBytes = width * 4;
  const packed = new Uint8Array(height * rowBytes);
  for (let y = 0; y < height; y++) {
    const from = offset + y * stride;
    packed.set(data.subarray(from, from + rowBytes), y * rowBytes);
  }
  return { fit, data: packed };
}

/** The tower's input of a frame, on the CPU: RGB bytes, `[height, width, 3]`. */
export function inputOf({ fit, data }: Frame, settings: PreprocessSettings): Uint8Array<ArrayBuffer> {
  const { columns, rows } = resizePlan(fit);
  const stride = (columns.end - columns.first) * 4;
  const source: PixelSource = {
    width: fit.horizontal.source,
    height: fit.vertical.source,
    channels: 4,
    read: (left, top) => ({ data, offset: (top - rows.first) * stride + (left - columns.first) * 4, stride }),
  };
  return preprocessSource(source, settings, fit);
}

/** The tower's input of frames, on the CPU: float32, `[frames, 3, height, width]`. */
export function normalisedInput(
  frames: readonly Frame[],
  settings: PreprocessSettings,
): Float32Array<ArrayBuffer> {
  const { size, mean, std } = settings;
  const each = 3 * size[0] * size[1];
  const floats = new Float32Array(frames.length * each);
  for (const [at, frame] of frames.entries()) {
    floats.set(normalise(inputOf(frame, settings), 1, ...size, mean, std), at * each);
  }
  return floats;
}

/** The tower's input, RGB bytes, as a frame that nothing is left to do with. */
export function resizedFrame(input: Uint8Array, { size: [height, width] }: PreprocessSettings): Frame {
  const data = new Uint8Array((input.length / 3) * 4);
  for (let from = 0, to = 0; from < input.length; from += 3, to += 4) {
    data[to] = input[from]!;
    data[to + 1] = input[from + 1]!;
    data[to + 2] = input[from + 2]!;
  }
  const fit: Fit = { horizontal: whole(width), vertical: whole(height), interpolation: 'bicubic' };
  return { fit, data };
}

function whole(size: number): Fit['horizontal'] {
  return { source: size, resized: size, start: 0, length: size, target: size, padding: 0 };
}
