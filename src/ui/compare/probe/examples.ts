import type { Photo } from '../../photos/photo';

/** A photo whose class is known: by the folder it is in, or since the user said so. */
export interface Example {
  readonly id: number;
  readonly label: string;
  readonly by: 'folder' | 'user';
}

/** A class, and how many examples show it. */
export interface ClassCount {
  readonly label: string;
  readonly count: number;
}

/** The class of a photo by where it is: the name of the innermost folder, `_` as a blank. */
export function folderClass(path: string): string | undefined {
  return path.split('/').at(-2)?.replaceAll('_', ' ');
}

/**
 * The examples among photos.
 * @param taught classes told by the user, by content key; they go before the folders'
 * @param unnamed folders that say nothing of what is in them: single files, the sample album
 */
export function examplesOf(
  photos: readonly Photo[],
  taught: ReadonlyMap<string, string>,
  unnamed: ReadonlySet<number>,
): Example[] {
  return photos.flatMap(({ id, key, folder, path }): Example[] => {
    const told = key === undefined ? undefined : taught.get(key);
    if (told !== undefined) return [{ id, label: told, by: 'user' }];
    const label = unnamed.has(folder) ? undefined : folderClass(path);
    return label === undefined ? [] : [{ id, label, by: 'folder' }];
  });
}

/** The classes, most examples first, then by name. */
export function classesOf(examples: readonly Example[]): ClassCount[] {
  const counts = new Map<string, number>();
  for (const { label } of examples) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || a.label.localeCompare(b.label));
}

/** At most `most` of the examples, of every class as many as there is room for; in their order. */
export function atMost(examples: readonly Example[], most: number): readonly Example[] {
  if (examples.length <= most) return examples;
  const seen = new Map<string, number>();
  const ranked = examples.map((example) => {
    const rank = seen.get(example.label) ?? 0;
    seen.set(example.label, rank + 1);
    return { example, rank };
  });
  const chosen = new Set(ranked.toSorted((a, b) => a.rank - b.rank).slice(0, most));
  return ranked.filter((one) => chosen.has(one)).map(({ example }) => example);
}

/** Whether two lists are of the same photos with the same classes. */
export function areSame(a: readonly Example[], b: readonly Example[]): boolean {
  return a.length === b.length && a.every(({ id, label }, at) => b[at]!.id === id && b[at]!.label === label);
}
