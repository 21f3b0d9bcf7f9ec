import type { HashPlan } from './hash-plan';
import { Projections } from './projections';

/** Number of projections compared at a glance (a cheap distance estimate). */
const GLANCE = 64;

/**
 * Allowed factor by which a glance may overestimate the squared distance. It rejects one in 2,000 pairs exactly at the
 * threshold: the estimate from 64 numbers has a standard error of 18 percent (chi-squared, 64 degrees of freedom).
 */
const GLANCE_SLACK = 1.7;

/** The golden ratio in 32 bits: multiplying by it spreads keys that differ in few bits over all slots. */
const SPREAD = 0x9e3779b1;

/** Hash keys and projections of a row. Views, valid until the next row is sketched. */
export interface Sketch {
  /** The row's key in each table. */
  readonly keys: Int32Array;
  /** 64 projections. */
  readonly glance: Float32Array;
}

/**
 * An approximate-nearest-neighbour index of group leaders, numbered in order of arrival. Random-hyperplane hashing
 * (Charikar's SimHash) finds candidates, and a glance drops most that are not near.
 */
// Why a glance: each row shares buckets with hundreds of dissimilar rows, and a cosine of 512 numbers, possibly still
// to be unpacked, takes ten times as long as a distance over 64 projections.
export class Leaders {
  /** Number of glances so far. */
  comparisons = 0;
  #count = 0;
  readonly #plan: HashPlan;
  readonly #projections: Projections;
  readonly #mostDistance: number;
  readonly #sketch: Sketch;
  /** `[leaders, 64]`. */
  readonly #glances: Float32Array;
  /** `[leaders, tables, 2]`: each entry's key, and the entry before it in its slot, or -1. */
  readonly #entries: Int32Array;
  /** The last entry of each slot, or -1. */
  readonly #slots: Int32Array;
  readonly #slotShift: number;
  /** For each leader, the last search that found it. */
  readonly #metIn: Int32Array;
  #searches = 0;

  /**
   * @param capacity maximum number of leaders
   * @param threshold minimum cosine of near rows, greater than 0 and at most 1
   */
  constructor(dim: number, capacity: number, threshold: number, plan: HashPlan, seed: number) {
    this.#plan = plan;
    this.#projections = new Projections(dim, plan.bits * plan.tables, seed);
    const seen = GLANCE / this.#projections.width;
    this.#mostDistance = (2 - 2 * threshold) * seen * GLANCE_SLACK;
    this.#sketch = { keys: new Int32Array(plan.tables), glance: new Float32Array(GLANCE) };
    this.#glances = new Float32Array(capacity * GLANCE);
    const entries = capacity * plan.tables;
    this.#entries = new Int32Array(2 * entries);
    const slotBits = Math.floor(Math.log2(Math.max(entries, 2)));
    this.#slots = new Int32Array(2 ** slotBits).fill(-1);
    this.#slotShift = 32 - slotBits;
    this.#metIn = new Int32Array(capacity);
  }

  /** Number of leaders. */
  get count(): number {
    return this.#count;
  }

  /** The input of `candidates` and `add`: a view, valid until the next call. */
  sketch(row: Float32Array): Sketch {
    const { bits, tables } = this.#plan;
    const values = this.#projections.of(row);
    for (let table = 0, at = 0; table < tables; table++) {
      let key = 0;
      const end = at + bits;
      for (; at < end; at++) key = (key << 1) | (values[at]! < 0 ? 1 : 0);
      // Mixing in the table's number separates keys that are equal in two tables by chance.
      this.#sketch.keys[table] = key ^ Math.imul(table, SPREAD);
    }
    this.#sketch.glance.set(values.subarray(0, GLANCE));
    return this.#sketch;
  }

  /** The leaders that may be near, unordered: nearly all that are, and few that are not. */
  candidates({ keys, glance }: Sketch): number[] {
    const { tables } = this.#plan;
    const found: number[] = [];
    const search = ++this.#searches;
    for (const key of keys) {
      for (let entry = this.#slots[this.#slotOf(key)]!; entry >= 0; entry = this.#entries[2 * entry + 1]!) {
        if (this.#entries[2 * entry] !== key) continue;
        const leader = Math.trunc(entry / tables);
        if (this.#metIn[leader] === search) continue;
        this.#metIn[leader] = search;
        this.comparisons += 1;
        if (this.#looksNear(leader, glance)) found.push(leader);
      }
    }
    return found;
  }

  /** Adds a leader and returns its number. */
  add({ keys, glance }: Sketch): number {
    const leader = this.#count++;
    this.#glances.set(glance, leader * GLANCE);
    for (const [table, key] of keys.entries()) {
      const entry = leader * this.#plan.tables + table;
      const slot = this.#slotOf(key);
      this.#entries[2 * entry] = key;
      this.#entries[2 * entry + 1] = this.#slots[slot]!;
      this.#slots[slot] = entry;
    }
    return leader;
  }

  #slotOf(key: number): number {
    return Math.imul(key, SPREAD) >>> this.#slotShift;
  }

  /** Whether a leader may be near a row, by the estimated squared distance. */
  #looksNear(leader: number, glance: Float32Array): boolean {
    let sum = 0;
    // Most exceed the limit after a quarter of the numbers.
    for (let i = 0, at = leader * GLANCE; i < GLANCE && sum <= this.#mostDistance; i++, at++) {
      const difference = this.#glances[at]! - glance[i]!;
      sum += difference * difference;
    }
    return sum <= this.#mostDistance;
  }
}
