import type { Architecture } from '../clip/architecture';
import { parseJson } from '../clip/parse-json';
import { CHECKPOINT_FILES } from '../clip/checkpoint-files';
import { paddingId } from '../clip/padding';
import { withLanguage } from '../clip/text/language-code';
import type { PatternEngine } from '../clip/text/patterns';
import { createTokenizer, hasPatterns, type Tokenizer } from '../clip/text/tokenizer';
import { Failure } from '../core/failure';
import { property } from '../core/json';
import { withinSeconds } from '../core/time-limit';

/** The texts of a tokenizer's files, both JSON. */
export interface TokenizerTexts {
  /** `tokenizer.json`. */
  readonly tokenizer: string;
  /** `tokenizer_config.json`, if the checkpoint has one. */
  readonly tokenizerConfig?: string;
}

/** Time to open a tokenizer; one of a quarter of a million tokens takes a second or two. */
const OPENING_SECONDS = 30;

/** A checkpoint's tokenizer. @throws TokenizerUnsupported, ConfigUnreadable if a text is not JSON */
export async function openTokenizer(
  architecture: Architecture,
  { tokenizer, tokenizerConfig }: TokenizerTexts,
): Promise<Tokenizer> {
  const settings = architecture.tokenizer;
  if (settings.unknown.length > 0) {
    throw new Failure(
      'TokenizerUnsupported',
      `tokenizer_kwargs: ${settings.unknown.join(', ')} is not supported.`,
    );
  }
  const config =
    tokenizerConfig === undefined ? undefined : parseJson(tokenizerConfig, CHECKPOINT_FILES.tokenizerConfig);
  const file = parseJson(tokenizer, CHECKPOINT_FILES.tokenizer);
  const json = isNllb(architecture, config) ? withLanguage(file, config) : file;
  const padId = settings.padding === 'zero' ? 0 : paddingId(json, config);
  const { vocabSize } = architecture.text;
  if (!(Number.isInteger(padId) && padId >= 0 && padId < vocabSize)) {
    throw new Failure(
      'TokenizerUnsupported',
      `The tokenizer pads with the token ${padId}; the text tower has ${vocabSize}, counted from 0.`,
    );
  }
  const linear = hasPatterns(json, settings.clean) ? await linearEngine() : undefined;
  const opened = withinSeconds(OPENING_SECONDS, { by: 'tokenizer' }, () =>
    createTokenizer(json, {
      contextLength: settings.contextLength,
      clean: settings.clean,
      padId,
      stripSeparator: settings.stripSeparator,
      linear,
    }),
  );
  if (opened.vocabSize > vocabSize) {
    throw new Failure(
      'TokenizerUnsupported',
      `tokenizer.json has ${opened.vocabSize} tokens, the text tower ${vocabSize}: they do not belong together.`,
    );
  }
  return opened;
}

/** Whether the tokenizer is NLLB's: by the class that is to load it, else by the tower. */
function isNllb({ text }: Architecture, config: unknown): boolean {
  const name = property(config, 'tokenizer_class');
  return typeof name === 'string' ? /^NllbTokenizer(?:Fast)?$/.test(name) : text.family === 'm2m100';
}

/** Fetched only for a file with patterns of its own, which few have. */
async function linearEngine(): Promise<PatternEngine> {
  return (await import('../clip/text/linear-patterns')).linearMatches;
}
