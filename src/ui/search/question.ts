import { parseQuery, type QueryTerm } from '../../search/query';
import { splitLine } from './conditions';

/** An example picture to search by: a photo of the library, or another file. */
export type Example =
  | { readonly kind: 'photo'; readonly id: number; readonly name: string }
  | { readonly kind: 'file'; readonly file: File; readonly name: string };

/** A query: text, example pictures, or both. */
export interface Question {
  /** As typed, without conditions, trimmed; empty if it has no terms. */
  readonly text: string;
  /** The parsed `text`. */
  readonly terms: readonly QueryTerm[];
  readonly examples: readonly Example[];
}

/** The query for a line and examples; undefined if both are empty. */
export function questionOf(line: string, examples: readonly Example[]): Question | undefined {
  const { rest } = splitLine(line);
  const terms = parseQuery(rest);
  if (terms.length === 0 && examples.length === 0) return undefined;
  return { text: terms.length > 0 ? rest : '', terms, examples };
}

/** Whether it is a single text with positive weight and no examples. */
export function isPlain({ terms, examples }: Question): boolean {
  const [term, ...others] = terms;
  return examples.length === 0 && others.length === 0 && (term?.weight ?? 0) > 0;
}

/** "for two cats", "like a.jpg and b.jpg", "for at night, like a.jpg". */
export function questionText({ text, examples }: Question): string {
  const names = examples.map(({ name }) => name).join(' and ');
  return [text && `for ${text}`, names && `like ${names}`].filter(Boolean).join(', ');
}
