import { placeOf } from '../../library/place';
import type { Place } from '../../library/records';

/** A place, and how far around it, in kilometres. */
export interface Spot extends Place {
  readonly within: number;
}

/** Distances to choose from, in kilometres. */
export const DISTANCES = [1, 10, 100] as const;

/** The distance of a spot that names none. */
export const USUAL_DISTANCE = 10;

const NUMBER = String.raw`([-−]?\d+(?:\.\d+)?)°?`;
const SPOT = new RegExp(
  String.raw`^${NUMBER}\s*([NS])?[\s,;]+${NUMBER}\s*([EW])?(?:[\s,;]+(\d+(?:\.\d+)?)\s*km)?$`,
  'iu',
);

/**
 * Reads "48.8584,2.2945,10km", "48.8584° N, 2.2945° E", "-33.8568 151.2153 1 km": latitude and longitude in degrees, then
 * the distance, `USUAL_DISTANCE` if there is none. Undefined if it is something else, or not on earth.
 */
export function readSpot(text: string): Spot | undefined {
  const [, latitude, south, longitude, west, within] = SPOT.exec(text.trim()) ?? [];
  if (latitude === undefined || longitude === undefined) return undefined;
  const degrees = (number: string, side = '') =>
    Number(number.replace('−', '-')) * (/[SW]/i.test(side) ? -1 : 1);
  const place = placeOf(degrees(latitude, south), degrees(longitude, west));
  return place && { ...place, within: within === undefined ? USUAL_DISTANCE : Number(within) };
}

/** As `readSpot` reads it, to about a metre. */
export function spotText({ latitude, longitude, within }: Spot): string {
  return `${Number(latitude.toFixed(5))},${Number(longitude.toFixed(5))},${within}km`;
}
