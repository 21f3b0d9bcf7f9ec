import { table } from '../tools/evaluation/cards';
import type { Nearness } from './exact-rows';
import type { Limits } from './limits';
import type { summary } from './result';

/** Values of each round, their median and from the smallest to the largest. */
export type Summary = ReturnType<typeof summary>;

/** How fast one side was with photos of one size. */
export interface SideSpeed {
  /** From the files to the last embedding. */
  readonly photosPerSecond: Summary;
  /** The same by that of another side in the same round, by its name. */
  readonly times: Readonly<Record<string, Summary>>;
  /** Photos a second of the image tower alone, and of preparing pictures alone. */
  readonly tower: Summary;
  readonly prepare: Summary;
  /** Photos a second by those of the slower of the two. */
  readonly bySlower: Summary;
  /** By what is left if one follows the other, as they do where both take all cores. */
  readonly byBoth: Summary;
  /** Pictures a batch, on average. */
  readonly batch: number;
  /** Cosines of its embeddings to the exact ones. */
  readonly cosine: Nearness;
}

/** By the photos' size ("1600 x 1200"), then by side. */
export type ModelSpeed = Readonly<Record<string, Readonly<Record<string, SideSpeed>>>>;

/** The used fields of `bench/results/peer.json`. */
export interface Speed {
  readonly rounds: number;
  readonly models: Readonly<Record<string, ModelSpeed>>;
  /** By the photos' size. */
  readonly limits: Limits;
}

/** The README's table: a row for each model, size and side. */
export function speedTable({ models }: Speed): string {
  const bases = new Set(
    Object.values(models)
      .flatMap(sidesOf)
      .flatMap(({ times }) => Object.keys(times)),
  );
  const rows = Object.entries(models).flatMap(([model, sizes]) =>
    Object.entries(sizes).flatMap(([size, sides]) =>
      Object.entries(sides).map(([side, speed]) => [
        model,
        size,
        side,
        withSpread(speed.photosPerSecond),
        ...[...bases].map((base) => (base in speed.times ? withSpread(speed.times[base]!) : '')),
        withSpread(speed.tower),
        withSpread(speed.bySlower),
        withSpread(speed.byBoth),
        speed.cosine.worst.toFixed(5),
      ]),
    ),
  );
  const head = ['model', 'photos', 'side', 'photos a second', ...[...bases].map((base) => `by ${base}`)];
  return table(
    [
      ...head,
      'tower alone',
      'by the slower stage alone',
      'by one after the other',
      'worst cosine to the exact',
    ],
    rows,
  );
}

function sidesOf(model: ModelSpeed): SideSpeed[] {
  return Object.values(model).flatMap((sides) => Object.values(sides));
}

/** The median, and half of the spread. */
function withSpread({ median, spread }: Summary): string {
  const digits = median < 10 ? 2 : 1;
  return `${median.toFixed(digits)} ± ${(spread / 2).toFixed(digits)}`;
}
