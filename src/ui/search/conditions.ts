import { kilometresBetween } from '../../library/place';
import type { Photo } from '../photos/photo';
import { readSpot, type Spot } from '../photos/spot';

/** Names that photos must and must not have, as typed; `*` stands for any. */
export interface NameConditions {
  readonly wanted: readonly string[];
  readonly unwanted: readonly string[];
}

/** Spots that photos must and must not be near; `*` stands for any position. */
export interface PlaceConditions {
  readonly wanted: readonly (Spot | '*')[];
  readonly unwanted: readonly (Spot | '*')[];
}

/** What photos must meet, all of it. */
export interface Conditions {
  readonly label: NameConditions;
  readonly camera: NameConditions;
  readonly near: PlaceConditions;
}

/** The words that conditions begin with. */
export type ConditionWord = keyof Conditions;

const VALUE = String.raw`["“”„](?<phrase>[^"“”„]*)["“”„]?|(?<plain>[^\s"“”„]+)`;
const CONDITION = new RegExp(`(?<=^|\\s)(?<sign>[-−]?)(?<word>label|camera|near):(?:${VALUE})`, 'giu');

export const NO_CONDITIONS: Conditions = splitLine('').conditions;

/**
 * Splits a search line into its conditions and the rest: `label:beach`, `label:"palm tree"`, `-label:beach`,
 * `camera:canon`, `near:48.8584,2.2945,10km`. What is within a word, or names no place on earth, stays in the rest.
 */
export function splitLine(line: string): { readonly rest: string; readonly conditions: Conditions } {
  const found = {
    label: { wanted: [] as string[], unwanted: [] as string[] },
    camera: { wanted: [] as string[], unwanted: [] as string[] },
    near: { wanted: [] as (Spot | '*')[], unwanted: [] as (Spot | '*')[] },
  };
  const rest = line.replace(CONDITION, (...args) => {
    const [whole] = args as [string];
    const { sign, word = '', phrase, plain } = args.at(-1) as Record<string, string | undefined>;
    const side = sign === '' ? 'wanted' : 'unwanted';
    const name = (phrase ?? plain ?? '').trim();
    const kind = word.toLowerCase() as ConditionWord;
    if (name === '') return '';
    if (kind !== 'near') found[kind][side].push(name);
    else {
      const spot = name === '*' ? name : readSpot(name);
      if (spot === undefined) return whole;
      found.near[side].push(spot);
    }
    return '';
  });
  return { rest: rest.trim(), conditions: found };
}

/**
 * The line with one condition of a kind in place of those it has.
 * @param value what follows the colon; `-*`: photos have none of them; undefined: no condition
 */
export function withCondition(line: string, word: ConditionWord, value: string | undefined): string {
  const own = new RegExp(`(?<=^|\\s)[-−]?${word}:(?:${VALUE})`, 'giu');
  const others = line.replace(own, '');
  const rest = others.replace(/\s+/g, ' ').trim();
  if (value === undefined) return rest;
  const [sign, name] = value === '-*' ? ['-', '*'] : ['', value];
  return `${sign}${word}:${/^[^\s"“”„]+$/u.test(name) ? name : `"${name}"`} ${rest}`.trim();
}

/** Whether there are none. */
export function areNone({ label, camera, near }: Conditions): boolean {
  return [label, camera, near].every(({ wanted, unwanted }) => wanted.length + unwanted.length === 0);
}

/** What conditions are about in a library. */
export interface Known {
  /** The labels that a photo was given. */
  readonly labelsOf: (photo: Photo) => readonly string[];
  /** The names of all cameras. */
  readonly cameras: () => Iterable<string>;
}

/**
 * Returns a predicate on photos: they have all that is wanted, and nothing that is unwanted, whatever the case of its name.
 * A camera's name may be given in part, unless that is another's whole name: "EOS R6" beside "EOS R6 II".
 */
export function meeting({ label, camera, near }: Conditions, known: Known): (photo: Photo) => boolean {
  const tests: ((photo: Photo) => boolean)[] = [];
  const lower = (names: readonly string[]) => names.map((name) => name.toLowerCase());
  const [labels, noLabels] = [lower(label.wanted), lower(label.unwanted)];
  if (labels.length + noLabels.length > 0) {
    tests.push((photo) => {
      const own = new Set(lower(known.labelsOf(photo)));
      const has = (name: string) => (name === '*' ? own.size > 0 : own.has(name));
      return labels.every(has) && !noLabels.some(has);
    });
  }
  const [cameras, noCameras] = [lower(camera.wanted), lower(camera.unwanted)];
  if (cameras.length + noCameras.length > 0) {
    const whole = new Set(lower([...known.cameras()]));
    tests.push((photo) => {
      const own = photo.camera?.toLowerCase();
      const is = (name: string) =>
        own !== undefined && (name === '*' || own === name || (!whole.has(name) && own.includes(name)));
      return cameras.every(is) && !noCameras.some(is);
    });
  }
  if (near.wanted.length + near.unwanted.length > 0) {
    tests.push(({ place }) => {
      const is = (spot: Spot | '*') =>
        place !== undefined && (spot === '*' || kilometresBetween(place, spot) <= spot.within);
      return near.wanted.every(is) && !near.unwanted.some(is);
    });
  }
  return (photo) => tests.every((test) => test(photo));
}
