import { unescapeHtml } from './entities';
import { fixText } from './fixes';

/** OpenCLIP's cleaning functions by name (`clean` in a checkpoint's `tokenizer_kwargs`). */
export type TextCleaning = 'lower' | 'whitespace' | 'canonicalize';

/**
 * Cleans a text as OpenCLIP does before tokenization, except for mojibake repair (see `fixText`). Every kind fixes
 * broken characters, unescapes HTML twice and collapses white space; `lower` also lower-cases; `canonicalize`
 * lower-cases, turns underscores into spaces and removes other ASCII punctuation.
 */
export function cleanText(text: string, kind: TextCleaning): string {
  const basic = unescapeHtml(unescapeHtml(fixText(text)));
  switch (kind) {
    case 'whitespace':
      return collapseSpace(basic);
    case 'lower':
      return collapseSpace(basic).toLowerCase();
    case 'canonicalize':
      return collapseSpace(
        basic
          .replace(/_/g, ' ')
          .replace(/[!-/:-@[-`{-~]/g, '')
          .toLowerCase(),
      );
  }
}

/** Why not \s: Python's white space also has U+001C..U+001F and U+0085, and lacks U+FEFF. */
// eslint-disable-next-line no-control-regex -- see above
const WHITE_SPACE = /[\p{White_Space}\x1c-\x1f]+/u;

function collapseSpace(text: string): string {
  return text.split(WHITE_SPACE).filter(Boolean).join(' ');
}
