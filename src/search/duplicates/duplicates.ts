import { Failure } from '../../core/failure';
import { dot } from '../../core/vectors';
import type { EmbeddingIndex } from '../embedding-index';
import { planHashes } from './hash-plan';
import { Leaders } from './leaders';
import { compareQuality, type Photo } from './quality';
import { mulberry32 } from '../../core/random';

/** Where to find the unit embeddings of one model by photo id. */
export type Rows = Pick<EmbeddingIndex, 'dim' | 'get'>;

/** A photo in a group. */
export interface GroupMember {
  readonly id: number;
  /** The best of its group, an exact copy of the best, or one that looks nearly the same. */
  readonly as: 'best' | 'copy' | 'near';
  /** With the best, -1..1 up to rounding; 1 for itself and its copies. */
  readonly cosine: number;
}

/** Two photos or more that show the same. */
export interface DuplicateGroup {
  /** By falling quality (`compareQuality`): the best, which is the one to keep, first. */
  readonly members: readonly GroupMember[];
  /** Bytes that are free once only the best is kept. */
  readonly freeable: number;
}

export interface DuplicatesOptions {
  /** The least cosine of near-duplicates, above 0 to 1. */
  readonly threshold: number;
  readonly signal?: AbortSignal;
  /** Told after each slice of work how many of the different contents are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The photos of one content, by falling quality. */
type Content = readonly [best: Photo, ...copies: Photo[]];

/** A content and what is near to it. */
interface Lead {
  readonly content: Content;
  readonly near: { readonly content: Content; readonly cosine: number }[];
}

const SEED = 1;

/** Pairs drawn to see how alike the photos are. */
const SAMPLE = 2048;

/** Milliseconds of work between two looks at what else the thread has to do. */
const SLICE = 25;

/**
 * The groups of photos that show the same, by falling `freeable`, then by the rising id of their best. A photo is in
 * one group at most. Photos without an embedding are found by their key alone. Gives way to the thread's other work
 * between slices; a row that is gone by then counts as none.
 * @throws RangeError when `threshold` is out of its range; Cancelled once `signal` is aborted
 */
// Why a group has a leader: a row of photos, each near to the next, may end far from where it began, and nobody would
// give the last for the first. So contents come by falling quality; one that is near to no leader becomes a leader,
// any other one follows the leader nearest to it. Each member is near to the best, which is what it would be given
// up for, and equal pictures by the thousand are compared with their one leader, not with each other.
export async function findDuplicates(
  photos: readonly Photo[],
  rows: Rows,
  { threshold, signal, onProgress = () => undefined }: DuplicatesOptions,
): Promise<DuplicateGroup[]> {
  if (!(threshold > 0 && threshold <= 1)) throw new RangeError(`${threshold} is no threshold above 0 to 1`);
  const contents = contentsOf(photos);
  const plan = planHashes(contents.length, threshold, sampleCosines(contents, rows));
  const leaders = new Leaders(rows.dim, contents.length, threshold, plan, SEED);
  const leads: Lead[] = [];
  const alone: Lead[] = [];
  let sliceEnd = -Infinity;
  for (const [done, content] of contents.entries()) {
    if (performance.now() >= sliceEnd) {
      onProgress(done, contents.length);
      await pause();
      if (signal?.aborted) throw new Failure('Cancelled', 'The search for duplicates was stopped.');
      sliceEnd = performance.now() + SLICE;
    }
    const row = rowOf(content, rows);
    if (!row) {
      alone.push({ content, near: [] });
      continue;
    }
    const sketch = leaders.sketch(row);
    let nearest: { lead: number; cosine: number } | undefined;
    for (const lead of leaders.candidates(sketch)) {
      const leading = rowOf(leads[lead]!.content, rows);
      const cosine = leading ? dot(leading, row) : -1;
      const isNearer =
        !nearest || cosine > nearest.cosine || (cosine === nearest.cosine && lead < nearest.lead);
      if (cosine >= threshold && isNearer) nearest = { lead, cosine };
    }
    if (nearest) leads[nearest.lead]!.near.push({ content, cosine: nearest.cosine });
    else leads[leaders.add(sketch)] = { content, near: [] };
  }
  onProgress(contents.length, contents.length);
  return [...leads, ...alone]
    .filter(({ content, near }) => content.length + near.length > 1)
    .map(groupOf)
    .sort((a, b) => b.freeable - a.freeable || a.members[0]!.id - b.members[0]!.id);
}

/** The different contents, by the falling quality of their best photo. */
function contentsOf(photos: readonly Photo[]): Content[] {
  const contents = new Map<string, [Photo, ...Photo[]]>();
  for (const photo of photos.toSorted(compareQuality)) {
    const copies = contents.get(photo.key);
    if (copies) copies.push(photo);
    else contents.set(photo.key, [photo]);
  }
  return [...contents.values()];
}

/** The embedding of a content: that of the first of its photos that has one. */
function rowOf(content: Content, rows: Rows): Float32Array | undefined {
  for (const { id } of content) {
    const row = rows.get(id);
    if (row) return row;
  }
  return undefined;
}

/** Cosines of contents drawn by pairs. */
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

/** Lets the thread do what else waits. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
