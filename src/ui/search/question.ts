import { parseQuery } from '../../search/query';

/** A picture that is searched by: one of the photos here, or a file that is none of them. */
export type Example =
  | { readonly kind: 'photo'; readonly id: number; readonly name: string }
  | { readonly kind: 'file'; readonly file: File; readonly name: string };

/** What is searched for: words, pictures like these, or both together. */
export interface Question {
  /** As it was typed, without space around it. */
  readonly text: string;
  readonly examples: readonly Example[];
}

/** The question of a line and of examples; undefined where they ask for nothing. */
export function questionOf(line: string, examples: readonly Example[]): Question | undefined {
  const text = line.trim();
  const asksText = parseQuery(text).length > 0;
  return asksText || examples.length > 0 ? { text: asksText ? text : '', examples } : undefined;
}

/** Whether it is one text, wanted and nothing else. */
export function isPlain({ text, examples }: Question): boolean {
  const [term, ...others] = parseQuery(text);
  return examples.length === 0 && others.length === 0 && (term?.weight ?? 0) > 0;
}

/** "for two cats", "like a.jpg and b.jpg", "for at night, like a.jpg". */
export function questionText({ text, examples }: Question): string {
  const names = examples.map(({ name }) => name).join(' and ');
  return [text && `for ${text}`, names && `like ${names}`].filter(Boolean).join(', ');
}
