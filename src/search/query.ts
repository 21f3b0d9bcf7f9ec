import { norm, normalise } from '../core/vectors';
import type { UnitRows } from '../core/unit-rows';

/**
 * A weighted text of a query. `text` is not empty, has single spaces and no quotes. `weight` is in -10..10 in steps of
 * 0.001 and never 0; a negative weight steers away from the text.
 */
export interface QueryTerm {
  readonly text: string;
  readonly weight: number;
}

/** A term being parsed. Quoted words are taken literally. */
interface Draft {
  readonly weight: number;
  readonly isQuoted: boolean;
  readonly words: string[];
}

/** The largest weight; larger ones are clamped. */
const MOST_WEIGHT = 10;

/** Weight steps per 1, coarse enough that JavaScript never prints a weight with an exponent. */
const WEIGHT_STEPS = 1000;

/**
 * Minimum norm of a weighted sum whose absolute weights add up to 1. A text minus itself is shorter, even if float16
 * rounded its two rows differently.
 */
const LEAST_SUM = 1e-3;

/** A token of a line: a weight, a quoted phrase with or without a sign, a signed word, or a plain word. */
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
 * Parses a typed query into terms, in order of their start. Every string is valid:
 *
 * - `dog beach`: all plain words of a line form one text of weight 1, even with other terms between them.
 * - `"red car"`: a quoted phrase is a separate text. `"`, `“`, `”` and `„` are equivalent and need no space around
 *   them; an unclosed quote extends to the end.
 * - `-cat`, `-"red car"`: only that word or phrase has weight -1; the words after it are plain again. `+cat` is also a
 *   separate text, of weight 1. `−` is the same as `-`.
 * - `+0.5 beach at night`, `-2 "red car"`: the weight applies to the words up to the next sign or quote, or to the one
 *   phrase that follows. Also `+.5` and `+0,5`. Weights above 10 count as 10; a weight of 0, or with nothing after it,
 *   makes no term.
 * - A sign is text inside a word (`t-shirt`), before a digit that does not start a weight (`+1st`), before any other
 *   non-letter (`->`) and alone between words (`rock - paper`). Alone at either end of a text it is dropped.
 *   Quotes make anything literal: `"-20 degrees"`.
 */
// Why too large a weight is not text: `+20 beach` would be searched as a sentence, and the user would not notice that
// the number was not understood. Clamping to 10 comes closest to the intent.
export function parseQuery(line: string): readonly QueryTerm[] {
  const drafts: Draft[] = [];
  let plain: Draft | undefined;
  // Collects the words after a weight, until the next sign or quote.
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
 * The query embedding: the weighted sum of unit rows, scaled to length 1. `data` is `[weights.length, dim]`, row-major.
 * Undefined without terms or if they cancel each other (`dog -dog`): a sum shorter than 0.001 of the total absolute
 * weight.
 * @throws RangeError if `data` does not have one row per weight
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

/** 1 or -1; no sign means plus. */
function signOf(sign = ''): number {
  return sign === '-' || sign === '−' ? -1 : 1;
}

/** A signed decimal rounded to the nearest weight, possibly 0. */
function weightOf(amount: string): number {
  const size = Math.min(Number(amount.slice(1).replace(',', '.')), MOST_WEIGHT);
  return (signOf(amount.charAt(0)) * Math.round(size * WEIGHT_STEPS)) / WEIGHT_STEPS;
}

/** The parts joined, with single spaces between words and none around. */
function spaced(parts: readonly string[]): string {
  return parts.join(' ').replace(/\s+/g, ' ').trim();
}

/** The words without lone signs at either end. */
function withoutLoneEnds(words: readonly string[]): string[] {
  const isWord = (word: string): boolean => !LONE_SIGN.test(word);
  return words.slice(Math.max(words.findIndex(isWord), 0), words.findLastIndex(isWord) + 1);
}
