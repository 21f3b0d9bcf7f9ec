import type { ImageApi } from '../../../workers/api';
import type { PhotoKey } from '../../core/photo-key';
import type { PhotoRecord } from '../../library/records';
import type { Originals } from './originals';

export interface ContentsParts {
  readonly images: Pick<ImageApi, 'keyOf'>;
  readonly originals: Pick<Originals, 'given'>;
}

/** What files hold, by their content keys, as far as they can be read now. */
export class Contents {
  readonly #parts: ContentsParts;

  constructor(parts: ContentsParts) {
    this.#parts = parts;
  }

  /** Undefined if the file cannot be read. */
  of(file: File): Promise<PhotoKey | undefined> {
    return this.#parts.images.keyOf(file).catch(() => undefined);
  }

  /** The content of a known photo, if it was read, or its file is given and can be. */
  async ofPhoto({ id, key }: Pick<PhotoRecord, 'id' | 'key'>): Promise<PhotoKey | undefined> {
    const file = key === undefined ? this.#parts.originals.given(id) : undefined;
    return file ? this.of(file) : key;
  }
}
