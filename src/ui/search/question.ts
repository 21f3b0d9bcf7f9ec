import { parseQuery, type QueryTerm } from '../../search/query';

/** A picture that is searched by: one of the photos here, or a file that is none of them. */
export type Example =
  | { readonly kind: 'photo'; readonly id: number; readonly name: string }
  | { readonly kind: 'file'; readonly file: File; readonly name: string };

/** What is searched for: words, pictures like these, or both together. */
export interface Question {
  /** As it was typed, without space around it; empty where it asks for nothing. */
  readonly text: string;
  /** What `text` asks for. */
  readonly terms: readonly QueryTerm[];
  readonly examples: readonly Example[];
}

/** The question of a line and of examples; undefined where they ask for nothing. */
export function questionOf(line: string, examples: readonly Example[]): Question | undefined {
  const terms = parseQuery(line);
  if (terms.length === 0 && examples.length === 0) return undefined;
  return { text: terms.length > 0 ? line.trim() : '', terms, examples };
}

/** Whether it is one text, wanted and nothing else. */
export function isPlain({ terms, examples }: Question): boolean {
  const [term, ...others] = terms;
  return examples.length === 0 && others.length === 0 && (term?.weight ?? 0) > 0;
}

/** "for two cats", "like a.jpg and b.jpg", "for at night, like a.jpg". */
export function questionText({ text, examples }: Question): string {
  const names = examples.map(({ name }) => name).join(' and ');
  return [text && `for ${text}`, names && `like ${names}`].filter(Boolean).join(', ');
}
