import { norm, normalise } from '../core/vectors';
import type { UnitRows } from '../core/unit-rows';

/**
 * One text of a query and how much it counts. `text` is never empty, has single spaces and no quotes. `weight` lies
 * in -10..10 in steps of 0.001 and is never 0; below 0 the text is one to stay away from.
 */
export interface QueryTerm {
  readonly text: string;
  readonly weight: number;
}

/** A term while its line is read. Quoted words are taken as they are. */
interface Draft {
  readonly weight: number;
  readonly isQuoted: boolean;
  readonly words: string[];
}

/** The largest weight; a larger one counts as this. */
const MOST_WEIGHT = 10;

/** Steps of a weight in 1. A weight is never so small that JavaScript writes it with an exponent. */
const WEIGHT_STEPS = 1000;

/**
 * The least length of a weighted sum, for weights that add up to 1 without their signs. A text less itself is shorter
 * than this even where float16 gave its two rows different roundings.
 */
const LEAST_SUM = 1e-3;

/** A piece of a line: a weight, a quoted phrase with or without a sign, a word with a sign, or a plain word. */
const PIECES = new RegExp(
  [
    String.raw`(?<amount>[-+−](?:\d+(?:[.,]\d+)?|[.,]\d+))(?=[\s"“”„]|$)`,
    String.raw`(?<phraseSign>[-+−]?)["“”„](?<phrase>[^"“”„]*)["“”„]?`,
    String.raw`(?<wordSign>[-+−])(?<word>\p{L}[^\s"“”„]*)`,
    String.raw`(?<plain>[^\s"“”„]+)`,
  ].join('|'),
  'gu',
);

const LONE_SIGN = /^[-+−]$/;

/**
 * The terms of what a person typed, in the order in which each begins. Any string has a meaning:
 *
 * - `dog beach`: all plain words of a line are one text of weight 1, whatever stands between them.
 * - `"red car"`: a quoted phrase is a text of its own. `"`, `“`, `”` and `„` are alike and need no space around them;
 *   one that is never closed reaches to the end.
 * - `-cat`, `-"red car"`: that one word or phrase has weight -1, and the words after it are plain again. `+cat` is a
 *   text of its own too, of weight 1. `−` is the same as `-`.
 * - `+0.5 beach at night`, `-2 "red car"`: this weight for the words up to the next sign or quote, or for the one
 *   phrase that follows. Also `+.5` and `+0,5`. A weight above 10 counts as 10; one of 0, or one that nothing
 *   follows, leaves no term.
 * - A sign within a word (`t-shirt`), before a digit that begins no weight (`+1st`), before anything else that is no
 *   letter (`->`), or alone between words (`rock - paper`) is text. Alone at either end of a text it is dropped.
 *   Quotes make text of anything: `"-20 degrees"`.
 */
// Why a weight too large is no text: `+20 beach` would be searched for as a sentence, and nothing would tell the
// person that the number was not understood. As 10 it does what they meant, as far as that goes.
export function parseQuery(line: string): readonly QueryTerm[] {
  const drafts: Draft[] = [];
  let plain: Draft | undefined;
  // The words of a weight, until the next sign or quote.
  let weighted: Draft | undefined;
  const begin = (weight: number, isQuoted = false, ...words: string[]): Draft => {
    const draft = { weight, isQuoted, words };
    drafts.push(draft);
    return draft;
  };
  for (const { groups = {} } of line.matchAll(PIECES)) {
    if (groups['amount'] !== undefined) {
      weighted = begin(weightOf(groups['amount']));
    } else if (groups['phrase'] !== undefined) {
      const sign = groups['phraseSign'];
      const waiting = weighted?.words.length === 0 && sign === '' ? weighted : undefined;
      begin(waiting?.weight ?? signOf(sign), true, groups['phrase']);
      weighted = undefined;
    } else if (groups['word'] !== undefined) {
      begin(signOf(groups['wordSign']), false, groups['word']);
      weighted = undefined;
    } else {
      const draft = weighted ?? (plain ??= begin(1));
      draft.words.push(groups['plain'] ?? '');
    }
  }
  return drafts.flatMap(({ weight, isQuoted, words }) => {
    const text = spaced(isQuoted ? words : withoutLoneEnds(words));
    return text === '' || weight === 0 ? [] : [{ text, weight }];
  });
}

/**
 * The one row to search by: the sum of unit rows, each times its weight, scaled to length 1. `data` is
 * `[weights.length, dim]`, row-major. Undefined when no direction is left: there are no terms, or they cancel each
 * other (`dog -dog`), which is a sum shorter than 0.001 of the weights added up without their signs.
 * @throws RangeError when `data` is not a row for each weight
 */
export function combine(
  { dim, data }: Pick<UnitRows, 'dim' | 'data'>,
  weights: readonly number[],
): Float32Array<ArrayBuffer> | undefined {
  if (data.length !== weights.length * dim) {
    throw new RangeError(`${data.length} numbers are not ${weights.length} rows of ${dim}`);
  }
  const sum = new Float64Array(dim);
  let total = 0;
  for (const [row, weight] of weights.entries()) {
    total += Math.abs(weight);
    for (let i = 0; i < dim; i++) sum[i] = (sum[i] ?? 0) + weight * (data[row * dim + i] ?? 0);
  }
  return norm(sum) > LEAST_SUM * total ? normalise(sum) : undefined;
}

/** 1 or -1. No sign is a plus. */
function signOf(sign = ''): number {
  return sign === '-' || sign === '−' ? -1 : 1;
}

/** The nearest weight to what a sign and a decimal number name; 0 where that is nearer. */
function weightOf(amount: string): number {
  const size = Math.min(Number(amount.slice(1).replace(',', '.')), MOST_WEIGHT);
  return (signOf(amount.charAt(0)) * Math.round(size * WEIGHT_STEPS)) / WEIGHT_STEPS;
}

/** The parts in one line, with single spaces between words and none around them. */
function spaced(parts: readonly string[]): string {
  return parts.join(' ').replace(/\s+/g, ' ').trim();
}

/** The words without signs that stand alone before the first or after the last other word. */
function withoutLoneEnds(words: readonly string[]): string[] {
  const isWord = (word: string): boolean => !LONE_SIGN.test(word);
  return words.slice(Math.max(words.findIndex(isWord), 0), words.findLastIndex(isWord) + 1);
}
