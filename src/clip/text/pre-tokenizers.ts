import { bytesAsText } from './byte-letters';
import { backtracked, matchesOf, type Matches, type PatternEngine } from './patterns';
import { requireRoom } from './text-room';
import { fieldsOf, listOf, refuse, show, textOf, type Fields } from './tokenizer-file';

/** Splits a text into the pieces that a tokenizer's model looks up. */
export type PreTokenizer = (text: string) => readonly string[];

/** A piece, and whether it begins the text. */
interface Piece {
  readonly text: string;
  readonly first: boolean;
}

/** Gives the parts of a piece; an empty one stands for what is left out. */
type Step = (piece: Piece) => readonly string[];

/**
 * The function of a `pre_tokenizer`, equal to Hugging Face's Rust library (tokenizers 0.23).
 *
 * Why not the JavaScript library's own: of the six ways to split it has two, takes the others for one of these, and
 * loses text where a split is inverted; it knows ASCII's digits and words only, and no `split` of Metaspace.
 * @throws TokenizerUnsupported for a step that is not here; the function, where a text grows beyond `requireRoom`
 */
export function preTokenizerOf(step: Fields | null, linear: PatternEngine | undefined): PreTokenizer {
  const steps = step === null ? [] : stepsOf(step, linear, 'pre_tokenizer');
  return (text) => {
    let pieces: readonly Piece[] = text === '' ? [] : [{ text, first: true }];
    for (const split of steps) {
      let units = 0;
      pieces = pieces.flatMap((piece) =>
        split(piece)
          .map((part, index) => {
            requireRoom((units += part.length), 'pre_tokenizer');
            return { text: part, first: piece.first && index === 0 };
          })
          .filter((part) => part.text !== ''),
      );
    }
    return pieces.map((piece) => piece.text);
  };
}

function stepsOf(step: Fields, linear: PatternEngine | undefined, field: string): readonly Step[] {
  switch (step['type']) {
    case 'Sequence':
      return listOf(step['pretokenizers'], `${field}.pretokenizers`).flatMap((inner, index) => {
        const name = `${field}.pretokenizers[${index}]`;
        return stepsOf(fieldsOf(inner, name), linear, name);
      });
    case 'Split': {
      const matches = matchesOf(step['pattern'], linear);
      return [splitting(matches, behaviorOf(step['behavior'], field), step['invert'] === true)];
    }
    case 'Metaspace':
      return metaspace(step, field);
    case 'ByteLevel': {
      const splits = step['use_regex'] === false ? [] : [splitting(finder(GPT2_WORDS), 'isolated')];
      const prefix = step['add_prefix_space'] !== false;
      const start: Step = ({ text }) => [prefix && !text.startsWith(' ') ? ` ${text}` : text];
      return [start, ...splits, ({ text }) => [bytesAsText(text)]];
    }
    case 'BertPreTokenizer':
      return [splitting(finder(SPACE), 'removed'), splitting(finder(PUNCTUATION), 'isolated')];
    case 'Whitespace':
      return [splitting(finder(WORDS), 'removed', true)];
    case 'WhitespaceSplit':
      return [splitting(finder(SPACE), 'removed')];
    case 'Digits':
      return [splitting(finder(NUMBER), step['individual_digits'] === true ? 'isolated' : 'contiguous')];
    case 'Punctuation':
      return [splitting(finder(PUNCTUATION), behaviorOf(step['behavior'] ?? 'Isolated', field))];
    case 'CharDelimiterSplit': {
      const delimiter = textOf(step['delimiter'], `${field}.delimiter`);
      return [splitting(matchesOf({ String: delimiter }, linear), 'removed')];
    }
  }
  throw refuse(`${field}.type`, `is ${show(step['type'])}, which Clipscope does not run`);
}

/** GPT-2's pattern, with which ByteLevel splits. */
const GPT2_WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

const SPACE = /\p{White_Space}/gu;
const NUMBER = /\p{N}/gu;
/** ASCII's and Unicode's, as BERT counts them. */
const PUNCTUATION = /[!-/:-@[-`{-~\p{P}]/gu;
/** `\w+|[^\w\s]+` of Rust's regular expressions. */
const WORD = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}';
const WORDS = new RegExp(`[${WORD}]+|[^${WORD}\\p{White_Space}]+`, 'gu');

function finder(pattern: RegExp): Matches {
  return (text) => backtracked(text, pattern);
}

/** What becomes of the matches that a text is split by. */
type Behavior = (typeof BEHAVIORS)[number];

const BEHAVIORS = ['removed', 'isolated', 'mergedwithprevious', 'mergedwithnext', 'contiguous'] as const;

function behaviorOf(value: unknown, field: string): Behavior {
  const name = typeof value === 'string' ? value.replaceAll('_', '').toLowerCase() : '';
  const known = BEHAVIORS.find((behavior) => behavior === name);
  if (known === undefined) throw refuse(`${field}.behavior`, `is ${show(value)}, which is unknown`);
  return known;
}

/** A stretch of a text, and whether the text is split by it. */
interface Stretch {
  text: string;
  readonly by: boolean;
}

/** Splits by the matches, or by what lies between them if `invert`. */
function splitting(matches: Matches, behavior: Behavior, invert = false): Step {
  return ({ text }) => {
    const stretches: Stretch[] = [];
    let from = 0;
    for (const [start, end] of matches(text)) {
      if (start > from) stretches.push({ text: text.slice(from, start), by: invert });
      stretches.push({ text: text.slice(start, end), by: !invert });
      from = end;
    }
    if (from < text.length) stretches.push({ text: text.slice(from), by: invert });
    return merged(stretches, behavior)
      .filter((stretch) => stretch.text !== '')
      .map((stretch) => (behavior === 'removed' && stretch.by ? '' : stretch.text));
  };
}

/** `SplitDelimiterBehavior` of the Rust library. */
function merged(stretches: readonly Stretch[], behavior: Behavior): readonly Stretch[] {
  switch (behavior) {
    case 'removed':
    case 'isolated':
      return stretches;
    case 'contiguous':
      return joined(stretches, (before, after) => before.by === after.by);
    case 'mergedwithprevious':
      return joined(stretches, (before, after) => !before.by && after.by);
    case 'mergedwithnext':
      return joined(stretches, (before, after) => before.by && !after.by);
  }
}

/** Joins each stretch with the one before it where `joins` says so of the two. */
function joined(
  stretches: readonly Stretch[],
  joins: (before: Stretch, after: Stretch) => boolean,
): readonly Stretch[] {
  const all: Stretch[] = [];
  let before: Stretch | undefined;
  for (const stretch of stretches) {
    const last = all.at(-1);
    if (last && before && joins(before, stretch)) last.text += stretch.text;
    else all.push({ ...stretch });
    before = stretch;
  }
  return all;
}

/** Older files have `add_prefix_space` for `prepend_scheme`. */
function metaspace(step: Fields, field: string): readonly Step[] {
  const replacement = textOf(step['replacement'] ?? '▁', `${field}.replacement`);
  const scheme = step['prepend_scheme'] ?? (step['add_prefix_space'] === false ? 'never' : 'always');
  if (scheme !== 'always' && scheme !== 'first' && scheme !== 'never') {
    throw refuse(`${field}.prepend_scheme`, `is ${show(scheme)}, which is unknown`);
  }
  const mark: Step = ({ text, first }) => {
    const words = text.split(' ');
    requireRoom(text.length + (words.length - 1) * (replacement.length - 1), field);
    const marked = words.join(replacement);
    const prepends = scheme === 'always' || (scheme === 'first' && first);
    return [prepends && !marked.startsWith(replacement) ? replacement + marked : marked];
  };
  if (step['split'] === false) return [mark];
  return [mark, splitting(matchesOf({ String: replacement }, undefined), 'mergedwithnext')];
}
