import { nearness, type RowsByKey } from './exact-rows';
import type { Side, Turn } from './peer-sides';
import type { Size } from './photos';
import { summary } from './result';
import type { ModelSpeed, SideSpeed } from './speed-table';

/** Photos of one size. */
export interface Photos {
  readonly size: Size;
  readonly files: readonly string[];
  /** The exact embedding of each. */
  readonly exact: RowsByKey;
}

/** Photos of the warm-up: a batch of the largest size that is tried. */
const WARM_UP = 8;

/**
 * Lets the sides embed all photos, one after the other, each round beginning with another.
 * @param bases sides that the others are compared with, by name
 */
export async function inTurns(
  sides: readonly Side[],
  photos: readonly Photos[],
  rounds: number,
  bases: readonly string[],
  say: (line: string) => void,
): Promise<ModelSpeed> {
  for (const side of sides) await side.warmUp(photos[0]!.files.slice(0, WARM_UP));
  const speed: Record<string, Record<string, SideSpeed>> = {};
  for (const { size, files, exact } of photos) {
    const name = size.join(' x ');
    const done = new Map<string, Turn[]>(sides.map((side) => [side.name, []]));
    for (let round = 0; round < rounds; round++) {
      for (let place = 0; place < sides.length; place++) {
        const side = sides[(place + round) % sides.length]!;
        const turn = await side.turn(files);
        done.get(side.name)!.push(turn);
        say(`${name}, ${side.name}: ${turn.whole.toFixed(2)} photos a second`);
      }
    }
    const compared = [...done].filter(([side]) => bases.includes(side));
    speed[name] = Object.fromEntries(
      [...done].map(([side, turns]) => [side, speedOf(side, turns, compared, exact)]),
    );
  }
  return speed;
}

function speedOf(
  name: string,
  turns: readonly Turn[],
  bases: readonly (readonly [string, readonly Turn[]])[],
  exact: RowsByKey,
): SideSpeed {
  const all = (figure: (turn: Turn, round: number) => number) => summary(turns.map(figure));
  return {
    photosPerSecond: all(({ whole }) => whole),
    times: Object.fromEntries(
      bases
        .filter(([base]) => base !== name)
        .map(([base, others]) => [base, all(({ whole }, round) => whole / others[round]!.whole)]),
    ),
    tower: all(({ tower }) => tower),
    prepare: all(({ prepare }) => prepare),
    bySlower: all(({ whole, tower, prepare }) => whole / Math.min(tower, prepare)),
    byBoth: all(({ whole, tower, prepare }) => whole * (1 / tower + 1 / prepare)),
    batch: turns.reduce((sum, { batch }) => sum + batch, 0) / turns.length,
    cosine: nearness(turns.at(-1)!.rows, exact),
  };
}
