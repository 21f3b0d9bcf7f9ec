import { show, type Settings } from './settings';
import { readContextLength } from './context-length';

export type CleanKind = 'lower' | 'whitespace' | 'canonicalize';

/** How OpenCLIP tokenizes text for this checkpoint. */
export interface TokenizerSettings {
  readonly contextLength: number;
  readonly clean: CleanKind;
  /**
   * `own`: a Hugging Face tokenizer, run as its file says and padded with its padding token. `zero`: OpenCLIP's
   * SimpleTokenizer, padded with 0.
   */
  readonly padding: 'zero' | 'own';
  /** Separator tokens become 0. */
  readonly stripSeparator: boolean;
  /** Unsupported tokenizer settings, as `key = value`: the towers run, but typed text cannot be tokenized. */
  readonly unknown: readonly string[];
}

const CLEAN_KINDS = ['lower', 'whitespace', 'canonicalize'] as const;

/** Reads the tokenizer settings of `text_cfg`. @throws ConfigUnreadable, UnsupportedSetting */
export function readTokenizer(text: Settings): TokenizerSettings {
  const own = text.name('hf_tokenizer_name') !== undefined;
  if (text.name('tokenizer_mode') !== undefined) throw text.refusal('tokenizer_mode');
  const unknown: string[] = [];
  const kwargs = new Map<string, unknown>(Object.entries(text.raw('tokenizer_kwargs') ?? {}));
  const clean = kwargs.get('clean') ?? (own ? 'whitespace' : 'lower');
  const known = CLEAN_KINDS.find((kind) => kind === clean);
  if (known === undefined) unknown.push(`clean = ${show(clean)}`);
  for (const [key, value] of kwargs) {
    if (key !== 'clean' && key !== 'strip_sep_token' && value !== null) {
      unknown.push(`${key.slice(0, 60)} = ${show(value)}`);
    }
  }
  return {
    contextLength: readContextLength(text),
    clean: known ?? 'lower',
    padding: own ? 'own' : 'zero',
    stripSeparator: kwargs.get('strip_sep_token') === true,
    unknown,
  };
}
