import { SplitPreTokenizer } from '@huggingface/tokenizers';
import { property } from '../../core/json';
import { refuse } from './tokenizer-file';

/** Finds every match of a pattern in a text: `[start, end)` in UTF-16 units, ascending; some may be empty. */
export type Matches = (text: string) => Iterable<readonly [start: number, end: number]>;

/** A regular expression in JavaScript's `u` syntax, made into a finder; undefined if the engine lacks something of it. */
export type PatternEngine = (source: string) => Matches | undefined;

/**
 * The finder of a step's `pattern`: `{ String }` literally, `{ Regex }` in the syntax of Oniguruma.
 * @param linear an engine that takes time linear in the text; what it lacks (looking around) runs in JavaScript's own
 * @throws TokenizerUnsupported for a pattern that cannot be read
 */
export function matchesOf(pattern: unknown, linear: PatternEngine | undefined): Matches {
  const literal = property(pattern, 'String');
  const regex = property(pattern, 'Regex');
  if (typeof regex !== 'string') {
    if (typeof literal !== 'string' || literal === '')
      throw refuse('pattern', 'has neither Regex nor String');
    return (text) => occurrences(text, literal);
  }
  const compiled = compile(regex);
  return linear?.(compiled.source) ?? ((text) => backtracked(text, compiled));
}

/** Rewritten from Oniguruma's syntax by the library, which exports no function for it. */
function compile(regex: string): RegExp {
  try {
    const { pattern } = new SplitPreTokenizer({
      type: 'Split',
      pattern: { Regex: regex },
      behavior: 'Removed',
      invert: true,
    } as never);
    return pattern as unknown as RegExp;
  } catch {
    throw refuse('pattern', `${JSON.stringify(regex.slice(0, 60))} cannot be read`);
  }
}

function* occurrences(text: string, literal: string): Generator<readonly [number, number]> {
  for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + literal.length)) {
    yield [at, at + literal.length];
  }
}

/** Finds with JavaScript's own engine, which backtracks. */
export function* backtracked(text: string, pattern: RegExp): Generator<readonly [number, number]> {
  for (const { index, 0: found } of text.matchAll(pattern)) yield [index, index + found.length];
}
