/**
 * The concepts: every emoji but flags, skin tones and components, with the names people use for it. Names from
 * unicode-emoji-json, further ones from emojilib and emojibase, everyday ones from `everyday.txt`.
 */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { HYPERNYMS } from './hypernyms.js';

const require = createRequire(import.meta.url);

/** A name as a key: 'Christmas tree' and 'christmas-tree' are one. */
export function keyOf(name) {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/** The code points of an emoji as chars.json writes them, without variation selectors. */
export function codePointsOf(emoji) {
  return [...emoji]
    .map((one) => one.codePointAt(0).toString(16))
    .filter((one) => one !== 'fe0f')
    .join('-');
}

/** From a concept's CLDR name: what else people call it, the everyday word first. */
export function readEveryday() {
  const text = readFileSync(new URL('everyday.txt', import.meta.url), 'utf8');
  const rows = text.split('\n').filter((line) => line.includes(' = '));
  return new Map(
    rows.map((line) => {
      const [name, words] = line.split(' = ');
      return [name, words.split(', ')];
    }),
  );
}

/**
 * @returns {{id: string, name: string, group: string, subgroup: string, everyday: string[], hypernyms: string[],
 *   aliases: string[], codePoints: string}[]} `aliases` are keys to find drawings by, not words for captions
 */
export function readConcepts() {
  const byEmoji = require('unicode-emoji-json/data-by-emoji.json');
  const keywords = require('emojilib');
  const groups = require('emojibase-data/meta/groups.json');
  const base = new Map(require('emojibase-data/en/data.json').map((one) => [codePointsOf(one.emoji), one]));
  const shortcodes = ['github', 'emojibase', 'joypixels', 'iamcal', 'cldr'].map((name) =>
    require(`emojibase-data/en/shortcodes/${name}.json`),
  );
  const everyday = readEveryday();
  const concepts = [];
  for (const [emoji, { name, slug, group }] of Object.entries(byEmoji)) {
    if (group === 'Flags' || group === 'Component') continue;
    const codePoints = codePointsOf(emoji);
    const more = base.get(codePoints);
    const subgroup = more ? groups.subgroups[more.subgroup] : '';
    const codes = more ? shortcodes.flatMap((list) => list[more.hexcode] ?? []) : [];
    concepts.push({
      id: slug,
      name,
      group,
      subgroup,
      everyday: everyday.get(name) ?? [],
      hypernyms: HYPERNYMS[subgroup] ?? [],
      aliases: [more?.label ?? name, keywords[emoji]?.[0] ?? name, ...codes.flat()].map(keyOf),
      codePoints,
    });
  }
  const names = new Set(concepts.map(({ name }) => name));
  const unknown = [...everyday.keys()].filter((name) => !names.has(name));
  if (unknown.length > 0) throw new Error(`everyday.txt names no concept: ${unknown.join(', ')}`);
  return concepts;
}
