import { unescapeTerminated, WINDOWS_1252 } from './entities';

/**
 * ftfy 6.3's `fix_text` without its mojibake repair: fixes each line repeatedly until it no longer changes. Entities
 * are decoded up to the first line with a `<`: the rest may be real HTML.
 *
 * Why mojibake stays: ftfy guesses the misread encoding by a heuristic with large tables, and nobody types `schÃ¶n` on
 * purpose.
 */
export function fixText(text: string): string {
  let entities = true;
  return text
    .split(/(?<=\n)/)
    .map((line) => {
      entities &&= !line.includes('<');
      return fixLine(line, entities);
    })
    .join('');
}

function fixLine(line: string, entities: boolean): string {
  for (let before = line; ; before = line) {
    if (entities) line = unescapeTerminated(line);
    for (const fix of FIXES) line = fix(line);
    if (line === before) return line;
  }
}

/** Latin ligatures and digraphs with the letters they stand for (ftfy 6.3, `chardata.LIGATURES`). */
const LIGATURES: Readonly<Record<string, string>> = {
  Ĳ: 'IJ',
  ĳ: 'ij',
  ŉ: 'ʼn',
  Ǳ: 'DZ',
  ǲ: 'Dz',
  ǳ: 'dz',
  Ǆ: 'DŽ',
  ǅ: 'Dž',
  ǆ: 'dž',
  Ǉ: 'LJ',
  ǈ: 'Lj',
  ǉ: 'lj',
  Ǌ: 'NJ',
  ǋ: 'Nj',
  ǌ: 'nj',
  ﬀ: 'ff',
  ﬁ: 'fi',
  ﬂ: 'fl',
  ﬃ: 'ffi',
  ﬄ: 'ffl',
  ﬅ: 'ſt',
  ﬆ: 'st',
};

/** ftfy's steps in ftfy's order. */
const FIXES: readonly ((text: string) => string)[] = [
  (text) => text.replace(/[\x80-\x9f]/g, (control) => WINDOWS_1252.charAt(control.charCodeAt(0) - 0x80)),
  (text) => text.replace(/[ĲĳŉǄ-ǌǱ-ǳﬀ-ﬆ]/g, (ligature) => LIGATURES[ligature] ?? ligature),
  // Full-width and half-width forms, and the ideographic space.
  (text) => text.replace(/[\u3000\uff01-\uffef]/g, (wide) => wide.normalize('NFKC')),
  (text) => text.replace(/[\u201c-\u201f]/g, '"').replace(/[\u02bc\u2018-\u201b]/g, "'"),
  (text) => text.replace(/\r\n|[\r\u2028\u2029\x85]/g, '\n'),
  (text) => text.replace(/\p{Surrogate}/gu, '\ufffd'),
  // Terminal colours: Python's \d takes every decimal digit.
  // eslint-disable-next-line no-control-regex -- such a sequence begins with the escape character
  (text) => text.replace(/\x1b\[[\p{Nd};]*[a-zA-Z]/gu, ''),
  // Control characters with no effect, deprecated Arabic shaping, the byte order mark, annotation marks.
  (text) => text.replace(/(?![\t\n\f\r\x80-\x9f])[\p{Cc}\u206a-\u206f\ufeff\ufff9-\ufffc]/gu, ''),
  (text) => text.normalize('NFC'),
];
