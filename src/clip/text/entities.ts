import { decodeHTML, decodeHTMLStrict } from 'entities/decode';

/**
 * The windows-1252 characters of the bytes 0x80..0x9f. The five that windows-1252 leaves undefined (81, 8d, 8f, 90, 9d)
 * stay control characters. Both HTML and ftfy map C1 controls by this table.
 */
export const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

const REFERENCE = /&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[0-9A-Za-z]+;?)/g;
const TERMINATED_REFERENCE = /&#?[0-9A-Za-z]{1,24};/g;

/**
 * Python's `html.unescape`: decodes every HTML5 character reference. A name may lack its semicolon: the longest known
 * prefix counts, so `&notanentity;` becomes `¬anentity;`.
 */
export function unescapeHtml(text: string): string {
  return text.replace(REFERENCE, (reference) =>
    reference.startsWith('&#') ? numericReference(reference) : decodeHTML(reference),
  );
}

/**
 * ftfy's `unescape_html`, more careful with text that was never HTML: a reference must end in a semicolon and is left
 * alone if only part of it can be decoded. A lower-case name in capitals gives the capital letter (`&NTILDE;` is `Ñ`),
 * unless HTML itself defines the name in capitals.
 */
export function unescapeTerminated(text: string): string {
  return text.replace(TERMINATED_REFERENCE, (reference) => {
    if (reference.startsWith('&#')) {
      const character = unescapeHtml(reference);
      return character.includes(';') ? reference : character;
    }
    const character = decodeHTMLStrict(reference);
    if (character !== reference) return character;
    if (reference !== reference.toUpperCase() || unescapeHtml(reference) !== reference) return reference;
    const lowerCase = reference.toLowerCase();
    const small = decodeHTMLStrict(lowerCase);
    return small === lowerCase ? reference : small.toUpperCase();
  });
}

/** Noncharacters, and control characters other than tab, line feed, form feed and carriage return. */
const DROPPED = /(?![\t\n\f\r])\p{Cc}|\p{Noncharacter_Code_Point}/u;

/** The character of `&#…` as Python reads it: nothing for a control character or a noncharacter. */
function numericReference(reference: string): string {
  const digits = reference.slice(2);
  const codePoint = /^[xX]/.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10);
  if (codePoint === 0 || codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff))
    return '\ufffd';
  if (codePoint >= 0x80 && codePoint <= 0x9f) return WINDOWS_1252.charAt(codePoint - 0x80);
  const character = String.fromCodePoint(codePoint);
  return DROPPED.test(character) ? '' : character;
}
