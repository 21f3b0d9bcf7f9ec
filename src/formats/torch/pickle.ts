import { grouped } from '../../core/digits';
import { OP } from './pickle-opcodes';

/** What a pickle may hold. A tuple is a list here; a dictionary keeps its order. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  | PickleObject;

/** A class or function that a pickle names, and what stands for a call of it. Nothing else is ever called. */
export interface PickleGlobal {
  readonly global: string;
  readonly call?: (given: readonly PickleValue[]) => PickleValue;
}

/** What the reader of a particular kind of pickle makes of a call or of a persistent id. */
export interface PickleObject {
  readonly kind: string;
}

export interface PickleNames {
  /** What stands for a name such as `collections.OrderedDict`. @throws for a name that it does not know */
  global(name: string): PickleGlobal;
  /** What a persistent id refers to. */
  persistent(id: PickleValue): PickleValue;
}

export interface Unpickled {
  readonly value: PickleValue;
  /** Position after the pickle's end. */
  readonly end: number;
}

/** Lists, dictionaries and marks: far above what a checkpoint has, which is some ten a tensor. */
const MOST_CONTAINERS = 2 ** 20;

/** Whole numbers of more bytes hold no size, offset or count. */
const MOST_LONG_BYTES = 64;

/** A pickle that is cut short, damaged, or uses what weights do not need. */
export class PickleError extends Error {}

/**
 * Reads the pickle of protocol 2 to 5 that begins at `start`, and executes nothing: a name becomes what `names` says
 * or is refused, and a call becomes that of the object which stands for it. Memory is in proportion to the bytes, for
 * nothing is copied and nothing nested is walked through.
 * @throws PickleError, and what `names` throws
 */
export function readPickle(bytes: Uint8Array, names: PickleNames, start = 0): Unpickled {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  let stack: PickleValue[] = [];
  const marks: PickleValue[][] = [];
  const memo = new Map<number, PickleValue>();

  let containers = 0;
  const held = <T>(container: T): T => {
    if (++containers > MOST_CONTAINERS)
      throw new PickleError(`It has more than ${grouped(MOST_CONTAINERS)} lists and dictionaries.`);
    return container;
  };
  const take = (count: number): number => {
    if (count > bytes.length - at) throw new PickleError(`It is cut short at byte ${grouped(bytes.length)}.`);
    at += count;
    return at - count;
  };
  const length8 = (): number => {
    const length = view.getBigUint64(take(8), true);
    if (length > BigInt(bytes.length))
      throw new PickleError(`It is cut short at byte ${grouped(bytes.length)}.`);
    return Number(length);
  };
  const raw = (length: number): Uint8Array => bytes.subarray(take(length), at);
  const text = (length: number): string => new TextDecoder().decode(raw(length));
  const line = (): string => {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) throw new PickleError('It is cut short in a name.');
    const name = text(end - at);
    at++;
    return name;
  };
  const pop = (): PickleValue => {
    const value = stack.pop();
    if (value === undefined) throw new PickleError(`Nothing is there to take at byte ${grouped(at)}.`);
    return value;
  };
  const popMark = (): PickleValue[] => {
    const items = stack;
    const below = marks.pop();
    if (below === undefined) throw new PickleError(`A mark is missing at byte ${grouped(at)}.`);
    stack = below;
    return items;
  };
  const top = (): PickleValue => {
    const value = stack.at(-1);
    if (value === undefined) throw new PickleError(`Nothing is there to change at byte ${grouped(at)}.`);
    return value;
  };
  const put = (key: number): void => void memo.set(key, top());
  const get = (key: number): void => {
    const value = memo.get(key);
    if (value === undefined)
      throw new PickleError(`It refers to number ${grouped(key)}, which it does not have.`);
    stack.push(value);
  };
  const tuple = (count: number): void => void stack.push(held(Array.from({ length: count }, pop).reverse()));
  const add = (items: readonly PickleValue[]): void => {
    const list = top();
    if (!Array.isArray(list)) throw new PickleError(`What is appended to at byte ${grouped(at)} is no list.`);
    for (const item of items) list.push(item);
  };
  const set = (items: readonly PickleValue[]): void => {
    const map = top();
    if (!(map instanceof Map))
      throw new PickleError(`What is set in at byte ${grouped(at)} is no dictionary.`);
    if (items.length % 2 !== 0) throw new PickleError(`A key has no value at byte ${grouped(at)}.`);
    for (let one = 0; one < items.length; one += 2) map.set(items[one] ?? null, items[one + 1] ?? null);
  };
  const call = (): void => {
    const given = pop();
    const callee = pop();
    if (!Array.isArray(given) || !isGlobal(callee))
      throw new PickleError(`What is called at byte ${grouped(at)} is nothing to call.`);
    if (callee.call === undefined)
      throw new PickleError(`${callee.global} is called, which makes no part of weights.`);
    stack.push(held(callee.call(given)));
  };

  for (;;) {
    const op = view.getUint8(take(1));
    switch (op) {
      case OP.PROTO: {
        const version = view.getUint8(take(1));
        if (version < 2 || version > 5)
          throw new PickleError(`It is of protocol ${version}; 2 to 5 are read.`);
        break;
      }
      case OP.FRAME:
        take(8);
        break;
      case OP.STOP:
        return { value: pop(), end: at };
      case OP.MARK:
        marks.push(stack);
        stack = held([]);
        break;
      case OP.POP:
        if (stack.length > 0) stack.pop();
        else popMark();
        break;
      case OP.POP_MARK:
        popMark();
        break;
      case OP.DUP:
        stack.push(top());
        break;
      case OP.NONE:
        stack.push(null);
        break;
      case OP.NEWTRUE:
        stack.push(true);
        break;
      case OP.NEWFALSE:
        stack.push(false);
        break;
      case OP.BININT:
        stack.push(view.getInt32(take(4), true));
        break;
      case OP.BININT1:
        stack.push(view.getUint8(take(1)));
        break;
      case OP.BININT2:
        stack.push(view.getUint16(take(2), true));
        break;
      case OP.LONG1:
        stack.push(whole(raw(view.getUint8(take(1)))));
        break;
      case OP.LONG4:
        stack.push(whole(raw(view.getUint32(take(4), true))));
        break;
      case OP.BINFLOAT:
        stack.push(view.getFloat64(take(8)));
        break;
      case OP.BINUNICODE:
      case OP.BINSTRING:
        stack.push(text(view.getUint32(take(4), true)));
        break;
      case OP.SHORT_BINUNICODE:
      case OP.SHORT_BINSTRING:
        stack.push(text(view.getUint8(take(1))));
        break;
      case OP.BINUNICODE8:
        stack.push(text(length8()));
        break;
      case OP.BINBYTES:
        stack.push(raw(view.getUint32(take(4), true)));
        break;
      case OP.SHORT_BINBYTES:
        stack.push(raw(view.getUint8(take(1))));
        break;
      case OP.BINBYTES8:
        stack.push(raw(length8()));
        break;
      case OP.EMPTY_LIST:
      case OP.EMPTY_TUPLE:
      case OP.EMPTY_SET:
        stack.push(held([]));
        break;
      case OP.EMPTY_DICT:
        stack.push(held(new Map()));
        break;
      case OP.TUPLE: {
        // Not in one line: the stack is another afterwards.
        const items = popMark();
        stack.push(items);
        break;
      }
      case OP.TUPLE1:
        tuple(1);
        break;
      case OP.TUPLE2:
        tuple(2);
        break;
      case OP.TUPLE3:
        tuple(3);
        break;
      case OP.APPEND:
        add([pop()]);
        break;
      case OP.APPENDS:
      case OP.ADDITEMS:
        add(popMark());
        break;
      case OP.SETITEM: {
        const value = pop();
        set([pop(), value]);
        break;
      }
      case OP.SETITEMS:
        set(popMark());
        break;
      case OP.BINPUT:
        put(view.getUint8(take(1)));
        break;
      case OP.LONG_BINPUT:
        put(view.getUint32(take(4), true));
        break;
      case OP.MEMOIZE:
        put(memo.size);
        break;
      case OP.BINGET:
        get(view.getUint8(take(1)));
        break;
      case OP.LONG_BINGET:
        get(view.getUint32(take(4), true));
        break;
      case OP.GLOBAL: {
        const module = line();
        stack.push(names.global(`${module}.${line()}`));
        break;
      }
      case OP.STACK_GLOBAL: {
        const [name, module] = [pop(), pop()];
        if (typeof name !== 'string' || typeof module !== 'string')
          throw new PickleError(`A name is no text at byte ${grouped(at)}.`);
        stack.push(names.global(`${module}.${name}`));
        break;
      }
      case OP.BINPERSID:
        stack.push(names.persistent(pop()));
        break;
      case OP.REDUCE:
      case OP.NEWOBJ:
        call();
        break;
      case OP.BUILD:
        // Attributes, such as the `_metadata` of a state_dict: no part of the weights.
        pop();
        break;
      default:
        throw new PickleError(
          `It has the opcode 0x${op.toString(16).padStart(2, '0')} at byte ${grouped(at - 1)}.`,
        );
    }
  }
}

export function isGlobal(value: PickleValue): value is PickleGlobal {
  return typeof value === 'object' && value !== null && 'global' in value;
}

/** A whole number in two's complement, little-endian. */
function whole(bytes: Uint8Array): number | bigint {
  if (bytes.length > MOST_LONG_BYTES)
    throw new PickleError(
      `It has a number of ${grouped(bytes.length)} bytes; at most ${MOST_LONG_BYTES} are read.`,
    );
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  const signed = BigInt.asIntN(8 * bytes.length, value);
  const narrow = Number(signed);
  return Number.isSafeInteger(narrow) ? narrow : signed;
}
