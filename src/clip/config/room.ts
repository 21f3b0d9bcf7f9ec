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
export function requireInputRoom(what: string, input: TowerInput, room = WASM_BYTES): void {
  const bytes = inputBytes(input);
  if (bytes <= room) return;
  const [needed, there] = [bytes, room].map((each) => `${grouped(Math.ceil(each / 1e8) / 10)} GB`);
  throw new Failure(
    'ModelTooLarge',
    `${what} make ${grouped(input.tokens)} tokens in this model, which take ${needed!}; there is room for ${there!}.`,
  );
}
