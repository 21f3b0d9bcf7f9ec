import type { FolderRecord } from '../../library/records';
import { countText, plural } from '../kit/words';
import type { Reach } from '../photos/out-of-reach';
import type { OutOfReachCount } from './out-of-reach-counts';

/** Why photos could not be read and what helps, where that is not to give them again. */
const WORDS: Readonly<Record<Exclude<Reach, 'again'>, string>> = {
  ask: 'the browser asks you before they may be read',
  file: 'their files were moved or deleted, are in use, or their drive is not connected',
  memory: 'memory ran out, or a large picture is damaged. Close other tabs, or choose a smaller model',
  network: 'there was no connection',
  stopped: 'the part of the page that reads pictures stopped',
};

/** "354 photos cannot be searched yet". */
export function notYetTitle(counts: readonly OutOfReachCount[]): string {
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  return `${plural(all, 'photo')} cannot be searched yet`;
}

/**
 * Whether only the user can bring photos back, by giving them again: to try once more would change nothing.
 * @param folder undefined for photos added without one
 */
export function mustBeGiven(
  { reach }: Pick<OutOfReachCount, 'reach'>,
  folder: FolderRecord | undefined,
): boolean {
  return reach === 'again' || (reach === 'ask' && !folder);
}

/** "354 in Holiday: …". @param folder undefined for photos added without one */
export function notYetText(
  photos: Pick<OutOfReachCount, 'count' | 'reach'>,
  folder: FolderRecord | undefined,
): string {
  const { count, reach } = photos;
  const where = folder
    ? `${countText(count)} in ${folder.name}`
    : `${countText(count)} added without a folder`;
  if (reach !== 'again' && !mustBeGiven(photos, folder)) return `${where}: ${WORDS[reach]}.`;
  if (folder?.handle) {
    return `${where}: drop the folder here again, since this browser cannot open files of such names by itself.`;
  }
  const what = folder ? 'the folder' : 'them';
  return `${where}: add ${what} again, since this browser cannot open ${folder ? 'it' : 'them'} by itself.`;
}
