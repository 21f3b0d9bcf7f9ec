import { RE2JS } from 're2js';
import type { Matches } from './patterns';

/**
 * Finds with RE2, whose time is linear in the text whatever the pattern.
 *
 * Why: a file from anywhere brings its own patterns, and JavaScript's engine can try exponentially many ways to match
 * one (`(a+)+$`). It takes the first alternative that matches, as JavaScript does; looking around it cannot.
 * @param source a regular expression in JavaScript's `u` syntax
 * @returns undefined if RE2 cannot run it
 */
export function linearMatches(source: string): Matches | undefined {
  let pattern: RE2JS;
  try {
    pattern = RE2JS.compile(toRe2(source));
  } catch {
    return undefined;
  }
  return function* (text) {
    const matcher = pattern.matcher(text);
    while (matcher.find()) yield [matcher.start(), matcher.end()];
  };
}

/** What the library writes for anchors by looking around, and RE2's own anchors; longer ones first. */
const ANCHORS = [
  [String.raw`(?:(?<![\s\S])|(?<=\n))`, '(?m:^)'],
  [String.raw`(?:(?=\n)|(?![\s\S]))`, '(?m:$)'],
  [String.raw`(?<![\s\S])`, String.raw`\A`],
  [String.raw`(?![\s\S])`, String.raw`\z`],
] as const;

/** RE2 writes a character's number as `\x{41}`, and a script by its name alone. */
function toRe2(source: string): string {
  return ANCHORS.reduce((before, [looking, anchor]) => before.replaceAll(looking, () => anchor), source)
    .replace(/\\u\{([0-9A-Fa-f]+)\}/g, String.raw`\x{$1}`)
    .replace(/\\u([0-9A-Fa-f]{4})/g, String.raw`\x{$1}`)
    .replace(/(\\[pP]\{)(?:Script|sc)=/g, '$1');
}
