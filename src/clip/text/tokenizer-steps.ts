import {
  PrecompiledNormalizer,
  SequenceNormalizer,
  LowercaseNormalizer,
  type Tokenizer as Pipeline,
} from '@huggingface/tokenizers';
import { property } from '../../core/json';
import { readCharsmap } from './tokenizer-charsmap';
import { refuse, type TokenizerFile } from './tokenizer-file';

type Step = Readonly<Record<string, unknown>>;

/**
 * The pre-tokenizer rewritten in steps that the library runs exactly like the Rust one. Why: the library implements two
 * of the six split behaviours and no `split` of Metaspace, and silently treats the others as one it implements.
 * @throws TokenizerUnsupported
 */
export function runnablePreTokenizer(step: TokenizerFile['preTokenizer']): TokenizerFile['preTokenizer'] {
  switch (step?.['type']) {
    case 'Sequence': {
      const steps = step['pretokenizers'];
      if (!Array.isArray(steps)) return step;
      return { ...step, pretokenizers: steps.map((inner: Step | null) => runnablePreTokenizer(inner)) };
    }
    case 'Metaspace':
      return runnableMetaspace(step);
    case 'Split':
      return runnableSplit(step);
    case 'Punctuation':
      if (String(step['behavior']).toLowerCase() === 'contiguous') return step;
      throw refuse(
        'pre_tokenizer.behavior',
        `is ${JSON.stringify(step['behavior'])}; Punctuation runs Contiguous`,
      );
    default:
      return step;
  }
}

/** Older files have `add_prefix_space` for `prepend_scheme`, and an unused `str_rep`. */
function runnableMetaspace(step: Step): Step {
  const replacement = step['replacement'] ?? '▁';
  if (typeof replacement !== 'string' || replacement === '') {
    throw refuse('pre_tokenizer.replacement', `is ${JSON.stringify(replacement)}, expected a character`);
  }
  const scheme = step['prepend_scheme'] ?? (step['add_prefix_space'] === false ? 'never' : 'always');
  const whole = { type: 'Metaspace', replacement, prepend_scheme: scheme };
  if (step['split'] === false) return whole;
  const words = {
    type: 'Split',
    pattern: { String: replacement },
    behavior: 'MergedWithNext',
    invert: false,
  };
  return { type: 'Sequence', pretokenizers: [whole, runnableSplit(words)] };
}

function runnableSplit(step: Step): Step {
  const asked = step['behavior'] ?? 'Isolated';
  const behavior = typeof asked === 'string' ? asked.toLowerCase() : '';
  const invert = step['invert'] === true;
  if (behavior === 'removed') return step;
  if (behavior === 'isolated') return { ...step, invert: false };
  if (invert) {
    throw refuse(
      'pre_tokenizer',
      `splits by ${JSON.stringify(step['behavior'])} with invert, which does not run here`,
    );
  }
  const delimiter = `(?:${patternOf(step)})`;
  const other = `(?:(?!${delimiter})[\\s\\S])`;
  const pieces: Readonly<Record<string, string>> = {
    mergedwithprevious: `${other}*${delimiter}|${other}+`,
    mergedwithnext: `${delimiter}${other}*|${other}+`,
    contiguous: `${delimiter}+|${other}+`,
  };
  const pattern = pieces[behavior];
  if (pattern === undefined) {
    throw refuse('pre_tokenizer.behavior', `is ${JSON.stringify(step['behavior'])}, which is unknown`);
  }
  return { type: 'Split', pattern: { Regex: pattern }, behavior: 'Removed', invert: true };
}

/** The step's pattern as a regular expression; `readTokenizerFile` has checked that it exists. */
function patternOf(step: Step): string {
  const expression = property(step['pattern'], 'Regex');
  if (typeof expression === 'string') return expression;
  return String(property(step['pattern'], 'String')).replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/**
 * Replaces the steps that this library only approximates with the Rust library's behaviour: character maps, and
 * lower-casing, which there has no final sigma.
 * @throws TokenizerUnsupported for an unreadable character map
 */
export function mendNormalizer(normalizer: Pipeline['normalizer']): void {
  if (normalizer instanceof SequenceNormalizer) {
    normalizer.normalizers.forEach(mendNormalizer);
  } else if (normalizer instanceof PrecompiledNormalizer) {
    normalizer.normalize = charsmapOf(normalizer.charsmap);
  } else if (normalizer instanceof LowercaseNormalizer) {
    normalizer.normalize = (text) => Array.from(text, (character) => character.toLowerCase()).join('');
  }
}

function charsmapOf(encoded: unknown): (text: string) => string {
  if (encoded === null || encoded === '') return (text) => text;
  try {
    if (typeof encoded !== 'string') throw new TypeError('Not a string.');
    return readCharsmap(Uint8Array.from(atob(encoded), (byte) => byte.charCodeAt(0)));
  } catch {
    throw refuse('normalizer.precompiled_charsmap', 'cannot be read');
  }
}
