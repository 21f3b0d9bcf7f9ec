/** Integers from `start` to `end` (exclusive). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A set of integers, stored as ascending spans that neither touch nor overlap. */
export class Spans {
  #spans: readonly Span[] = [];

  /** The spans, ascending. */
  get list(): readonly Span[] {
    return this.#spans;
  }

  /** Number of integers in the set. */
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

  /** Whether the set contains all of `span`. */
  has(span: Span): boolean {
    return span.end <= span.start || this.missing(span).length === 0;
  }

  /** The parts of `span` not in the set, ascending. */
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
