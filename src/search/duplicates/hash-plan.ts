/** The hash parameters: `tables` tables with keys of `bits` bits, at most 32. With 0 bits all rows collide. */
export interface HashPlan {
  readonly bits: number;
  readonly tables: number;
}

/** Required collision rate of pairs exactly at the threshold. Pairs above it collide more often. */
const RECALL = 0.99;

/** A key is one 32-bit integer. */
const MOST_BITS = 32;

/** Memory limit for 100,000 photos: 8 bytes per photo and table. */
const MOST_TABLES = 128;

/** Cost in nanoseconds to compute a bit, look up a key in a table, and glance at another row. */
const COST = { bit: 11, table: 400, glance: 130 };

/**
 * The probability, 0..1, that two rows of this cosine collide in at least one table.
 */
// Why hyperplanes through the origin: a random one separates two rows with probability angle / π (Goemans and
// Williamson, Charikar). All `bits` bits agree with probability p ** bits, where p = 1 - angle / π, and they agree in
// at least one of `tables` tables with probability 1 - (1 - p ** bits) ** tables. At cosine 0.96, p = 0.910: with 25
// bits, 47 tables find 99 of 100 pairs. A pair at cosine 0.5, p = 0.667, collides in them once in 535 times.
// Why rows are not centred: CLIP's embeddings lie in a narrow cone, and centring would separate them with fewer bits.
// But then the angle of two rows depends on all others, and in a library of one subject near-duplicates surround the
// mean and never collide. From the origin, collisions depend only on a pair's own cosine; the cone merely costs bits.
export function chanceOfMeeting({ bits, tables }: HashPlan, cosine: number): number {
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  return 1 - (1 - (1 - angle / Math.PI) ** bits) ** tables;
}

/**
 * The cheapest plan for which 99 of 100 pairs at `threshold` collide.
 * @param count number of rows
 * @param cosines cosines of random pairs of them
 */
// Why estimated from a sample: more bits separate dissimilar rows better but need more tables for similar ones. The
// best trade-off depends on the number of rows and their similarity, from drawings to a thousand scans of one form. Few
// or very similar rows get no bits at all: there, a glance at each is cheapest.
export function planHashes(count: number, threshold: number, cosines: readonly number[]): HashPlan {
  // Near-duplicates join a leader and are not compared again.
  const unlike = cosines.filter((cosine) => cosine < threshold);
  let best: HashPlan = { bits: 0, tables: 1 };
  let least = Infinity;
  for (let bits = 0; bits <= MOST_BITS; bits++) {
    const missed = 1 - chanceOfMeeting({ bits, tables: 1 }, threshold);
    const tables = Math.max(1, Math.ceil(Math.log(1 - RECALL) / Math.log(missed)));
    if (tables > MOST_TABLES) break;
    const met = unlike.reduce((sum, cosine) => sum + chanceOfMeeting({ bits, tables }, cosine), 0);
    // On average, half of the other rows are there when a row arrives.
    const glances = (count / 2) * (met / Math.max(1, cosines.length));
    const cost = tables * (bits * COST.bit + COST.table) + glances * COST.glance;
    if (cost < least) [best, least] = [{ bits, tables }, cost];
  }
  return best;
}
