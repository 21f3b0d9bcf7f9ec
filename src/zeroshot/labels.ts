import { isTemplate } from './templates';

/** What a text field holds. */
export interface LabelField {
  readonly labels: readonly string[];
  /** Prompt templates of the user's own, to be used in place of a set. */
  readonly templates: readonly string[];
}

/**
 * The words that mean a label, of which the first is its name: `dog | puppy`. Its classifier row is the mean of theirs, as
 * of several templates.
 */
export function synonymsOf(label: string): readonly string[] {
  const words = label.split('|').map((word) => word.trim());
  const some = words.filter((word) => word !== '');
  return some.length > 0 ? some : [label];
}

/** What a label is called. */
export function nameOfLabel(label: string): string {
  return synonymsOf(label)[0]!;
}

/** The characters that Unicode calls a comma or a semicolon, of every script, without letters and accents. */
const COMMAS = ',;،؛߸፣፤᠂᠈⁏⸲⸴⸵⹁⹉⹌、꓾꘍꛵꛶︐︑︔﹐﹑﹔，；､\u{1144d}\u{1145a}\u{16e97}\u{1da87}\u{1da89}';
const LINE_ENDS = '\\n\\v\\f\\r\\u0085\\u2028\\u2029';
const ENDS = `${COMMAS}${LINE_ENDS}\\t`;
const SPACES = `[^\\S${ENDS}]*`;
const QUOTES = '"“”„';

/** A part of the field: in quotes, or up to the next comma or line end. */
const QUOTED = `${SPACES}[${QUOTES}](?<quoted>[^${QUOTES}${LINE_ENDS}]*)[${QUOTES}]${SPACES}(?=[${ENDS}]|$)`;
const HAS_COMMA = new RegExp(`[${COMMAS}]`, 'u');
const ANY_QUOTE = new RegExp(`[${QUOTES}]`, 'gu');
const PARTS = new RegExp(`${QUOTED}|(?<plain>[^${ENDS}]+)`, 'gu');

/**
 * Reads a text field: one label per line or separated by commas, semicolons or tabs, trimmed, in order. In quotes it may
 * have commas (`"red, white and blue"`), and synonyms, parted by `|`. What has a `{}` beside other words is a template.
 * Empty labels and repeated names are dropped, ignoring case: CLIP lower-cases text, so duplicates would split their probability.
 */
export function parseLabels(field: string): LabelField {
  const labels = new Map<string, string>();
  const templates = new Set<string>();
  for (const { groups = {} } of field.matchAll(PARTS)) {
    const text = (groups['quoted'] ?? groups['plain'] ?? '').trim().replace(/\s+/g, ' ');
    const key = nameOfLabel(text).toLowerCase();
    if (isTemplate(text)) templates.add(text);
    else if (text !== '' && !labels.has(key)) labels.set(key, text);
  }
  return { labels: [...labels.values()], templates: [...templates] };
}

/**
 * A field with these labels and templates, one a line: `parseLabels` reads them again, without those that are empty. What
 * has commas stands in quotes, and quotes in it become `'`.
 */
export function fieldText(labels: readonly string[]): string {
  return labels
    .map((label) => label.trim().replace(/\s+/g, ' '))
    .filter((label) => label !== '')
    .map((label) => (HAS_COMMA.test(label) ? `"${label.replace(ANY_QUOTE, "'")}"` : label))
    .join('\n');
}
