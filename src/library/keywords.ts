/** Most keywords of a photo, and most characters of one: IPTC allows 64 bytes, and people write a dozen. */
const MOST_KEYWORDS = 100;
const LONGEST_KEYWORD = 100;

/** Tags by name, as ExifReader gives them. */
type Tags = Partial<Record<'Keywords' | 'subject' | 'hierarchicalSubject', unknown>>;

/** What it gives for a value, or each of a list. */
interface Item {
  readonly value?: unknown;
  readonly description?: unknown;
}

/**
 * The keywords of a photo's file: IPTC's (2:25), Dublin Core's subjects in XMP, and the leaves of Lightroom's hierarchies,
 * each once, ignoring case.
 */
export function keywordsOf(iptc: object | undefined, xmp: object | undefined): readonly string[] {
  const { Keywords }: Tags = iptc ?? {};
  const { subject, hierarchicalSubject }: Tags = xmp ?? {};
  const written = [
    ...textsOf(subject),
    ...textsOf(Keywords),
    ...textsOf(hierarchicalSubject).map((path) => path.split('|').at(-1) ?? ''),
  ];
  const keywords = new Map<string, string>();
  for (const text of written) {
    const keyword = text
      .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
      .trim()
      .slice(0, LONGEST_KEYWORD);
    const key = keyword.toLowerCase();
    if (keyword !== '' && !keywords.has(key)) keywords.set(key, keyword);
    if (keywords.size === MOST_KEYWORDS) break;
  }
  return [...keywords.values()];
}

/** The texts of a tag with one value or several. In a malformed file a tag may have any type. */
function textsOf(tag: unknown): string[] {
  const isList = (value: unknown): value is readonly Item[] =>
    Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null);
  const { value } = (tag ?? {}) as Item;
  const items = isList(tag) ? tag : isList(value) ? value : [(tag ?? {}) as Item];
  return items.flatMap(({ description, value: own }) => {
    const text = typeof description === 'string' ? description : own;
    return typeof text === 'string' ? [text] : [];
  });
}
