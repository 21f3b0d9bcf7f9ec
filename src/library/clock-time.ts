/** `2024:05:31` (EXIF), `2024-05-31` (XMP), `20240531` (IPTC), and other separators; one digit may have a space before it. */
const DATE = /^(\d{4})[:\-/. ]?([ \d]?\d)[:\-/. ]?([ \d]?\d)(?!\d)/;

/** ` 18:02:11` (EXIF), `T18:02:11.5+02:00` (XMP), ` 180211+0200` (IPTC), and other separators, of which both are alike. */
const TIMES = [
  /^[ T,]+([ \d]?\d)([:.-])([ \d]?\d)(?:\2([ \d]?\d))?(?!\d)/,
  /^[ T,]+(\d\d)()(\d\d)(\d\d)?(?!\d)/,
];

type Six = [number, number, number, number, number, number];

/**
 * A date in a file's metadata, in milliseconds as if the camera's clock showed UTC: zones are ignored, since most
 * cameras write none. Seconds, or the whole time, may be missing. Undefined for a day or time that does not exist; a
 * clock that was never set writes zeros.
 */
export function clockTime(written: string): number | undefined {
  const text = written.trim();
  const date = DATE.exec(text);
  if (!date) return undefined;
  const rest = text.slice(date[0].length);
  const time = TIMES.map((pattern) => pattern.exec(rest)).find(Boolean) ?? [];
  const parts = [date[1], date[2], date[3], time[1], time[3], time[4]];
  const [year, month, day, hour, minute, second] = parts.map((part) => Number(part ?? 0)) as Six;
  const utc = Date.UTC(year, month - 1, day, hour, minute, second);
  const read = new Date(utc);
  // Date.UTC makes 2 March of 30 February.
  const exists =
    read.getUTCFullYear() === year &&
    read.getUTCMonth() === month - 1 &&
    read.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  return exists ? utc : undefined;
}
