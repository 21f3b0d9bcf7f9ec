import { property } from '../core/json';
import { contentOf, tokenId } from './text/language-code';

/** What transformers calls the token where `tokenizer_config.json` does not name it, as of RoBERTa, T5 and BERT. */
const USUAL = ['<pad>', '[PAD]'];

/**
 * The id that a Hugging Face tokenizer pads with: `padding.pad_id` of `tokenizer.json`, else the id of the token that
 * `tokenizer_config.json` names as `pad_token`, else of the one that is usually called so, else 0.
 */
export function paddingId(tokenizerJson: unknown, tokenizerConfig: unknown): number {
  const padding = property(property(tokenizerJson, 'padding'), 'pad_id');
  if (typeof padding === 'number') return padding;
  const named = contentOf(property(tokenizerConfig, 'pad_token'));
  const ids = (named === undefined ? USUAL : [named]).map((token) => tokenId(tokenizerJson, token));
  return ids.find((id) => id !== undefined) ?? 0;
}
