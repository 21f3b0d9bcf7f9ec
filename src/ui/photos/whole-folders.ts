import type { Home } from './homes';
import { isBelow } from './paths';

/** A folder of the library, or one within it, that is read completely. */
interface Whole {
  readonly folder: number;
  /** Its path in the library, and as it was given. */
  readonly base: string;
  readonly given: string;
  readonly before: readonly { readonly id: number; readonly path: string }[];
  readonly seen: Set<number>;
}

/** The folders that are read completely, and what of them is missing. */
export class WholeFolders {
  readonly #folders = new Map<string, Whole>();

  /**
   * From now on, what a folder held is missing until it is seen.
   * @param given the name with which its files come
   * @param held the photos of the library's folder
   */
  begin({ folder, base }: Home, given: string, held: () => Whole['before']): void {
    const name = nameOf(folder, base);
    if (this.#folders.has(name)) return;
    const before = held().filter(({ path }) => isBelow(path, base));
    this.#folders.set(name, { folder, base, given, before, seen: new Set() });
  }

  saw({ folder, base }: Home, id: number): void {
    this.#folders.get(nameOf(folder, base))?.seen.add(id);
  }

  /** The photos not seen in each, without those in what could not be read. @param unread paths as they were given */
  missing(unread: readonly string[]): { folder: number; base: string; ids: number[] }[] {
    return [...this.#folders.values()].map(({ folder, base, given, before, seen }) => {
      const lost = unread
        .filter((path) => isBelow(path, given))
        .map((path) => base + path.slice(given.length));
      const missing = before.filter(
        ({ id, path }) => !seen.has(id) && !lost.some((place) => isBelow(path, place)),
      );
      return { folder, base, ids: missing.map(({ id }) => id) };
    });
  }
}

function nameOf(folder: number, base: string): string {
  return `${folder}\n${base}`;
}
