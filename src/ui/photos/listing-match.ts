import { nameOf, topOf } from './paths';

/** What is known of a file at its path. */
export interface KnownFile {
  readonly bytes: number;
  readonly modified: number;
}

/** Files by path: folders and name separated by `/`, of which the first is their common folder. */
export type Listing<File extends KnownFile = KnownFile> = ReadonlyMap<string, File>;

type PathPair = readonly [inListing: string, inFolder: string];

/** Two folders that may be one: the path of each, and what is common to both. */
export interface Alignment {
  readonly inListing: string;
  readonly inFolder: string;
  /** Number of paths that both have. */
  readonly shared: number;
  /** Those with a file of the same length and date: paths in the listing and in the folder. */
  readonly same: readonly PathPair[];
  /** Those with a file of the same length and another date. */
  readonly dated: readonly PathPair[];
}

/**
 * The places at which a listing and a known folder have a path in common, the best first: the listing may be that folder,
 * lie in it, or hold it.
 *
 * Why not by name alone, where the browser gives no handles: cameras call every card DCIM and number every picture
 * alike, and a folder may be given by itself and with the one around it.
 */
export function alignments(listing: Listing, folder: Listing): Alignment[] {
  const [given, known] = [rootOf(listing), rootOf(folder)];
  const within = dirsOf(folder).map((inFolder) => ({ inListing: given, inFolder }));
  const around = dirsOf(listing).map((inListing) => ({ inListing, inFolder: known }));
  return [...within, ...around.filter(({ inListing }) => inListing !== given)]
    .filter(({ inListing, inFolder }) => nameOf(inListing) === nameOf(inFolder))
    .map((pair) => ({ ...pair, ...common(listing, folder, pair) }))
    .filter(({ shared }) => shared > 0)
    .sort((a, b) => b.same.length - a.same.length || b.dated.length - a.dated.length);
}

/** Whether at least half of the files that two folders have in common are the same, by length and date alone. */
export function isSameFolder({ shared, same }: Alignment): boolean {
  return same.length > 0 && 2 * same.length >= shared;
}

/** The same, if the files of other dates have the same content. */
export function maySameFolder({ shared, same, dated }: Alignment): boolean {
  return 2 * (same.length + dated.length) >= shared;
}

function common(
  listing: Listing,
  folder: Listing,
  { inListing, inFolder }: Pick<Alignment, 'inListing' | 'inFolder'>,
): Pick<Alignment, 'shared' | 'same' | 'dated'> {
  let shared = 0;
  const [same, dated]: [PathPair[], PathPair[]] = [[], []];
  for (const [path, file] of listing) {
    if (!path.startsWith(`${inListing}/`)) continue;
    const place = inFolder + path.slice(inListing.length);
    const known = folder.get(place);
    if (!known) continue;
    shared++;
    if (known.bytes !== file.bytes) continue;
    (known.modified === file.modified ? same : dated).push([path, place]);
  }
  return { shared, same, dated };
}

function rootOf(listing: Listing): string {
  const [first = ''] = listing.keys();
  return topOf(first);
}

function dirsOf(listing: Listing): string[] {
  const dirs = new Set<string>();
  for (const path of listing.keys()) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (dirs.has(path.slice(0, end))) break;
      dirs.add(path.slice(0, end));
    }
  }
  return [...dirs];
}
