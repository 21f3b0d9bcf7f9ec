/** `2024:05:31 18:02:11` (EXIF), `2024-05-31T18:02:11.5+02:00` (XMP), `20240531 180211+0200` (IPTC). */
const WRITTEN =
  /^(\d{4})[:\-/]?([ \d]?\d)[:\-/]?([ \d]?\d)(?:[ T]+([ \d]?\d):?([ \d]?\d)(?::?([ \d]?\d))?(?!\d)|(?!\d))/;

type Six = [number, number, number, number, number, number];

/**
 * A date in a file's metadata, in milliseconds as if the camera's clock showed UTC: zones are ignored, since most
 * cameras write none. Seconds, or the whole time, may be missing. Undefined for a day or time that does not exist; a
 * clock that was never set writes zeros.
 */
export function clockTime(written: string): number | undefined {
  const parts = WRITTEN.exec(written.trim());
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((at) =>
    Number(parts[at] ?? 0),
  ) as Six;
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  const read = new Date(time);
  // Date.UTC makes 2 March of 30 February.
  const exists =
    read.getUTCFullYear() === year &&
    read.getUTCMonth() === month - 1 &&
    read.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  return exists ? time : undefined;
}
