import { slices, type Follower } from '../../core/slices';
import { dot } from '../../core/vectors';
import type { EmbeddingIndex } from '../embedding-index';
import { planHashes } from './hash-plan';
import { Leaders } from './leaders';
import { compareQuality, type Photo } from './quality';
import { mulberry32 } from '../../core/random';

/** The unit embeddings of one model by photo id. */
export type Rows = Pick<EmbeddingIndex, 'dim' | 'get'>;

/** A photo in a group. */
export interface GroupMember {
  readonly id: number;
  /** The best of its group, an exact copy of the best, or a near-duplicate. */
  readonly as: 'best' | 'copy' | 'near';
  /** Cosine with the best, -1..1 up to rounding; 1 for the best and its copies. */
  readonly cosine: number;
}

/** Two or more near-duplicate photos. */
export interface DuplicateGroup {
  /** By descending quality (`compareQuality`); the first is the one to keep. */
  readonly members: readonly GroupMember[];
  /** Bytes freed by keeping only the best. */
  readonly freeable: number;
}

export interface DuplicatesOptions extends Follower {
  /** Minimum cosine of near-duplicates, greater than 0 and at most 1. */
  readonly threshold: number;
  /**
   * Whether two photos look the same, asked of those near enough. Default: all do.
   *
   * Why: to a model dark frames are as near to each other as copies of one are, and so are pages of text.
   */
  readonly isAlike?: (best: Photo, other: Photo) => Promise<boolean>;
}

/** The photos with the same content, by descending quality. */
type Content = readonly [best: Photo, ...copies: Photo[]];

/** A group leader and its near-duplicates. */
interface Lead {
  readonly content: Content;
  readonly near: { readonly content: Content; readonly cosine: number }[];
}

const SEED = 1;

/** Leaders that a photo is looked at beside: of thousands of dark frames each is near all others. */
const MOST_LOOKS = 16;

/** Random pairs sampled to estimate how similar the photos are. */
const SAMPLE = 2048;

/**
 * The groups of near-duplicate photos, by descending `freeable`, then by ascending id of their best. A photo is in at
 * most one group. Photos without an embedding are matched by key only. Yields to other tasks between slices; a row
 * removed meanwhile counts as missing.
 * @throws RangeError if `threshold` is out of range; Cancelled once `signal` is aborted
 */
// Why groups have a leader: in a chain of photos, each near the next, the last may look nothing like the first and must
// not be deleted in its favour. So contents are visited by descending quality; one near no leader becomes a leader, any
// other joins its nearest leader. Every member is thus near the best, the one kept in its place, and thousands of equal
// pictures are compared with their leader only, not with each other.
export async function findDuplicates(
  photos: readonly Photo[],
  rows: Rows,
  { threshold, isAlike, signal, onProgress = () => undefined }: DuplicatesOptions,
): Promise<DuplicateGroup[]> {
  if (!(threshold > 0 && threshold <= 1)) throw new RangeError(`${threshold} is no threshold above 0 to 1`);
  const contents = contentsOf(photos);
  const plan = planHashes(contents.length, threshold, sampleCosines(contents, rows));
  const leaders = new Leaders(rows.dim, contents.length, threshold, plan, SEED);
  const leads: Lead[] = [];
  const alone: Lead[] = [];
  const pause = slices({ signal, onProgress }, 'The search for duplicates was stopped.');
  for (const [done, content] of contents.entries()) {
    const pausing = pause(done, contents.length);
    if (pausing) await pausing;
    const row = rowOf(content, rows);
    if (!row) {
      alone.push({ content, near: [] });
      continue;
    }
    const sketch = leaders.sketch(row);
    const near: { lead: Lead; cosine: number }[] = [];
    for (const candidate of [...leaders.candidates(sketch)].sort((a, b) => a - b)) {
      const lead = leads[candidate]!;
      const leading = rowOf(lead.content, rows);
      const cosine = leading ? dot(leading, row) : -1;
      if (cosine >= threshold) near.push({ lead, cosine });
    }
    near.sort((a, b) => b.cosine - a.cosine);
    const nearest = await firstOf(near, async ({ lead }) => !isAlike || isAlike(lead.content[0], content[0]));
    if (nearest) nearest.lead.near.push({ content, cosine: nearest.cosine });
    else leads[leaders.add(sketch)] = { content, near: [] };
  }
  onProgress(contents.length, contents.length);
  return [...leads, ...alone]
    .filter(({ content, near }) => content.length + near.length > 1)
    .map(groupOf)
    .sort((a, b) => b.freeable - a.freeable || a.members[0]!.id - b.members[0]!.id);
}

/** The distinct contents, by descending quality of their best photo. */
function contentsOf(photos: readonly Photo[]): Content[] {
  const contents = new Map<string, [Photo, ...Photo[]]>();
  for (const photo of photos.toSorted(compareQuality)) {
    const copies = contents.get(photo.key);
    if (copies) copies.push(photo);
    else contents.set(photo.key, [photo]);
  }
  return [...contents.values()];
}

/** The embedding of a content, from its first photo that has one. */
function rowOf(content: Content, rows: Rows): Float32Array | undefined {
  for (const { id } of content) {
    const row = rows.get(id);
    if (row) return row;
  }
  return undefined;
}

/** The first item that `is`, of the first few. */
async function firstOf<T>(items: readonly T[], is: (item: T) => Promise<boolean>): Promise<T | undefined> {
  for (const item of items.slice(0, MOST_LOOKS)) if (await is(item)) return item;
  return undefined;
}

/** Cosines of random pairs of contents. */
function sampleCosines(contents: readonly Content[], rows: Rows): number[] {
  if (contents.length < 2) return [];
  const random = mulberry32(SEED);
  const cosines: number[] = [];
  for (let draw = 0; draw < SAMPLE; draw++) {
    const first = Math.floor(random() * contents.length);
    const step = 1 + Math.floor(random() * (contents.length - 1));
    const a = rowOf(contents[first]!, rows);
    const b = a && rowOf(contents[(first + step) % contents.length]!, rows);
    if (b) cosines.push(dot(a, b));
  }
  return cosines;
}

function groupOf({ content, near }: Lead): DuplicateGroup {
  const [best, ...copies] = content;
  const others = [
    ...copies.map((photo) => ({ photo, as: 'copy' as const, cosine: 1 })),
    ...near.flatMap((one) =>
      one.content.map((photo) => ({ photo, as: 'near' as const, cosine: one.cosine })),
    ),
  ].sort((a, b) => compareQuality(a.photo, b.photo));
  return {
    members: [
      { id: best.id, as: 'best', cosine: 1 },
      ...others.map(({ photo, as, cosine }) => ({ id: photo.id, as, cosine })),
    ],
    freeable: others.reduce((sum, { photo }) => sum + photo.bytes, 0),
  };
}
