import { setTimeout as delay } from 'node:timers/promises';

/**
 * What goes wrong with an answer. A fault passes over what it cannot spoil: an answer without a body (`cut`,
 * `corrupt`, `slow`, `hold`), one not longer than `after`, a range without the byte `at`, an answer that is no file's
 * or to a request without a range (`ignore-range`, `wrong-length`). Only `no-cors` and `refuse` spoil a preflight.
 */
export type Fault =
  /** Sends `after` bytes of the answer's body, then destroys the socket. */
  | { kind: 'cut'; after: number }
  /** Flips the lowest bit of the file's byte at the offset `at` from its start, whatever range is asked for. */
  | { kind: 'corrupt'; at: number }
  | { kind: 'slow'; bytesPerSecond: number }
  /** Sends `after` bytes of the answer's body, then waits for `release()`. */
  | { kind: 'hold'; after: number }
  /** Answers so, with an error as JSON. `retryAfter` in seconds. */
  | { kind: 'status'; status: number; retryAfter?: number }
  /** Answers 200 and the whole file. */
  | { kind: 'ignore-range' }
  /** Says in Content-Range that the file is longer by so many bytes. */
  | { kind: 'wrong-length'; by: number }
  /** Leaves out every Access-Control header. */
  | { kind: 'no-cors' }
  /** Destroys the socket at once. */
  | { kind: 'refuse' };

export interface FaultHandle {
  /** How many answers it has spoilt. */
  readonly hits: number;
  /** Lets go at full speed what it holds or slows, and ends it. */
  release(): void;
  /** Spoils no further answer; what it holds stays held until `release()`. */
  end(): void;
}

/** What an answer is, as far as faults care. */
export interface Spoilable {
  readonly preflight: boolean;
  /** Whether a range of a file was asked for, one that cannot be had included. */
  readonly ranged: boolean;
  /** Bytes of body that are to be sent. */
  readonly length: number;
  /** Offset in the file of the body's first byte; undefined where the body is no file's. */
  readonly start: number | undefined;
}

/** A fault picked for an answer. */
export interface Picked {
  readonly fault: Fault;
  /** Resolves on `release()`. */
  readonly released: Promise<void>;
}

export interface Faults {
  add(match: RegExp, fault: Fault, times: number): FaultHandle;
  /** The first fault that spoils the answer to a request for `path`; this counts it. */
  pick(path: string, answer: Spoilable): Picked | undefined;
}

interface Rule extends Picked {
  readonly match: RegExp;
  readonly times: number;
  hits: number;
}

export function createFaults(): Faults {
  let rules: Rule[] = [];
  const end = (rule: Rule): void => {
    rules = rules.filter((other) => other !== rule);
  };
  return {
    add(pattern, fault, times) {
      let letGo = (): void => {};
      const released = new Promise<void>((resolve) => (letGo = resolve));
      // Without the flags by which a pattern remembers where it last matched.
      const match = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
      const rule: Rule = { match, fault, released, times, hits: 0 };
      if (times > 0) rules.push(rule);
      return {
        get hits() {
          return rule.hits;
        },
        release() {
          end(rule);
          letGo();
        },
        end: () => end(rule),
      };
    },
    pick(path, answer) {
      const rule = rules.find(({ match, fault }) => match.test(path) && spoils(fault, answer));
      if (rule && ++rule.hits >= rule.times) end(rule);
      return rule;
    },
  };
}

function spoils(fault: Fault, { preflight, ranged, length, start }: Spoilable): boolean {
  switch (fault.kind) {
    case 'refuse':
    case 'no-cors':
      return true;
    case 'status':
      return !preflight;
    case 'ignore-range':
    case 'wrong-length':
      return ranged;
    case 'cut':
    case 'hold':
      return fault.after < length;
    case 'slow':
      return length > 0;
    case 'corrupt':
      return start !== undefined && fault.at >= start && fault.at < start + length;
  }
}

/**
 * The body as the fault leaves it.
 *
 * @param start offset of the body's first byte in the file
 * @param until resolves when there is no more reason to wait: the fault let go, or nobody listens any more
 */
export function spoil(
  body: AsyncIterable<Buffer>,
  fault: Fault | undefined,
  start: number,
  until: Promise<void>,
): AsyncIterable<Buffer> {
  switch (fault?.kind) {
    case 'cut':
      return first(body, fault.after);
    case 'corrupt':
      return corrupted(body, fault.at - start);
    case 'slow':
      return slowed(body, fault.bytesPerSecond, until);
    case 'hold':
      return held(body, fault.after, until);
    default:
      return body;
  }
}

async function* first(body: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  if (count === 0) return;
  let left = count;
  for await (const chunk of body) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}

async function* corrupted(body: AsyncIterable<Buffer>, at: number): AsyncGenerator<Buffer> {
  let offset = 0;
  for await (const chunk of body) {
    const here = at - offset;
    if (here >= 0 && here < chunk.length) chunk[here]! ^= 1;
    offset += chunk.length;
    yield chunk;
  }
}

async function* held(
  body: AsyncIterable<Buffer>,
  count: number,
  until: Promise<void>,
): AsyncGenerator<Buffer> {
  let left = count;
  for await (const chunk of body) {
    if (left >= 0 && left < chunk.length) {
      if (left > 0) yield chunk.subarray(0, left);
      await until;
      yield chunk.subarray(left);
      left = -1;
    } else {
      yield chunk;
      left -= chunk.length;
    }
  }
}

async function* slowed(
  body: AsyncIterable<Buffer>,
  bytesPerSecond: number,
  until: Promise<void>,
): AsyncGenerator<Buffer> {
  const step = Math.max(1, Math.round(bytesPerSecond / 20));
  const wait = (step / bytesPerSecond) * 1000;
  let over = false;
  void until.then(() => (over = true));
  for await (const chunk of body) {
    let at = 0;
    for (; at < chunk.length && !over; at += step) {
      yield chunk.subarray(at, at + step);
      await Promise.race([until, delay(wait, undefined, { ref: false })]);
    }
    if (at < chunk.length) yield chunk.subarray(at);
  }
}
