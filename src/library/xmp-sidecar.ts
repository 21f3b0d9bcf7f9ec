const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';

/** Where keywords stand: Dublin Core's, and Lightroom's with their hierarchy (a flat one is its own path). */
const PROPERTIES = [
  { prefix: 'dc', uri: 'http://purl.org/dc/elements/1.1/', local: 'subject' },
  { prefix: 'lr', uri: 'http://ns.adobe.com/lightroom/1.0/', local: 'hierarchicalSubject' },
] as const;

const LISTS: readonly string[] = ['Bag', 'Seq', 'Alt'];

/** A start tag, an end tag, or what is neither and may hold what looks like one. */
const TAGS =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<!|<(?<end>\/?)(?<name>[^\s/<>!?]+)(?<attributes>(?:\s+[^\s=<>/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(?<empty>\/?)>/g;

const ATTRIBUTE = /(?<name>[^\s=]+)\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')/g;

interface Element {
  readonly name: string;
  readonly uri: string;
  readonly local: string;
  readonly namespaces: ReadonlyMap<string, string>;
  readonly attributes: ReadonlyMap<string, string>;
  readonly isEmpty: boolean;
  readonly parent: Element | undefined;
  /** Of the start tag in the text; that of the end tag follows. */
  readonly start: number;
  readonly startEnd: number;
  endStart: number;
}

/** A part of the text that is replaced. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * An XMP sidecar with these keywords in `dc:subject` and `lr:hierarchicalSubject` (XMP specification, parts 1 and 2): a new
 * one, or `existing` with those added that it lacks, and every other character as it was. Undefined if that is no XMP.
 *
 * Why not parsed and written anew: what other programs keep in a sidecar, and how they lay it out, is theirs.
 */
export function withKeywords(existing: string | undefined, keywords: readonly string[]): string | undefined {
  if (existing === undefined) return newSidecar(keywords);
  const elements = elementsOf(existing);
  const root = elements?.find(({ uri, local }) => uri === RDF && local === 'RDF');
  if (!elements || !root) return undefined;
  const descriptions = elements.filter(
    ({ uri, local, parent }) => uri === RDF && local === 'Description' && parent === root,
  );
  const edits: Edit[] = [];
  const added: string[] = [];
  const home = descriptions[0];
  const rdf = (home ?? root).name.split(':').at(-2) ?? '';
  for (const property of PROPERTIES) {
    const isOwn = ({ uri, local }: Pick<Element, 'uri' | 'local'>) =>
      uri === property.uri && local === property.local;
    const own = elements.find((one) => isOwn(one) && descriptions.includes(one.parent!));
    // In the short form, which holds no list.
    if (!own && descriptions.some((one) => hasAttribute(one, property))) return undefined;
    const list = own && elements.find(({ parent, local }) => parent === own && LISTS.includes(local));
    const items = elements.filter(({ parent, local }) => list && parent === list && local === 'li');
    const there = items.map((item) => unescaped(existing.slice(item.startEnd, item.endStart)).trim());
    const missing = keywords.filter((keyword) => !there.includes(keyword));
    if (missing.length === 0) continue;
    if (!own) added.push(propertyText(property, rdf, missing));
    else if (!list || list.isEmpty) {
      const name = own.name;
      edits.push({
        start: own.start,
        end: own.isEmpty ? own.startEnd : existing.indexOf('>', own.endStart) + 1,
        text: `<${name}${namespaceOf(own, property)}>${listText(rdf, missing)}</${name}>`,
      });
    } else {
      const before = existing.slice(0, list.endStart);
      const space = /\s*$/.exec(before)![0];
      const at = list.endStart - space.length;
      const own = list.name.includes(':') ? `${list.name.split(':')[0]}:` : '';
      const text = missing.map(
        (keyword) => `${space && `${space} `}<${own}li>${escaped(keyword)}</${own}li>`,
      );
      edits.push({ start: at, end: at, text: text.join('') });
    }
  }
  if (added.length > 0) edits.push(intoDescription(existing, root, home, rdf, added.join('')));
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end), existing);
}

/** Properties as the last of a description, which is made if there is none. */
function intoDescription(
  text: string,
  root: Element,
  home: Element | undefined,
  rdf: string,
  properties: string,
): Edit {
  const prefix = rdf === '' ? '' : `${rdf}:`;
  const whole = `<${prefix}Description ${prefix}about="">${properties}</${prefix}Description>`;
  const [into, content] = home ? [home, properties] : [root, whole];
  if (!into.isEmpty) return { start: into.endStart, end: into.endStart, text: content };
  const start = text.lastIndexOf('/', into.startEnd);
  return { start, end: into.startEnd, text: `>${content}</${into.name}>` };
}

function newSidecar(keywords: readonly string[]): string {
  const properties = PROPERTIES.map((property) => propertyText(property, 'rdf', keywords));
  return [
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">',
    ` <rdf:RDF xmlns:rdf="${RDF}">`,
    '  <rdf:Description rdf:about="">',
    ...properties.map((property) => `   ${property}`),
    '  </rdf:Description>',
    ' </rdf:RDF>',
    '</x:xmpmeta>',
    '<?xpacket end="w"?>',
    '',
  ].join('\n');
}

function propertyText(
  { prefix, uri, local }: (typeof PROPERTIES)[number],
  rdf: string,
  keywords: readonly string[],
): string {
  return `<${prefix}:${local} xmlns:${prefix}="${uri}">${listText(rdf, keywords)}</${prefix}:${local}>`;
}

function listText(rdf: string, keywords: readonly string[]): string {
  const prefix = rdf === '' ? '' : `${rdf}:`;
  const items = keywords.map((keyword) => `<${prefix}li>${escaped(keyword)}</${prefix}li>`);
  return `<${prefix}Bag>${items.join('')}</${prefix}Bag>`;
}

/** The declaration of a property's namespace, if its own tag has it. */
function namespaceOf({ name, attributes }: Element, { uri }: (typeof PROPERTIES)[number]): string {
  const [prefix] = name.split(':');
  return attributes.get(`xmlns:${prefix}`) === uri ? ` xmlns:${prefix}="${uri}"` : '';
}

function hasAttribute(
  { attributes, namespaces }: Element,
  { uri, local }: (typeof PROPERTIES)[number],
): boolean {
  return [...attributes.keys()].some((name) => {
    const [prefix, rest] = name.split(':');
    return rest === local && namespaces.get(prefix ?? '') === uri;
  });
}

/** The elements of an XML text, in the order of their start tags; undefined if tags do not fit, or a doctype is declared. */
function elementsOf(text: string): Element[] | undefined {
  const elements: Element[] = [];
  let open: Element | undefined;
  for (const match of text.matchAll(TAGS)) {
    const { name, end, empty = '', attributes: written = '' } = match.groups ?? {};
    if (match[0] === '<!') return undefined;
    if (name === undefined) continue;
    if (end === '/') {
      if (open?.name !== name) return undefined;
      open.endStart = match.index;
      open = open.parent;
      continue;
    }
    const attributes = new Map(
      Array.from(written.matchAll(ATTRIBUTE), ({ groups = {} }) => [
        groups['name'] ?? '',
        unescaped(groups['double'] ?? groups['single'] ?? ''),
      ]),
    );
    const namespaces = new Map(open?.namespaces);
    for (const [attribute, value] of attributes) {
      if (attribute === 'xmlns') namespaces.set('', value);
      else if (attribute.startsWith('xmlns:')) namespaces.set(attribute.slice(6), value);
    }
    const [prefix, local] = name.includes(':') ? (name.split(':') as [string, string]) : ['', name];
    const element: Element = {
      name,
      uri: namespaces.get(prefix) ?? '',
      local,
      namespaces,
      attributes,
      isEmpty: empty === '/',
      parent: open,
      start: match.index,
      startEnd: match.index + match[0].length,
      endStart: match.index + match[0].length,
    };
    elements.push(element);
    if (empty !== '/') open = element;
  }
  return open === undefined ? elements : undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name as string] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex as string, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Without characters that XML has none of. */
function escaped(text: string): string {
  // eslint-disable-next-line no-control-regex -- those that XML 1.0 excludes
  const allowed = text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '');
  return allowed.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]!);
}
