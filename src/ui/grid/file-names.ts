import filenameReservedRegex, { windowsReservedNameRegex } from 'filename-reserved-regex';
import { numbered } from '../kit/numbered';

/**
 * `name` as every system can write it: no separators, drive letters, control characters, names of devices, or dots and
 * spaces at the end. What cannot be written becomes "_".
 */
export function safeName(name: string): string {
  const written = name
    .replace(/[. ]+$/, (ending) => '_'.repeat(ending.length))
    .replace(filenameReservedRegex(), '_');
  return windowsReservedNameRegex().test(written) ? `_${written}` : written;
}

/**
 * Gives each photo a place of its own in an archive: its path, in safe names, numbered where another photo has it.
 *
 * Why by more than the exact name: two cards have the same paths, and a disk that ignores case or Unicode's forms would
 * write one photo over another.
 */
export function archivePlaces(): (path: string) => string {
  const files = new Set<string>();
  const folders = new Set<string>();
  /** Where to go on counting, by place, so that thousands of equal paths are not counted from the start each time. */
  const counted = new Map<string, number>();

  function free(above: string, name: string, isTaken: (place: string) => boolean): string {
    const wanted = folded(above + name);
    for (let number = counted.get(wanted) ?? 1; ; number++) {
      const place = above + numbered(name, number);
      if (isTaken(folded(place))) continue;
      counted.set(wanted, number);
      return place;
    }
  }

  return (path) => {
    const names = path.split('/').filter(Boolean).map(safeName);
    const last = names.pop() ?? '_';
    let above = '';
    for (const name of names) {
      const folder = free(above, name, (place) => files.has(place));
      folders.add(folded(folder));
      above = `${folder}/`;
    }
    const place = free(above, last, (taken) => files.has(taken) || folders.has(taken));
    files.add(folded(place));
    return place;
  };
}

/** Equal for names that are one on some system. */
function folded(place: string): string {
  return place.normalize('NFC').toUpperCase().toLowerCase();
}
