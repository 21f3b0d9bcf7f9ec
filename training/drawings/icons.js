/** Finding in an icon set the drawings of the concepts. */
import { createRequire } from 'node:module';
import { keyOf } from './concepts.js';

const require = createRequire(import.meta.url);
const SKIN = /(?:light|medium|dark)(?:-skin-tone)?$|skin-tone/;
/** Endings that tell a drawing's manner, not its subject. */
const MANNER =
  /-(?:\d+|fill|filled|duotone|bold|light|thin|outline|outlined|rounded|sharp|duo|flat|solid|negative|variant|one|two|three|color)$/;
/** Manners of which one set has many, nearly alike. */
const REPEATED =
  /-(?:thin|light|bold|rounded|sharp|negative|outline-rounded|outline-sharp)$|-(?:16|20|24|28|32|11)$/;
/** Where one word names one thing: `icons` sets call a face, a sign or an arrow by many names. */
const NAMED_ALIKE = new Set(['Animals & Nature', 'Food & Drink', 'Travel & Places', 'Activities', 'Objects']);
const MOST_PER_SET = 3;

/**
 * @param {{set: string, kind: string}} source
 * @param {ReturnType<typeof import('./concepts.js').readConcepts>} concepts
 * @returns {{concept: number, icon: string, svg: string, mono: boolean}[]} in the order of the concepts
 */
export function drawingsOf({ set, kind }, concepts) {
  const icons = require(`@iconify-json/${set}/icons.json`);
  const { palette } = require(`@iconify-json/${set}/info.json`);
  const found = kind === 'emoji' ? emojiOf(set, icons, concepts) : namesakesOf(icons, concepts);
  return found
    .sort((a, b) => a.concept - b.concept || (a.icon < b.icon ? -1 : 1))
    .map(({ concept, icon }) => ({ concept, icon, svg: svgOf(icons, icon), mono: !palette }));
}

function emojiOf(set, icons, concepts) {
  const byPoints = new Map(concepts.map(({ codePoints }, at) => [codePoints, at]));
  const byName = keysOf(concepts, (concept) => concept.aliases);
  const points = new Map();
  for (const [chars, icon] of Object.entries(charsOf(set))) {
    const at = byPoints.get(chars.replaceAll('-fe0f', ''));
    if (at !== undefined && !points.has(icon)) points.set(icon, at);
  }
  const taken = new Set(points.values());
  const rows = [...points].map(([icon, concept]) => ({ concept, icon }));
  const named = new Map();
  for (const icon of Object.keys(icons.icons)) {
    if (points.has(icon) || SKIN.test(icon)) continue;
    const plain = set === 'streamline-emojis' ? icon.replace(/-\d$/, '') : icon;
    const at = byName.get(keyOf(plain));
    if (at === undefined || taken.has(at)) continue;
    const before = named.get(at) ?? 0;
    // Where a set has one drawing a thing, a second is another way to write the same name.
    if (before > 0 && set !== 'streamline-emojis') continue;
    named.set(at, before + 1);
    rows.push({ concept: at, icon });
  }
  return rows;
}

function namesakesOf(icons, concepts) {
  const everyday = keysOf(concepts, (concept) => (NAMED_ALIKE.has(concept.group) ? concept.everyday : []));
  const rows = [];
  const count = new Map();
  for (const icon of Object.keys(icons.icons)) {
    if (REPEATED.test(icon)) continue;
    let plain = icon;
    while (MANNER.test(plain)) plain = plain.replace(MANNER, '');
    const at = everyday.get(keyOf(plain));
    const before = count.get(at) ?? 0;
    if (at === undefined || before >= MOST_PER_SET) continue;
    count.set(at, before + 1);
    rows.push({ concept: at, icon });
  }
  return rows;
}

/** Each concept by the keys of its name and further names; a further name that two concepts share names neither. */
function keysOf(concepts, namesOf) {
  const keys = new Map();
  concepts.forEach((concept, at) => {
    for (const key of new Set(namesOf(concept).map(keyOf))) keys.set(key, keys.has(key) ? -1 : at);
  });
  concepts.forEach(({ name, group }, at) => {
    if (NAMED_ALIKE.has(group) || !keys.has(keyOf(name))) keys.set(keyOf(name), at);
  });
  for (const [key, at] of keys) if (at < 0) keys.delete(key);
  return keys;
}

function charsOf(set) {
  try {
    return require(`@iconify-json/${set}/chars.json`);
  } catch {
    return {};
  }
}

function svgOf(icons, name) {
  const {
    body,
    width = icons.width ?? 16,
    height = icons.height ?? 16,
    left = 0,
    top = 0,
  } = icons.icons[name];
  const box = `${left} ${top} ${width} ${height}`;
  return { body, box, size: Math.max(width, height) };
}
