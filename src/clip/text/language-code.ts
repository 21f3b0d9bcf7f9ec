import { property } from '../../core/json';
import { refuse, show } from './tokenizer-file';

/** The language that an NLLB tokenizer takes texts to be in, unless its `src_lang` says otherwise. */
const USUAL = 'eng_Latn';

/**
 * A parsed `tokenizer.json` whose texts get the code of their language as transformers' `NllbTokenizer` gives it: before
 * each, or behind its end if `legacy_behaviour` is set.
 *
 * Why the template of the file does not count: the class replaces it when it is loaded, and the published file has the
 * code behind, where the tower that reads the first token would miss it.
 *
 * Why OpenCLIP's `language` is not asked for: transformers goes back to that of `tokenizer_config.json` before each text.
 * @throws TokenizerUnsupported for a language, or an end of text, that the vocabulary lacks
 */
export function withLanguage(tokenizerJson: unknown, tokenizerConfig: unknown): unknown {
  const named = property(tokenizerConfig, 'src_lang');
  const code = typeof named === 'string' ? named : USUAL;
  const end = contentOf(property(tokenizerConfig, 'eos_token')) ?? '</s>';
  const text = { Sequence: { id: 'A', type_id: 0 } };
  const [inner, last] = [code, end].map((id) => ({ SpecialToken: { id, type_id: 0 } }));
  const special = [code, end].map((token) => {
    const id = tokenId(tokenizerJson, token);
    if (id === undefined)
      throw refuse('model.vocab', `has no token ${show(token)}, which an NLLB text needs`);
    return [token, { id: token, ids: [id], tokens: [token] }] as const;
  });
  const isBehind = property(tokenizerConfig, 'legacy_behaviour') === true;
  return {
    ...(tokenizerJson as object),
    post_processor: {
      type: 'TemplateProcessing',
      single: isBehind ? [text, last, inner] : [inner, text, last],
      special_tokens: Object.fromEntries(special),
    },
  };
}

/** A token as `tokenizer_config.json` writes it: its text, or an object with that. */
export function contentOf(token: unknown): string | undefined {
  const content = typeof token === 'string' ? token : property(token, 'content');
  return typeof content === 'string' ? content : undefined;
}

/** The id of a token in a parsed `tokenizer.json`: of an added one, else in its vocabulary. */
export function tokenId(tokenizerJson: unknown, token: string): number | undefined {
  const added = property(tokenizerJson, 'added_tokens');
  const entry: unknown = Array.isArray(added)
    ? added.find((one) => property(one, 'content') === token)
    : undefined;
  const vocabulary = property(property(tokenizerJson, 'model'), 'vocab');
  const id = property(entry, 'id') ?? property(vocabulary, token);
  return typeof id === 'number' ? id : undefined;
}
