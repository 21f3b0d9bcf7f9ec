import { Failure } from '../../core/failure';

/**
 * One object of `open_clip_config.json`, read key by key. Keys never read are rejected by `finish`, so that no setting
 * is silently ignored. A null counts as absent, as in OpenCLIP's own configs.
 */
export class Settings {
  readonly #path: string;
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #nulls: ReadonlySet<string>;
  readonly #asked = new Set<string>();

  /** @throws ConfigUnreadable if `value` is not an object */
  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Failure('ConfigUnreadable', `${path} is ${show(value)}, expected an object.`);
    }
    this.#path = path;
    const entries = Object.entries(value);
    this.#values = new Map(entries.filter(([, entry]) => entry !== null));
    this.#nulls = new Set(entries.filter(([, entry]) => entry === null).map(([key]) => key));
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** Whether a setting is null, for the few of which OpenCLIP makes something else than of one that is absent. */
  isNull(key: string): boolean {
    return this.#nulls.has(key);
  }

  /** The unchecked value, or undefined. */
  raw(key: string): unknown {
    this.#asked.add(key);
    return this.#values.get(key);
  }

  /** An integer from `least` to `most`. @throws ConfigUnreadable */
  integer(key: string, fallback?: number, least = 1, most = 2 ** 31 - 1): number {
    const value = this.raw(key) ?? fallback;
    if (!isInteger(value, least, most)) throw this.#wrong(key, `a whole number from ${least} to ${most}`);
    return value;
  }

  /** A finite number greater than 0. @throws ConfigUnreadable */
  positive(key: string, fallback?: number): number {
    const value = this.raw(key) ?? fallback;
    if (!isPositive(value)) throw this.#wrong(key, 'a number above 0');
    return value;
  }

  /** @throws ConfigUnreadable */
  flag(key: string, fallback = false): boolean {
    const value = this.raw(key) ?? fallback;
    if (typeof value !== 'boolean') throw this.#wrong(key, 'true or false');
    return value;
  }

  /** One of `choices`; the first is the default. @throws UnsupportedSetting */
  choice<const T extends string>(key: string, choices: readonly [T, ...T[]]): T {
    const value = this.raw(key) ?? choices[0];
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw this.refusal(key, `Clipscope runs ${choices.join(', ')}`);
    return found;
  }

  /** A string; undefined if empty, which OpenCLIP treats as absent. @throws ConfigUnreadable */
  name(key: string): string | undefined {
    const value = this.raw(key);
    if (value === undefined || value === '') return undefined;
    if (typeof value !== 'string') throw this.#wrong(key, 'a text');
    return value;
  }

  /** `n` or `[height, width]`, in pixels. @throws ConfigUnreadable */
  pair(key: string, fallback?: number): readonly [height: number, width: number] {
    const value = this.raw(key) ?? fallback;
    if (isInteger(value)) return [value, value];
    if (Array.isArray(value) && value.length === 2) {
      const [height, width] = value as unknown[];
      if (isInteger(height) && isInteger(width)) return [height, width];
    }
    throw this.#wrong(key, 'a whole number or [height, width]');
  }

  /** `count` integers from `least` to `most`. @throws ConfigUnreadable */
  integers(key: string, count: number, fallback: readonly number[], least = 1, most = 2 ** 31 - 1): number[] {
    const is = (one: unknown): one is number => isInteger(one, least, most);
    return this.#list(key, count, fallback, is, `whole numbers from ${least} to ${most}`);
  }

  /** `count` finite numbers greater than 0. @throws ConfigUnreadable */
  positives(key: string, count: number, fallback: readonly number[]): number[] {
    return this.#list(key, count, fallback, isPositive, 'numbers above 0');
  }

  /** `count` times true or false. @throws ConfigUnreadable */
  flags(key: string, count: number, fallback: readonly boolean[]): boolean[] {
    const is = (one: unknown): one is boolean => typeof one === 'boolean';
    return this.#list(key, count, fallback, is, 'times true or false');
  }

  /** A setting that must be absent or one of `usual`. @throws UnsupportedSetting */
  only(key: string, ...usual: readonly (string | number | boolean)[]): void {
    const value = this.raw(key);
    if (value !== undefined && !usual.includes(value as string)) throw this.refusal(key);
  }

  /** Settings that have no effect at inference, whatever their value. */
  harmless(...keys: readonly string[]): void {
    for (const key of keys) this.#asked.add(key);
  }

  /** @throws UnsupportedSetting for the first key never read */
  finish(): void {
    for (const key of this.#values.keys()) {
      if (!this.#asked.has(key)) throw this.refusal(key);
    }
  }

  refusal(key: string, hint?: string): Failure {
    const value = show(this.#values.get(key));
    const end = hint === undefined ? '' : ` (${hint})`;
    return new Failure('UnsupportedSetting', `${this.#path}.${key} = ${value} is not supported${end}.`);
  }

  #list<T>(
    key: string,
    count: number,
    fallback: readonly T[],
    is: (one: unknown) => one is T,
    what: string,
  ): T[] {
    const value = this.raw(key) ?? fallback;
    const list: unknown[] = Array.isArray(value) ? value : [];
    const right = list.filter(is);
    if (list.length === count && right.length === count) return right;
    throw this.#wrong(key, `${count} ${what}`);
  }

  #wrong(key: string, expected: string): Failure {
    const value = this.has(key) ? `is ${show(this.#values.get(key))}` : 'is missing';
    return new Failure('ConfigUnreadable', `${this.#path}.${key} ${value}, expected ${expected}.`);
  }
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function isInteger(value: unknown, least = 1, most = 2 ** 31 - 1): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

/** The start of a value, for a message. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return 'absent';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
