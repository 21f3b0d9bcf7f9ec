/** Formats numbers for display. */
import { grouped } from '../../core/digits';

/** `1204` as "1,204". */
export function countText(count: number): string {
  return grouped(count);
}

/** "1 photo", "80 photos". */
export function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A cosine with three decimals: "0.312". */
export function scoreText(score: number): string {
  return score.toFixed(3).replace('-0.000', '0.000');
}

/** A fraction 0..1 as a percentage with one decimal: "97.3%". */
export function percentText(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** Decimal units, as on disk labels: "5.7 MB", "605 MB", "3.9 GB". */
export function bytesText(bytes: number): string {
  const unit = byteUnit(bytes);
  return `${inUnit(bytes, unit)} ${BYTE_UNITS[unit]}`;
}

/** A part of a whole, both in the whole's unit: "312 of 605 MB", "0.4 of 3.9 GB". */
export function bytesOfText(done: number, total: number): string {
  const unit = byteUnit(total);
  return `${inUnit(done, unit)} of ${inUnit(total, unit)} ${BYTE_UNITS[unit]}`;
}

/** The unit in which `bytes` is a number below a thousand, as a power of a thousand. */
function byteUnit(bytes: number): number {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return unit;
}

function inUnit(bytes: number, unit: number): string {
  const value = bytes / 1000 ** unit;
  return unit > 0 && value > 0 && value < 9.95 ? value.toFixed(1) : countText(Math.round(value));
}

/** A number of weights: "151 M", "2.5 B". */
export function weightsText(weights: number): string {
  if (weights >= 1e9) return `${(weights / 1e9).toFixed(1)} B`;
  return weights >= 9.95e6 ? `${Math.round(weights / 1e6)} M` : `${(weights / 1e6).toFixed(1)} M`;
}

/** "41 photos/s", or "12 photos a minute" when slower than one a second. */
export function rateText(perSecond: number, noun = 'photo'): string {
  if (perSecond >= 9.95) return `${countText(Math.round(perSecond))} ${noun}s/s`;
  if (perSecond >= 1) return `${perSecond.toFixed(1)} ${noun}s/s`;
  return `${plural(Math.max(1, Math.round(perSecond * 60)), noun)} a minute`;
}

/** Remaining time, coarsely rounded: "about 2 minutes". */
export function timeLeftText(seconds: number): string {
  if (seconds < 10) return 'a few seconds';
  if (seconds < 20) return `about ${Math.ceil(seconds)} seconds`;
  if (seconds < 55) return `about ${Math.ceil(seconds / 10) * 10} seconds`;
  if (seconds < 55 * 60) return `about ${plural(Math.max(1, Math.round(seconds / 60)), 'minute')}`;
  return `about ${plural(Math.max(1, Math.round(seconds / 3600)), 'hour')}`;
}

/** "Indexing 1,204 of 5,310 · 41 photos/s · about 2 minutes"; "Paused at 1,204 of 5,310". */
export function indexingText(work: {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly rate: number | undefined;
  readonly secondsLeft: number | undefined;
  /** More photos are being found: neither the total nor the time left is known. */
  readonly isGrowing?: boolean;
}): string {
  const amount = `${countText(work.done)} of ${countText(work.total)}${work.isGrowing ? ' so far' : ''}`;
  if (work.phase === 'paused') return `Paused at ${amount}`;
  const rate = work.rate ? ` · ${rateText(work.rate)}` : '';
  const left = work.secondsLeft && !work.isGrowing ? ` · ${timeLeftText(work.secondsLeft)}` : '';
  return `Indexing ${amount}${rate}${left}`;
}

/** When a photo was taken, by the camera's clock (milliseconds as if it showed UTC): "31 May 2024, 18:02". */
export function takenText(taken: number): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(
    taken,
  );
}

/** "48.8584° N, 2.2945° E". */
export function placeText({ latitude, longitude }: { latitude: number; longitude: number }): string {
  const part = (degrees: number, positive: string, negative: string) =>
    `${Math.abs(degrees).toFixed(4)}° ${degrees < 0 ? negative : positive}`;
  return `${part(latitude, 'N', 'S')}, ${part(longitude, 'E', 'W')}`;
}

/** How long ago something was, in milliseconds: "just now", "3 hours ago", "2 months ago". */
export function agoText(milliseconds: number): string {
  const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
    ['year', 365 * 86_400],
    ['month', 30 * 86_400],
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ];
  const seconds = milliseconds / 1000;
  const [unit, length] = steps.find(([, each]) => seconds >= each) ?? ['second', 1];
  if (unit === 'second') return 'just now';
  return new Intl.RelativeTimeFormat('en').format(-Math.floor(seconds / length), unit);
}
