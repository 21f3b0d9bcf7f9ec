import { KeyTable } from '../core/key-table';
import { keyOfWords, wordsOf, type KeyWords, type PhotoKey } from '../core/photo-key';

/** The photos of each content, by id. A key that is none, as of a damaged record, is that of no photo. */
export class ContentIds {
  /** One photo of each content. */
  readonly #one: KeyTable;
  /** All photos of the contents that have several. */
  readonly #several = new Map<PhotoKey, Set<number>>();

  /** @param expected contents there is room for without growing */
  constructor(expected = 0) {
    this.#one = new KeyTable(expected);
  }

  has(key: PhotoKey): boolean {
    const words = wordsOf(key);
    return words !== undefined && this.#one.has(words);
  }

  /** The photos of a content, in the order in which they came. */
  of(key: PhotoKey): number[] {
    const words = wordsOf(key);
    return words ? this.ofWords(words) : [];
  }

  /** As `of`. */
  ofWords(words: KeyWords): number[] {
    const one = this.#one.get(words);
    if (one === undefined) return [];
    if (this.#several.size === 0) return [one];
    return [...(this.#several.get(keyOfWords(words)) ?? [one])];
  }

  add(key: PhotoKey, id: number): void {
    const words = wordsOf(key);
    if (words) this.addWords(words, id);
  }

  /** As `add`. */
  addWords(words: KeyWords, id: number): void {
    const one = this.#one.get(words);
    if (one === undefined) this.#one.set(words, id);
    else if (one !== id) {
      const key = keyOfWords(words);
      const several = this.#several.get(key) ?? new Set([one]);
      this.#several.set(key, several.add(id));
    }
  }

  delete(key: PhotoKey, id: number): void {
    const words = wordsOf(key);
    if (!words) return;
    const rest = this.ofWords(words).filter((each) => each !== id);
    if (rest.length < 2) this.#several.delete(key);
    else this.#several.get(key)?.delete(id);
    if (rest[0] === undefined) this.#one.delete(words);
    else this.#one.set(words, rest[0]);
  }
}
