/** Texts of many rows, in UTF-8: a million JavaScript strings would take several times as much memory. */
export class TextColumn {
  /** Where each row's text ends; 0-length texts are none. */
  readonly #ends: Float64Array<ArrayBuffer>;
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];
  /** Where each part begins. */
  readonly #starts: number[] = [];
  #count = 0;
  #bytes = 0;

  /** @param rows number of rows that are to be added */
  constructor(rows: number) {
    this.#ends = new Float64Array(rows);
  }

  /** Adds the texts of the next rows; undefined where there is none. */
  add(texts: readonly (Uint8Array | undefined)[]): void {
    const part = new Uint8Array(texts.reduce((sum, text) => sum + (text?.length ?? 0), 0));
    let at = 0;
    for (const text of texts) {
      if (text) part.set(text, at);
      at += text?.length ?? 0;
      this.#ends[this.#count++] = this.#bytes + at;
    }
    this.#starts.push(this.#bytes);
    this.#parts.push(part);
    this.#bytes += part.length;
  }

  /** The text of a row; undefined if it has none. */
  at(row: number): string | undefined {
    const start = row === 0 ? 0 : (this.#ends[row - 1] ?? 0);
    const end = this.#ends[row] ?? 0;
    if (end <= start) return undefined;
    let part = this.#starts.findLastIndex((first) => first <= start);
    // Parts without a byte begin where the next one does.
    while (this.#parts[part]!.length === 0) part--;
    const first = this.#starts[part]!;
    return new TextDecoder().decode(this.#parts[part]!.subarray(start - first, end - first));
  }

  /** Bytes of memory. */
  get bytes(): number {
    return this.#bytes + this.#ends.byteLength;
  }
}
