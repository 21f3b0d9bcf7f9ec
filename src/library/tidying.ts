import type { PhotoKey } from '../core/photo-key';
import type { KeptPhotos, LibraryDatabase } from './database';
import { numberOf, type PhotoTable } from './photo-table';

/** Records beside a pack from which on it is worth writing anew, of the 4,096 that it may have. */
const LEAST_LOOSE = 256;

/** Packs written in one transaction: a tenth of a second, during which other changes wait. */
const AT_ONCE = 2;

/**
 * Frees what earlier visits left on disk, and packs what they added, in steps: changes for which others need not wait
 * longer than for one.
 * @param isNeeded whether there is, or was in this visit, a photo of this content
 */
export function tidyingOf(
  database: Pick<LibraryDatabase, 'keepThumbnails' | 'putPacks'>,
  kept: KeptPhotos,
  photos: Pick<PhotoTable, 'pack'>,
  isNeeded: (key: PhotoKey) => boolean,
): (() => Promise<void>)[] {
  const numbers = untidyPacks(kept);
  const steps = Array.from({ length: Math.ceil(numbers.length / AT_ONCE) }, (_, i) =>
    numbers.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
  );
  return [
    () => database.keepThumbnails(isNeeded),
    ...steps.map((some) => () => database.putPacks(some.map((number) => photos.pack(number)))),
  ];
}

/** Those with many records beside them, as all of an earlier version are, and those of which photos were removed. */
// Why also for one removed photo: its path would stay on disk.
function untidyPacks({ loose, gone }: KeptPhotos): number[] {
  const counts = new Map<number, number>();
  const count = (id: number, by: number) => counts.set(numberOf(id), (counts.get(numberOf(id)) ?? 0) + by);
  for (const { id } of loose) count(id, 1);
  for (const id of gone) count(id, LEAST_LOOSE);
  return [...counts].flatMap(([number, found]) => (found >= LEAST_LOOSE ? number : []));
}
