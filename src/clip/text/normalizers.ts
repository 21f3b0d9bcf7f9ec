import { bytesAsText } from './byte-letters';
import { readCharsmap } from './charsmap';
import { matchesOf, type PatternEngine } from './patterns';
import { requireRoom } from './text-room';
import { anyTextOf, fieldsOf, listOf, refuse, show, type Fields } from './tokenizer-file';

/** Rewrites a text before it is split. */
export type Normalizer = (text: string) => string;

/**
 * The function of a `normalizer`, equal to Hugging Face's Rust library (tokenizers 0.23).
 *
 * Why not the JavaScript library's own: it maps a final sigma, reads no character map, knows no Chinese beyond the first
 * 65,536 characters, gives `$1` in a replacement a meaning, and trims and strips other characters.
 * @throws TokenizerUnsupported for a step that is not here; the function, where a text grows beyond `requireRoom`
 */
export function normalizerOf(
  step: Fields | null,
  linear: PatternEngine | undefined,
  field = 'normalizer',
): Normalizer {
  if (step === null) return (text) => text;
  const normalize = stepOf(step, linear, field);
  return (text) => {
    const normalized = normalize(text);
    requireRoom(normalized.length, field);
    return normalized;
  };
}

function stepOf(step: Fields, linear: PatternEngine | undefined, field: string): Normalizer {
  switch (step['type']) {
    case 'Sequence': {
      const steps = listOf(step['normalizers'], `${field}.normalizers`).map((inner, index) => {
        const name = `${field}.normalizers[${index}]`;
        return normalizerOf(fieldsOf(inner, name), linear, name);
      });
      return (text) => steps.reduce((before, normalize) => normalize(before), text);
    }
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD': {
      const form = step['type'];
      return (text) => text.normalize(form);
    }
    case 'Lowercase':
      return lowerCase;
    case 'Strip': {
      const [left, right] = [step['strip_left'] !== false, step['strip_right'] !== false];
      return (text) => {
        const cut = left ? text.replace(/^\p{White_Space}+/u, '') : text;
        return right ? trimEnd(cut) : cut;
      };
    }
    case 'StripAccents':
      return (text) => text.replace(/\p{M}/gu, '');
    case 'Prepend': {
      const prefix = anyTextOf(step['prepend'], `${field}.prepend`);
      return (text) => (text === '' ? text : prefix + text);
    }
    case 'Replace': {
      const matches = matchesOf(step['pattern'], linear);
      const content = anyTextOf(step['content'], `${field}.content`);
      return (text) => replaced(text, matches(text), content, field);
    }
    case 'ByteLevel':
      return bytesAsText;
    case 'Precompiled':
      return charsmapOf(step['precompiled_charsmap'], field);
    case 'BertNormalizer':
      return bertNormalizer(step);
  }
  throw refuse(`${field}.type`, `is ${show(step['type'])}, which Clipscope does not run`);
}

/** Character by character: a sigma at the end of a word becomes the same as any other. */
function lowerCase(text: string): string {
  return Array.from(text, (character) => character.toLowerCase()).join('');
}

/** Why no pattern: `\s+$` looks again from every space. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && /\p{White_Space}/u.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

function replaced(
  text: string,
  matches: Iterable<readonly [start: number, end: number]>,
  content: string,
  field: string,
): string {
  const parts: string[] = [];
  let [from, units] = [0, text.length];
  for (const [start, end] of matches) {
    parts.push(text.slice(from, start), content);
    from = end;
    requireRoom((units += content.length - (end - start)), field);
  }
  return parts.join('') + text.slice(from);
}

function charsmapOf(encoded: unknown, field: string): Normalizer {
  if (encoded === null || encoded === undefined || encoded === '') return (text) => text;
  try {
    if (typeof encoded !== 'string') throw new TypeError('Not a string.');
    return readCharsmap(Uint8Array.from(atob(encoded), (byte) => byte.charCodeAt(0)));
  } catch {
    throw refuse(`${field}.precompiled_charsmap`, 'cannot be read');
  }
}

/** BERT's CJK blocks (`_is_chinese_char`), not all of Unicode's. */
const CHINESE =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

/** Characters that BERT drops: NUL, the replacement character, and those of category C but tab and line ends. */
const DROPPED = /(?![\t\n\r])[\0\ufffd\p{C}]/gu;

function bertNormalizer(step: Fields): Normalizer {
  const lowers = step['lowercase'] !== false;
  const strips = typeof step['strip_accents'] === 'boolean' ? step['strip_accents'] : lowers;
  return (text) => {
    let now = text;
    if (step['clean_text'] !== false) now = now.replace(DROPPED, '').replace(/\p{White_Space}/gu, ' ');
    if (step['handle_chinese_chars'] !== false) now = now.replace(CHINESE, ' $& ');
    if (strips) now = now.normalize('NFD').replace(/\p{Mn}/gu, '');
    return lowers ? lowerCase(now) : now;
  };
}
