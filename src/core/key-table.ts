import { KEY_WORDS, type KeyWords } from './photo-key';

/** Slots of an empty table; a power of 2. */
const FEWEST_SLOTS = 64;

/** Marks an empty slot. */
const EMPTY = -1;

/**
 * Integers from 0 to 2^31 - 1 by content key.
 *
 * Why not a `Map`: a million keys as strings take ten times as long to enter, and three times the memory.
 */
// Open addressing with linear probing, at most half full. What is deleted leaves no mark: later entries of its run move
// up (Knuth, The Art of Computer Programming 3, 6.4, algorithm R).
export class KeyTable {
  #size = 0;
  #slots: number;
  /** `[slots, 4]`. */
  #keys: Int32Array;
  #values: Int32Array;

  /** @param expected keys there is room for without growing */
  constructor(expected = 0) {
    this.#slots = Math.max(FEWEST_SLOTS, 2 ** Math.ceil(Math.log2(2 * expected + 1)));
    this.#keys = new Int32Array(this.#slots * KEY_WORDS);
    this.#values = new Int32Array(this.#slots).fill(EMPTY);
  }

  /** Number of keys. */
  get size(): number {
    return this.#size;
  }

  /** The number of a key; undefined if it has none. */
  get(key: KeyWords): number | undefined {
    const value = this.#values[this.#slotOf(key)]!;
    return value === EMPTY ? undefined : value;
  }

  has(key: KeyWords): boolean {
    return this.#values[this.#slotOf(key)] !== EMPTY;
  }

  /** Adds or replaces the number of a key. */
  set(key: KeyWords, value: number): void {
    let slot = this.#slotOf(key);
    if (this.#values[slot] === EMPTY) {
      if (2 * (this.#size + 1) > this.#slots) {
        this.#grow();
        slot = this.#slotOf(key);
      }
      this.#size += 1;
      for (let i = 0; i < KEY_WORDS; i += 1) this.#keys[slot * KEY_WORDS + i] = key[i]!;
    }
    this.#values[slot] = value;
  }

  /** Removes a key; false if it was not there. */
  delete(key: KeyWords): boolean {
    const last = this.#slots - 1;
    let gap = this.#slotOf(key);
    if (this.#values[gap] === EMPTY) return false;
    for (let slot = (gap + 1) & last; this.#values[slot] !== EMPTY; slot = (slot + 1) & last) {
      const home = this.#homeOf(this.#keys, slot * KEY_WORDS);
      // Whether its search begins behind the gap, and would miss it there.
      if (((slot - home) & last) < ((slot - gap) & last)) continue;
      this.#keys.copyWithin(gap * KEY_WORDS, slot * KEY_WORDS, (slot + 1) * KEY_WORDS);
      this.#values[gap] = this.#values[slot]!;
      gap = slot;
    }
    this.#values[gap] = EMPTY;
    this.#size -= 1;
    return true;
  }

  /** The slot that holds a key, or the empty one where it belongs. */
  #slotOf(key: KeyWords): number {
    const keys = this.#keys;
    const values = this.#values;
    const last = this.#slots - 1;
    const [a, b, c, d] = [key[0]!, key[1]!, key[2]!, key[3]!];
    for (let slot = this.#homeOf(key, 0); ; slot = (slot + 1) & last) {
      if (values[slot] === EMPTY) return slot;
      const at = slot * KEY_WORDS;
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) return slot;
    }
  }

  /** Where the search for a key begins. */
  #homeOf(words: Int32Array, at: number): number {
    const mixed =
      words[at]! ^
      Math.imul(words[at + 1]!, 0x85ebca6b) ^
      Math.imul(words[at + 2]!, 0xc2b2ae35) ^
      Math.imul(words[at + 3]!, 0x27d4eb2f);
    const spread = Math.imul(mixed ^ (mixed >>> 15), 0x9e3779b1);
    return (spread ^ (spread >>> 13)) & (this.#slots - 1);
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#slots *= 2;
    this.#keys = new Int32Array(this.#slots * KEY_WORDS);
    this.#values = new Int32Array(this.#slots).fill(EMPTY);
    for (const [slot, value] of values.entries()) {
      if (value === EMPTY) continue;
      const key = keys.subarray(slot * KEY_WORDS, (slot + 1) * KEY_WORDS);
      const to = this.#slotOf(key);
      this.#keys.set(key, to * KEY_WORDS);
      this.#values[to] = value;
    }
  }
}
