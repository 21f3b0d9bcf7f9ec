import {
  binnedFit,
  bootstrap,
  leastSquaresFit,
  type Interval,
  type LawPoints,
  type PowerLaw,
} from '../../../evaluation/power-law';
import { frontier, type Family, type ScalingPoint } from './points';

/** The law of a family's models. */
export interface FamilyLaw extends PowerLaw {
  readonly family: Family;
  /** How it was fitted. */
  readonly fit: string;
  /** Holds 95 % of the exponents of samples drawn from the points; undefined of too few to draw from. */
  readonly exponent: Interval | undefined;
  /** The least and the largest compute of its points, GMACs. */
  readonly from: number;
  readonly to: number;
}

/** Points from which on samples drawn from them tell something. */
const ENOUGH = 8;

const FITS: readonly {
  readonly family: Family;
  readonly fit: string;
  readonly of: (points: LawPoints) => PowerLaw | undefined;
  readonly among: (points: readonly ScalingPoint[]) => readonly ScalingPoint[];
}[] = [
  {
    family: 'OpenCLIP',
    fit: 'through the best of each fifth, as in the paper',
    of: binnedFit,
    among: (all) => all,
  },
  { family: 'OpenAI', fit: 'least squares', of: leastSquaresFit, among: (all) => all },
  {
    family: 'Built in',
    fit: 'least squares through those no cheaper one betters',
    of: leastSquaresFit,
    among: frontier,
  },
];

/** The law of each family that has points enough. */
export function lawsOf(points: readonly ScalingPoint[]): readonly FamilyLaw[] {
  return FITS.flatMap(({ family, fit, of, among }) => {
    const own = among(points.filter((point) => point.family === family && point.compute !== undefined));
    const compute = own.map((point) => point.compute!);
    const given = { compute, error: own.map(({ error }) => error) };
    const law = of(given);
    if (!law) return [];
    const exponent = own.length >= ENOUGH ? bootstrap(given, of)?.alpha : undefined;
    return [{ ...law, family, fit, exponent, from: Math.min(...compute), to: Math.max(...compute) }];
  });
}
