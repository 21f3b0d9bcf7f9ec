/** What makes a spreadsheet take a cell for a formula: also the wide forms, which some fold into the plain ones. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * Rows as CSV (RFC 4180: commas, CRLF, quotes where needed), a null or undefined field empty.
 * @param reader who reads it: `exact`, a database, gets every text as it is, an empty one as `""` to tell it from none
 *
 * Why text is kept from being a formula in a spreadsheet, at the price of an apostrophe: a spreadsheet runs a cell that
 * begins with one of these signs, and names come from strangers' files (OWASP, "CSV Injection").
 */
export function writeCsv(
  rows: readonly (readonly (string | number | null | undefined)[])[],
  reader: 'spreadsheet' | 'exact' = 'spreadsheet',
): string {
  return rows.map((row) => `${row.map((value) => csvField(value, reader)).join(',')}\r\n`).join('');
}

function csvField(value: string | number | null | undefined, reader: 'spreadsheet' | 'exact'): string {
  if (typeof value !== 'string') return String(value ?? '');
  if (reader === 'exact' && value === '') return '""';
  const text = reader === 'spreadsheet' && FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * The rows of a text in CSV, without empty lines: fields may be quoted, and hold commas, line breaks and doubled quotes
 * then. Lines end with CRLF, LF or CR; a byte order mark is skipped. A quote that is never closed takes the rest.
 */
export function readCsv(text: string, separator = ','): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    let field = '';
    if (text[at] === '"') {
      for (at++; at < text.length; at++) {
        if (text[at] !== '"') field += text[at];
        else if (text[at + 1] === '"') field += text[at++];
        else break;
      }
      at++;
    }
    const from = at;
    while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++;
    row.push(field + text.slice(from, at));
    if (text[at] === separator && at + 1 < text.length) {
      at++;
      continue;
    }
    if (text[at] === separator) row.push('');
    at += text.startsWith('\r\n', at) ? 2 : 1;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}
