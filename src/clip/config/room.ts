import { grouped } from '../../core/digits';
import { Failure } from '../../core/failure';

/** Usable bytes of wasm32's 4 GiB address space; 32 bits address no more, and the heap is always fragmented. */
export const WASM_BYTES = 3.5 * 2 ** 30;

/** What decides how much memory one input of a tower takes. */
export interface TowerInput {
  /** Tokens of a sequence. */
  readonly tokens: number;
  readonly width: number;
  readonly heads: number;
  readonly mlpWidth: number;
  /** Of a picture, 0 for a text. */
  readonly pixels: number;
}

/**
 * Bytes that a tower needs for one input besides its weights, in fp32: the picture as given and cut into patches; each
 * head's attention of every token to every other, before and after the softmax; and the widest row of tokens.
 */
export function inputBytes({ tokens, width, heads, mlpWidth, pixels }: TowerInput): number {
  const picture = 2 * 3 * pixels;
  const attention = 2 * heads * tokens ** 2;
  const row = tokens * (4 * width + 2 * mlpWidth);
  return 4 * (picture + attention + row);
}

/**
 * @param what the subject of the message: "Pictures of 20,000 x 20,000 pixels"
 * @param room bytes
 * @throws ModelTooLarge with both numbers if one input takes more than `room`
 */
export function requireInputRoom(what: string, input: TowerInput, room?: number): void {
  requireRoom(`${what} make ${grouped(input.tokens)} tokens in this model, which`, inputBytes(input), room);
}

/** A feature map: a convolution's input or output. */
export interface FeatureMap {
  readonly channels: number;
  /** Rows and columns. */
  readonly size: readonly [down: number, across: number];
  /** Side of the kernel that reads it; default 1. */
  readonly kernel?: number;
}

/**
 * @param maps of a tower of convolutions for one picture
 * @throws ModelTooLarge if the largest, which stands beside the one before it and laid out for its kernel, takes more
 *   than `room`
 */
export function requireMapRoom(
  imageSize: readonly [height: number, width: number],
  maps: readonly FeatureMap[],
  room?: number,
): void {
  const numbers = maps.map(({ channels, size, kernel = 1 }) => {
    // onnxruntime lays out the channels of a depthwise kernel one at a time; 2 more are the map itself and its sum.
    return size[0] * size[1] * (3 * channels + kernel ** 2);
  });
  const size = imageSize.map((edge) => grouped(edge)).join(' x ');
  const bytes = 4 * (2 * 3 * imageSize[0] * imageSize[1] + Math.max(...numbers));
  requireRoom(`Pictures of ${size} pixels`, bytes, room);
}

function requireRoom(what: string, bytes: number, room = WASM_BYTES): void {
  if (bytes <= room) return;
  const [needed, there] = [bytes, room].map((each) => `${grouped(Math.ceil(each / 1e8) / 10)} GB`);
  throw new Failure('ModelTooLarge', `${what} take ${needed!}; there is room for ${there!}.`);
}
