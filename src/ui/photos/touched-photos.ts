import type { ImageApi } from '../../../workers/api';
import type { Photos } from './photos.svelte';

export interface TouchedPhotosParts {
  readonly images: Pick<ImageApi, 'keyOf'>;
  readonly photos: Pick<Photos, 'contentOf' | 'compared'>;
  /** These photos hold other pictures than before. */
  readonly onChanged: (ids: readonly number[]) => void;
}

/** Number of files read at a time. */
const AT_A_TIME = 8;

/**
 * Photos whose files have another date but their former length: a restored backup, a copied card, a clock put forward.
 *
 * Why they are compared before anything is given up: most of them are what they were, and keep their rows.
 */
export class TouchedPhotos {
  readonly #parts: TouchedPhotosParts;

  constructor(parts: TouchedPhotosParts) {
    this.#parts = parts;
  }

  /**
   * Compares the contents of these files with what their photos held, and returns the photos that changed. One whose
   * file cannot be read stays as it is and is compared when it is found next.
   */
  async compare(files: ReadonlyMap<number, Blob>): Promise<number[]> {
    const waiting = [...files];
    const changed: number[] = [];
    const next = async (): Promise<void> => {
      for (let one = waiting.pop(); one; one = waiting.pop()) {
        if (await this.#isOther(...one)) changed.push(one[0]);
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, next));
    this.#parts.onChanged(changed);
    return changed;
  }

  async #isOther(id: number, file: Blob): Promise<boolean> {
    const { images, photos } = this.#parts;
    const key = await images.keyOf(file).catch(() => undefined);
    const before = photos.contentOf(id);
    if (key === undefined || before === undefined) return false;
    photos.compared(id, key === before);
    return key !== before;
  }
}
