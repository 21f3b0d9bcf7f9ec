/** What file systems take in one name, in bytes of UTF-8. */
const LONGEST_NAME = 255;

/** `name` for number 1, then "name (2).jpg" and so on. A long name is cut, so that the number and the ending fit. */
export function numbered(name: string, number: number): string {
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  const mark = number === 1 ? '' : ` (${number})`;
  const room = LONGEST_NAME - lengthOf(mark + ending);
  // An ending that leaves no room is no ending.
  return room > 0 ? cut(stem, room) + mark + ending : cut(name, LONGEST_NAME - lengthOf(mark)) + mark;
}

function lengthOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** `text`, or its longest beginning with at most `bytes` bytes of UTF-8, in whole characters. */
function cut(text: string, bytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(Math.max(0, bytes)));
  return read === text.length ? text : text.slice(0, read).replace(/[. ]+$/, '');
}
