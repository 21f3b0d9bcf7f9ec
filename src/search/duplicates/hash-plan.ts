/** How rows are hashed: into `tables` tables, in each by `bits` bits, 32 at most. Without bits all rows meet. */
export interface HashPlan {
  readonly bits: number;
  readonly tables: number;
}

/** The share of pairs at the very threshold that have to meet. Pairs above it meet more often. */
const RECALL = 0.99;

/** A key is one number of 32 bits. */
const MOST_BITS = 32;

/** Tables that 100,000 photos have room for: 8 bytes a photo and table. */
const MOST_TABLES = 128;

/** What it costs, in nanoseconds, to make a bit, to look a key up in a table and to glance at another row. */
const COST = { bit: 11, table: 400, glance: 130 };

/**
 * The chance that two rows of this cosine meet in at least one table, 0..1.
 */
// Why hyperplanes through the origin: a random one parts two rows with the chance angle / π (Goemans and Williamson,
// Charikar), so all that follows is arithmetic. `bits` bits are equal with the chance p ** bits, p = 1 - angle / π, and
// in one of `tables` tables with 1 - (1 - p ** bits) ** tables. At a cosine of 0.96 and for 25 bits p is 0.910 and 47
// tables find 99 of 100 pairs. A pair at 0.5, p = 0.667, meets in them once in 535 times.
// Why rows are not centred by their mean: CLIP's lie in a narrow cone, and seen from its middle they would be parted
// with fewer bits. But then the angle between two rows depends on where the others are, and in a library of one subject
// near-duplicates stand all around the mean and never meet. From the origin a pair meets by its own cosine, whatever
// else there is; the cone only costs bits.
export function chanceOfMeeting({ bits, tables }: HashPlan, cosine: number): number {
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  return 1 - (1 - (1 - angle / Math.PI) ** bits) ** tables;
}

/**
 * The cheapest plan by which 99 of 100 pairs at `threshold` meet.
 * @param count how many rows there are
 * @param cosines of pairs drawn at random from them
 */
// Why counted from a sample: more bits part unlike rows better and need more tables for the like ones. What that is
// worth depends on how many rows there are and how alike, from drawings to a thousand scans of one form. Few rows, or
// ones too much alike, get no bits at all: there a glance at each is cheapest.
export function planHashes(count: number, threshold: number, cosines: readonly number[]): HashPlan {
  // Near-duplicates follow one leader and are not looked at again.
  const unlike = cosines.filter((cosine) => cosine < threshold);
  let best: HashPlan = { bits: 0, tables: 1 };
  let least = Infinity;
  for (let bits = 0; bits <= MOST_BITS; bits++) {
    const missed = 1 - chanceOfMeeting({ bits, tables: 1 }, threshold);
    const tables = Math.max(1, Math.ceil(Math.log(1 - RECALL) / Math.log(missed)));
    if (tables > MOST_TABLES) break;
    const met = unlike.reduce((sum, cosine) => sum + chanceOfMeeting({ bits, tables }, cosine), 0);
    // On average a row comes when half of the others are there.
    const glances = (count / 2) * (met / Math.max(1, cosines.length));
    const cost = tables * (bits * COST.bit + COST.table) + glances * COST.glance;
    if (cost < least) [best, least] = [{ bits, tables }, cost];
  }
  return best;
}
