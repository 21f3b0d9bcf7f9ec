import type { ImageApi } from '../../../workers/api';
import type { PhotoKey } from '../../core/photo-key';
import type { PhotoRecord } from '../../library/records';
import { numbered } from '../kit/numbered';
import type { FoundFile } from './arrivals';
import type { Originals } from './originals';
import { SINGLE_FILES } from './photo';
import type { Photos } from './photos.svelte';

export interface SingleFilesParts {
  readonly photos: Pick<Photos, 'at'>;
  readonly images: Pick<ImageApi, 'keyOf'>;
  readonly originals: Pick<Originals, 'given'>;
}

/** The names of photos that are given by themselves. */
export class SingleFiles {
  readonly #parts: SingleFilesParts;

  constructor(parts: SingleFilesParts) {
    this.#parts = parts;
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
    const given = this.#parts.originals.given(known.id);
    const before = known.key ?? (given && (await this.#keyOf(given)));
    const now = before && (await this.#keyOf(file));
    return !now || now === before;
  }

  #keyOf(file: File): Promise<PhotoKey | undefined> {
    return this.#parts.images.keyOf(file).catch(() => undefined);
  }
}
