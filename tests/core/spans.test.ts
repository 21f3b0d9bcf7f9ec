import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Spans, type Span } from '../../src/core/spans';

const span = (start: number, end: number): Span => ({ start, end });

function spansOf(...all: readonly Span[]): Spans {
  const spans = new Spans();
  for (const one of all) spans.add(one);
  return spans;
}

describe('Spans', () => {
  it.each([
    ['nothing', [], [span(0, 10)]],
    ['the beginning', [span(0, 4)], [span(4, 10)]],
    ['the end', [span(6, 12)], [span(0, 6)]],
    ['a hole', [span(0, 3), span(7, 10)], [span(3, 7)]],
    ['touching spans', [span(0, 3), span(3, 10)], []],
    ['one over others', [span(1, 2), span(4, 5), span(0, 10)], []],
    ['an empty span', [span(5, 5)], [span(0, 10)]],
    ['what lies elsewhere', [span(20, 30)], [span(0, 10)]],
  ])('with %s lacks the rest of 0 to 10', (_, added, missing) => {
    expect(spansOf(...added).missing(span(0, 10))).toEqual(missing);
  });

  it('agrees with a set of numbers, whatever is added', () => {
    const anySpan = fc.tuple(fc.nat(60), fc.nat(20)).map(([start, length]) => span(start, start + length));
    fc.assert(
      fc.property(fc.array(anySpan), anySpan, (added, asked) => {
        const spans = spansOf(...added);
        const numbers = new Set(added.flatMap(numbersOf));
        expect(spans.size).toBe(numbers.size);
        const lacking = numbersOf(asked).filter((number) => !numbers.has(number));
        expect(spans.missing(asked).flatMap(numbersOf)).toEqual(lacking);
        expect(spans.has(asked)).toBe(lacking.length === 0);
      }),
    );
  });
});

function numbersOf({ start, end }: Span): number[] {
  return Array.from({ length: end - start }, (_, at) => start + at);
}
