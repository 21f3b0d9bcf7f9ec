import { grouped } from '../core/digits';

/**
 * A parsed document. Objects are Maps, so that no name (`__proto__`) is special. A plain integer from 0 to 2^53 - 1 is
 * a number; any other number is kept as its literal, since a double could lose its value or notation.
 */
export type JsonValue =
  null | boolean | string | number | OtherNumber | readonly JsonValue[] | ReadonlyMap<string, JsonValue>;

/** A number that is negative, fractional, in exponent form or too large to be exact: `-1`, `1.0`, `1e3`. */
export interface OtherNumber {
  readonly literal: string;
}

/** The limit of `serde_json`, the official reader of safetensors headers. */
const MAX_DEPTH = 128;

/** Longer numbers are rejected; 2^64 has 20 digits. */
const MAX_NUMBER_CHARACTERS = 100;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const WHOLE = /^(?:0|[1-9]\d*)$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

// Why not JSON.parse: it silently keeps the last of two entries with the same name, and it rounds large numbers. Either
// would let a header mean different things to different readers.

/**
 * Parses `text` as JSON (RFC 8259), in linear time and with bounded stack. Stricter than JSON.parse: a name may appear
 * only once in an object, and strings must be well-formed Unicode.
 * @throws SyntaxError whose message is a clause without a full stop, with the character position
 */
export function parseStrictJson(text: string): JsonValue {
  const reader = new JsonReader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

/** `text` quoted, shortened, with control characters escaped, for use in messages. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

/** The type of `value`, with an article: "a string", "the number 1.5". */
export function describe(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return `the number ${grouped(value)}`;
  if (typeof value === 'string') return `the string ${quoted(value)}`;
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'an array';
  return value instanceof Map ? 'an object' : `the number ${(value as OtherNumber).literal}`;
}

class JsonReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  value(depth: number): JsonValue {
    this.skipSpace();
    const first = this.text.charAt(this.at);
    if (first === '"') return this.string();
    if (first === '-' || isDigit(first)) return this.number();
    if (first === '{' || first === '[') {
      if (depth >= MAX_DEPTH) throw this.error(`nested deeper than ${MAX_DEPTH} levels`);
      this.at += 1;
      return first === '{' ? this.object(depth + 1) : this.array(depth + 1);
    }
    if (this.take('null')) return null;
    if (this.take('true')) return true;
    if (this.take('false')) return false;
    throw this.unexpected('a value');
  }

  end(): void {
    this.skipSpace();
    if (this.at < this.text.length) throw this.unexpected('the end');
  }

  private object(depth: number): ReadonlyMap<string, JsonValue> {
    const entries = new Map<string, JsonValue>();
    this.skipSpace();
    if (this.take('}')) return entries;
    for (;;) {
      this.skipSpace();
      if (this.text.charAt(this.at) !== '"') throw this.unexpected('a name in quotes');
      const start = this.at;
      const name = this.string();
      if (entries.has(name)) throw this.error(`the name ${quoted(name)} appears twice`, start);
      this.skipSpace();
      if (!this.take(':')) throw this.unexpected('":"');
      entries.set(name, this.value(depth));
      this.skipSpace();
      if (this.take('}')) return entries;
      if (!this.take(',')) throw this.unexpected('"," or "}"');
    }
  }

  private array(depth: number): readonly JsonValue[] {
    const values: JsonValue[] = [];
    this.skipSpace();
    if (this.take(']')) return values;
    for (;;) {
      values.push(this.value(depth));
      this.skipSpace();
      if (this.take(']')) return values;
      if (!this.take(',')) throw this.unexpected('"," or "]"');
    }
  }

  private string(): string {
    const start = this.at;
    let escaped = false;
    let end = start + 1;
    for (; ; end += 1) {
      if (end >= this.text.length) throw this.error('a string without its closing quote', start);
      const code = this.text.charCodeAt(end);
      if (code === 0x22) break;
      if (code < 0x20) throw this.error('a control character in a string', end);
      if (code === 0x5c) {
        escaped = true;
        end += 1;
      }
    }
    this.at = end + 1;
    if (!escaped) return this.text.slice(start + 1, end);
    const value = this.unescape(start);
    if (LONE_SURROGATE.test(value)) throw this.error('half of a surrogate pair in a string', start);
    return value;
  }

  private unescape(start: number): string {
    try {
      return JSON.parse(this.text.slice(start, this.at)) as string;
    } catch {
      throw this.error('a backslash in a string that escapes nothing', start);
    }
  }

  private number(): number | OtherNumber {
    const start = this.at;
    while (isNumberCharacter(this.text.charAt(this.at))) this.at += 1;
    const length = this.at - start;
    if (length > MAX_NUMBER_CHARACTERS) throw this.error(`a number of ${grouped(length)} characters`, start);
    const literal = this.text.slice(start, this.at);
    if (!NUMBER.test(literal)) throw this.error(`${quoted(literal)} is not a number`, start);
    const value = Number(literal);
    return WHOLE.test(literal) && Number.isSafeInteger(value) ? value : { literal };
  }

  private skipSpace(): void {
    while (this.at < this.text.length && ' \t\n\r'.includes(this.text.charAt(this.at))) this.at += 1;
  }

  private take(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  private unexpected(expected: string): SyntaxError {
    const found = this.at < this.text.length ? quoted(this.text.charAt(this.at)) : 'the end';
    return this.error(`expected ${expected}, found ${found}`);
  }

  private error(problem: string, at = this.at): SyntaxError {
    return new SyntaxError(`${problem}, at character ${grouped(at)}`);
  }
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

function isNumberCharacter(character: string): boolean {
  return isDigit(character) || (character !== '' && '+-.eE'.includes(character));
}
