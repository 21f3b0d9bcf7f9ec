import { Tokenizer as Pipeline } from '@huggingface/tokenizers';
import { Failure, messageOf } from '../../core/failure';
import { property } from '../../core/json';
import type { CleanKind } from '../architecture';
import { cleanText } from './cleaning';
import { normalizerOf } from './normalizers';
import type { PatternEngine } from './patterns';
import { preTokenizerOf } from './pre-tokenizers';
import { unigramOf } from './unigram';
import { readTokenizerFile, refuse, type TokenizerFile } from './tokenizer-file';

export interface TokenizerOptions {
  /** Ids per text, including the start and end tokens. */
  readonly contextLength: number;
  readonly clean: CleanKind;
  /** Pads short texts: 0 for OpenCLIP's own tokenizer. */
  readonly padId: number;
  /** Writes 0 for every end token (`strip_sep_token` of CLIPA's checkpoints). */
  readonly stripSeparator: boolean;
  /** Runs the file's patterns, in time linear in the text; absent: JavaScript's own, which may take for ever. */
  readonly linear?: PatternEngine | undefined;
}

/**
 * How to read a special token's name inside a text. `as-text`, for typed text: as plain text. `as-openclip`, to match
 * OpenCLIP: as that token.
 */
export type Specials = 'as-text' | 'as-openclip';

export interface Tokenizer {
  readonly contextLength: number;
  /** Greater than every id. */
  readonly vocabSize: number;
  /** The token before every text; null if there is none. */
  readonly startId: number | null;
  /** The token after every text; null if there is none. */
  readonly endId: number | null;
  /**
   * Ids `[texts.length, contextLength]`, row-major. A long text is truncated before its end token; a short one is
   * padded.
   */
  encode(texts: readonly string[], specials?: Specials): Int32Array<ArrayBuffer>;
  /** Whether `encode` leaves out the end of a text. */
  isCut(text: string): boolean;
}

/**
 * UTF-16 units of a text that are read, per token of the context: more than any token has. A pasted book would else be
 * cleaned and split in whole, for the sake of its first words.
 */
const LONGEST_TOKEN = 256;

/** The ids of one cleaned text, without start and end. */
type Encode = (text: string, specials: Specials) => readonly number[];

/**
 * Makes a tokenizer from the parsed `tokenizer.json`. For CLIP's byte-level BPE, with any vocabulary, text is split
 * into words like OpenCLIP's own SimpleTokenizer; any other kind runs as its file says.
 * @throws TokenizerUnsupported
 */
export function createTokenizer(tokenizerJson: unknown, options: TokenizerOptions): Tokenizer {
  const file = readTokenizerFile(tokenizerJson);
  const { contextLength, padId } = options;
  const { prefix, suffix } = file;
  const startId = prefix.at(-1) ?? null;
  const endId = suffix[0] ?? null;
  if (prefix.length + suffix.length >= contextLength) {
    const added = prefix.length + suffix.length;
    throw refuse(
      'post_processor',
      `adds ${added} tokens to each text, of the ${contextLength} that the tower reads`,
    );
  }
  const encodeText = isClip(file) ? clipEncode(file, options) : pipelineEncode(file, options.linear);

  const idsOf = (text: string, specials: Specials): number[] => [
    ...prefix,
    ...encodeText(cleanText(text.slice(0, contextLength * LONGEST_TOKEN), options.clean), specials),
    ...suffix,
  ];

  function row(text: string, specials: Specials): number[] {
    const ids = idsOf(text, specials);
    if (ids.length > contextLength) ids.splice(contextLength - suffix.length, Infinity, ...suffix);
    return options.stripSeparator ? ids.map((id) => (id === endId ? 0 : id)) : ids;
  }

  return {
    contextLength,
    vocabSize: file.vocabSize,
    startId,
    endId,
    encode(texts, specials = 'as-text') {
      const rows = new Int32Array(texts.length * contextLength).fill(padId);
      texts.forEach((text, index) => rows.set(row(text, specials), index * contextLength));
      return rows;
    },
    isCut: (text) => idsOf(text, 'as-text').length > contextLength,
  };
}

/** What tells CLIP's kind of file from others. */
interface Kind {
  readonly kind: TokenizerFile['kind'];
  readonly model: unknown;
  readonly preTokenizer: unknown;
}

/** The end of CLIP's splitting pattern, the same in every version of its `tokenizer.json`. */
const CLIP_SPLIT = '[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+';

/** Whether the parsed `tokenizer.json` has regular expressions that `createTokenizer` would run. */
export function hasPatterns(json: unknown, clean: CleanKind): boolean {
  const [normalizer, preTokenizer] = [property(json, 'normalizer'), property(json, 'pre_tokenizer')];
  const clip = isClip({ kind: 'BPE', model: property(json, 'model'), preTokenizer });
  const run = clip ? [clean === 'whitespace' && normalizer] : [normalizer, preTokenizer];
  return JSON.stringify(run).includes('"Regex"');
}

function isClip({ kind, model, preTokenizer }: Kind): boolean {
  if (kind !== 'BPE' || property(model, 'end_of_word_suffix') !== '</w>') return false;
  const steps = property(preTokenizer, 'pretokenizers');
  if (!Array.isArray(steps) || steps.length !== 2) return false;
  const pattern = property(property(steps[0], 'pattern'), 'Regex');
  return (
    typeof pattern === 'string' && pattern.endsWith(CLIP_SPLIT) && property(steps[1], 'type') === 'ByteLevel'
  );
}

/**
 * SimpleTokenizer's words (open_clip/tokenizer.py): contractions, runs of letters, single digits, runs of other
 * characters except white space. Its pattern ignores case: so the long s makes a contraction too, and U+0345 (a mark
 * whose capital is a letter) belongs to no group.
 */
const CLIP_WORDS = "'[sſ]|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\p{White_Space}\\p{L}\\p{N}\\u0345]+";
const WORDS: Readonly<Record<Specials, RegExp>> = {
  'as-text': new RegExp(CLIP_WORDS, 'gu'),
  'as-openclip': new RegExp(`<[sſ]tart_of_text>|<end_of_text>|${CLIP_WORDS}`, 'gu'),
};

/**
 * Why the file's normalizer is dropped after lower-casing: SimpleTokenizer has none, and this one would compose accents
 * decoded from entities. With `whitespace` cleaning OpenCLIP runs the file itself, whose normalizer then lower-cases.
 */
function clipEncode(file: TokenizerFile, { clean, linear }: TokenizerOptions): Encode {
  const [startId, endId] = [file.prefix[0], file.suffix[0]];
  if (startId === undefined || endId === undefined || file.prefix.length + file.suffix.length !== 2) {
    throw refuse('post_processor', 'must name one start token and one end token');
  }
  const names = new Map([
    ['<start_of_text>', startId],
    ['<end_of_text>', endId],
  ]);
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, use_regex: false };
  const pipeline = createPipeline({ ...file, normalizer: null, preTokenizer: byteLevel, addedTokens: [] });
  const normalizer = attempt(
    () => normalizerOf(clean === 'whitespace' ? file.normalizer : null, linear),
    (normalize) => normalize(TRIAL),
  );
  return (text, specials) => {
    const words = normalizer(text).match(WORDS[specials]) ?? [];
    return words.flatMap(
      (word) => (specials === 'as-openclip' ? names.get(word) : undefined) ?? pipeline(word),
    );
  };
}

function pipelineEncode(file: TokenizerFile, linear: PatternEngine | undefined): Encode {
  const asText = createPipeline({ ...file, model: hideSpecials(file), addedTokens: [] }, linear);
  let asOpenClip: ((text: string) => readonly number[]) | undefined;
  return (text, specials) =>
    specials === 'as-text' ? asText(text) : (asOpenClip ??= createPipeline(file, linear))(text);
}

/**
 * Why special tokens are renamed in the vocabulary: a Unigram model, or a BPE that matches whole words first, would
 * find their names in a text. With a lone surrogate in front, no cleaned text contains them.
 */
function hideSpecials({ model, addedTokens, unknownToken }: TokenizerFile): TokenizerFile['model'] {
  const specials = new Set(addedTokens.filter(({ special }) => special).map(({ content }) => content));
  if (unknownToken !== null) specials.delete(unknownToken);
  const hide = (entry: readonly [string, unknown]) =>
    specials.has(entry[0]) ? ([`\ud800${entry[0]}`, entry[1]] as const) : entry;
  const vocab = model['vocab'];
  if (Array.isArray(vocab)) return { ...model, vocab: vocab.map(hide) };
  return { ...model, vocab: Object.fromEntries(Object.entries(vocab as object).map(hide)) };
}

/** A text that every part of a tokenizer is tried with. */
const TRIAL = 'a photo of 2 cats, naïve ☃';

/**
 * The file's steps from text to ids, without start and end. The library looks pieces up, but of Unigram; all before
 * is done here.
 * @throws TokenizerUnsupported
 */
function createPipeline(file: TokenizerFile, linear?: PatternEngine): (text: string) => readonly number[] {
  const isUnigram = file.kind === 'Unigram';
  return attempt(
    () => {
      const pipeline = new Pipeline(
        {
          normalizer: null,
          pre_tokenizer: null,
          model: isUnigram ? { ...file.model, unk_id: 0, vocab: [[file.unknownToken, 0]] } : file.model,
          post_processor: null,
          decoder: null,
          added_tokens: file.addedTokens,
        },
        {},
      );
      // The library calls all three as plain functions.
      pipeline.normalizer = normalizerOf(file.normalizer, linear) as never;
      pipeline.pre_tokenizer = preTokenizerOf(file.preTokenizer, linear) as never;
      if (isUnigram) pipeline.model = unigramOf(file.model) as never;
      return (text) => pipeline.encode(text).ids;
    },
    (encode) => encode(TRIAL),
  );
}

/** Builds something from the file's parts and tries it once: on a malformed part the library may throw anything. */
function attempt<T>(make: () => T, tryOut: (made: T) => void): T {
  try {
    const made = make();
    tryOut(made);
    return made;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('TokenizerUnsupported', `tokenizer.json cannot be run: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
