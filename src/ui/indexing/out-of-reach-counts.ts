import type { Photo } from '../photos/photo';
import type { Reach } from '../photos/out-of-reach';

/** Photos of one folder that cannot be read, for one reason. */
export interface OutOfReachCount {
  readonly folder: number;
  readonly reach: Reach;
  readonly count: number;
}

/** The photos that could not be read. */
export class OutOfReachCounts {
  readonly #photos = new Map<number, Omit<OutOfReachCount, 'count'>>();

  add({ id, folder }: Pick<Photo, 'id' | 'folder'>, reach: Reach): void {
    this.#photos.set(id, { folder, reach });
  }

  /** Removes photos; whether there were any of them. */
  delete(ids: readonly number[]): boolean {
    if (this.#photos.size === 0) return false;
    return ids.filter((id) => this.#photos.delete(id)).length > 0;
  }

  clear(): void {
    this.#photos.clear();
  }

  /** Their numbers, of those for which `isHere` holds: by folder and reason, the largest first. */
  of(isHere: (id: number) => boolean): OutOfReachCount[] {
    const counts = new Map<string, OutOfReachCount>();
    for (const [id, { folder, reach }] of this.#photos) {
      if (!isHere(id)) continue;
      const name = `${folder} ${reach}`;
      counts.set(name, { folder, reach, count: (counts.get(name)?.count ?? 0) + 1 });
    }
    return [...counts.values()].sort((a, b) => b.count - a.count);
  }
}
