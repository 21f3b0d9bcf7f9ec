/** Whole numbers from `start` to `end`, which is not among them. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A set of whole numbers, kept as spans that neither touch nor overlap, rising. */
export class Spans {
  #spans: readonly Span[] = [];

  /** The spans, rising. */
  get list(): readonly Span[] {
    return this.#spans;
  }

  /** How many numbers are in it. */
  get size(): number {
    return this.#spans.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  add(span: Span): void {
    if (span.end <= span.start) return;
    const touching = this.#spans.filter(({ start, end }) => start <= span.end && end >= span.start);
    const grown = {
      start: Math.min(span.start, ...touching.map(({ start }) => start)),
      end: Math.max(span.end, ...touching.map(({ end }) => end)),
    };
    const others = this.#spans.filter((one) => !touching.includes(one));
    this.#spans = [...others, grown].sort((a, b) => a.start - b.start);
  }

  /** Whether all of `span` is in it. */
  has(span: Span): boolean {
    return span.end <= span.start || this.missing(span).length === 0;
  }

  /** What of `span` is not in it, rising. */
  missing(span: Span): Span[] {
    const missing: Span[] = [];
    let from = span.start;
    for (const { start, end } of this.#spans) {
      if (end <= from) continue;
      if (start >= span.end) break;
      if (start > from) missing.push({ start: from, end: start });
      from = end;
    }
    if (from < span.end) missing.push({ start: from, end: span.end });
    return missing;
  }
}
