import { property } from '../core/json';

/**
 * The id that a Hugging Face tokenizer pads with: `padding.pad_id` of `tokenizer.json`, else the id of the token that
 * `tokenizer_config.json` names as `pad_token`, else 0.
 */
export function paddingId(tokenizerJson: unknown, tokenizerConfig: unknown): number {
  const padding = property(property(tokenizerJson, 'padding'), 'pad_id');
  if (typeof padding === 'number') return padding;
  const named = property(tokenizerConfig, 'pad_token');
  const token = typeof named === 'string' ? named : property(named, 'content');
  if (typeof token !== 'string') return 0;
  const added = property(tokenizerJson, 'added_tokens');
  const entry: unknown = Array.isArray(added)
    ? added.find((one) => property(one, 'content') === token)
    : undefined;
  const id = property(entry, 'id') ?? property(property(property(tokenizerJson, 'model'), 'vocab'), token);
  return typeof id === 'number' ? id : 0;
}
