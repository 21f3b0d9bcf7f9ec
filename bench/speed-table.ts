import { table } from '../tools/evaluation/cards';
import type { Nearness } from './exact-rows';
import type { Limits } from './limits';
import { median, type summary } from './result';

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

/** The side that is Clipscope as it comes, and the one in which nothing is approximated. */
const [DEFAULT, EXACT] = ['Clipscope', 'Clipscope, everything exact'];

/**
 * The README's short table: photos a second of the model that the peer runs too, by the photos' size; of the tower
 * alone, the median over the sizes, since it is given pictures of its own.
 */
export function speedTable({ models }: Speed): string {
  const [sizes, peer] = besidePeer(models);
  const sides = [DEFAULT, EXACT, peer];
  const timesOf = (bySide: Readonly<Record<string, SideSpeed>>) =>
    `**${withSpread(bySide[DEFAULT]!.times[peer]!)}**`;
  const row = (head: string, of: (side: string) => string, times: string) => [head, ...sides.map(of), times];
  const tower = (side: string) => median(Object.values(sizes).map((bySide) => bySide[side]!.tower.median));
  const worst = (side: string) =>
    Math.min(...Object.values(sizes).map((bySide) => bySide[side]!.cosine.worst));
  return table(
    ['photos a second', ...sides, 'times the peer'],
    [
      ...Object.entries(sizes).map(([size, bySide]) =>
        row(size, (side) => rounded(bySide[side]!.photosPerSecond.median), timesOf(bySide)),
      ),
      row('the tower alone', (side) => rounded(tower(side)), rounded(tower(DEFAULT) / tower(peer))),
      row('worst cosine to the exact', (side) => worst(side).toFixed(5), ''),
    ],
  );
}

/** The sizes of the model that was measured beside the peer, and the peer's name. */
function besidePeer(models: Speed['models']): [sizes: ModelSpeed, peer: string] {
  for (const sizes of Object.values(models)) {
    const peer = sidesOf(sizes).flatMap(({ times }) => Object.keys(times));
    const name = Object.keys(Object.values(sizes)[0] ?? {}).find(
      (side) => !side.startsWith(DEFAULT) && peer.includes(side),
    );
    if (name !== undefined) return [sizes, name];
  }
  throw new Error('No model was measured beside a peer');
}

/** All that was measured: a row for each model, size and side. */
export function wholeSpeedTable({ models }: Speed): string {
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
function withSpread({ median: middle, spread }: Summary): string {
  const digits = digitsOf(middle);
  return `${middle.toFixed(digits)} ± ${(spread / 2).toFixed(digits)}`;
}

function rounded(value: number): string {
  return value.toFixed(digitsOf(value));
}

function digitsOf(value: number): number {
  return value < 10 ? 2 : 1;
}
