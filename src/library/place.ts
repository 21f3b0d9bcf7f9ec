import type { Place } from './records';

/**
 * Where a photo was taken, from its coordinates in degrees. Undefined outside the earth's range, and at 0, 0, a place in
 * the Atlantic that cameras without a position write.
 */
export function placeOf(latitude: number | undefined, longitude: number | undefined): Place | undefined {
  if (latitude === undefined || longitude === undefined) return undefined;
  const isOnEarth = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return isOnEarth && (latitude !== 0 || longitude !== 0) ? { latitude, longitude } : undefined;
}

/** The mean radius of the earth in kilometres, (2a + b) / 3 of GRS 80 (IUGG). */
const EARTH = 6371.0088;

/** The distance of two places along the surface, in kilometres: a sphere's (the haversine formula), right within 0.6 %. */
export function kilometresBetween(a: Place, b: Place): number {
  const radians = Math.PI / 180;
  const half = (from: number, to: number) => Math.sin(((to - from) * radians) / 2) ** 2;
  const cosines = Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians);
  const chord = half(a.latitude, b.latitude) + cosines * half(a.longitude, b.longitude);
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/**
 * A coordinate in degrees, north and east positive.
 * @param parts degrees, then minutes and seconds if given
 * @param reference "N", "s", "West" …: the hemisphere, without which a place may lie on the other side of the earth
 * @param axis the letters of its two hemispheres, the positive one first
 */
export function coordinate(
  parts: readonly unknown[],
  reference: string,
  axis: 'NS' | 'EW',
): number | undefined {
  const [degrees, minutes = 0, seconds = 0] = parts;
  const side = axis.indexOf(reference.trim().charAt(0).toUpperCase() || '-');
  if (side < 0 || !isFinite(degrees) || !isFinite(minutes) || !isFinite(seconds)) return undefined;
  const size = Math.abs(degrees) + Math.abs(minutes) / 60 + Math.abs(seconds) / 3600;
  // A minus contradicts the positive hemisphere.
  if (side === 0 && degrees < 0) return undefined;
  return side === 0 ? size : -size;
}

/** XMP's `33,51,36S` or `33,51.6S`: XMP specification part 2, GPSCoordinate. */
export function writtenCoordinate(written: string, axis: 'NS' | 'EW'): number | undefined {
  const [, numbers = '', reference = ''] = /^([\d.,\s]+)([A-Z]+)$/i.exec(written.trim()) ?? [];
  return coordinate(numbers.split(',').map(numberOf), reference, axis);
}

const numberOf = (written: string) => (written.trim() === '' ? NaN : Number(written));

function isFinite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
