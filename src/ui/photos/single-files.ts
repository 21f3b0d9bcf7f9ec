import type { PhotoRecord } from '../../library/records';
import { numbered } from '../kit/numbered';
import type { FoundFile } from './arrivals';
import { Contents, type ContentsParts } from './contents';
import { SINGLE_FILES } from './photo';
import type { Photos } from './photos.svelte';

export interface SingleFilesParts extends ContentsParts {
  readonly photos: Pick<Photos, 'at'>;
}

/** The names of photos that are given by themselves. */
export class SingleFiles {
  readonly #parts: SingleFilesParts;
  readonly #contents: Contents;

  constructor(parts: SingleFilesParts) {
    this.#parts = parts;
    this.#contents = new Contents(parts);
  }

  /**
   * The name of a photo: that of its file, numbered where another photo has it.
   *
   * Why where length and date are the same too: two cameras number alike, pictures without compression have one length,
   * and what unpacks an archive gives all of them one date.
   */
  async nameOf(found: Pick<FoundFile, 'file' | 'path' | 'handle'>): Promise<string> {
    const { size: bytes, lastModified: modified } = found.file;
    for (let number = 1; ; number++) {
      const path = number === 1 ? found.path : numbered(found.path, number);
      const known = this.#parts.photos.at({ folder: SINGLE_FILES, path, bytes, modified });
      if (!known || (await this.#isOne(known, found))) return path;
    }
  }

  /** Whether a file is that of a known photo, as far as that can be told. */
  async #isOne(known: PhotoRecord, { file, handle }: Pick<FoundFile, 'file' | 'handle'>): Promise<boolean> {
    if (handle && (await known.handle?.isSameEntry(handle))) return true;
    const before = await this.#contents.ofPhoto(known);
    const now = before && (await this.#contents.of(file));
    return !now || now === before;
  }
}
