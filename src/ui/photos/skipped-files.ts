import { nameOf } from './paths';
import type { Skipped } from './photo';

/** The files that are listed as skipped, once each. */
export class SkippedFiles {
  readonly #files = new Map<string, Skipped>();

  get list(): readonly Skipped[] {
    return [...this.#files.values()];
  }

  /** @param isPassing whether the file may be read another time */
  add(path: string, reason: string, isPassing: boolean): void {
    this.#files.set(path, { name: nameOf(path), path, reason, ...(isPassing && { isPassing }) });
  }

  /** Takes off a file that is read now; whether it was listed. */
  delete(path: string): boolean {
    return this.#files.delete(path);
  }

  /** Takes off a file that could be opened, if it could not be before; whether that was so. */
  opened(path: string): boolean {
    return this.#files.get(path)?.isPassing === true && this.#files.delete(path);
  }

  /** Takes off the files that may be read another time. */
  clearPassing(): void {
    for (const path of [...this.#files.keys()]) this.opened(path);
  }

  clear(): void {
    this.#files.clear();
  }
}
