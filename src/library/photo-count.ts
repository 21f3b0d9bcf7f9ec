import { storageFailure } from '../storage/storage-failure';
import { xxh32 } from '../core/xxh32';
import { writeAt, type SyncAccess } from '../storage/sync-access';

/** Bytes: a u32, then its XXH32, both little-endian. */
const SIZE = 8;

/** The number of photos in a library, on disk beside its database. */
export interface PhotoCount {
  /** The number last written; undefined if there is none, or it is damaged. */
  read(): number | undefined;
  /** Durable once this returns. @throws DOMException, which `storageFailure` translates */
  write(count: number): void;
  close(): void;
}

/**
 * The count in `file`.
 *
 * Why it is kept: a browser whose database is damaged goes on with an older or an empty one, without a word. The count
 * lies elsewhere and tells that photos are missing. It is written after photos are added and before they are removed, so
 * that a visit that ends in between leaves it too low, which means nothing, and never too high.
 */
export function photoCountIn(file: SyncAccess): PhotoCount {
  return {
    read() {
      const bytes = new Uint8Array(SIZE);
      if (file.read(bytes, { at: 0 }) !== SIZE) return undefined;
      const view = new DataView(bytes.buffer);
      return view.getUint32(4, true) === checksumOf(bytes) ? view.getUint32(0, true) : undefined;
    },
    write(count) {
      const bytes = new Uint8Array(SIZE);
      const view = new DataView(bytes.buffer);
      view.setUint32(0, count, true);
      view.setUint32(4, checksumOf(bytes), true);
      writeAt(file, bytes, 0);
      file.flush();
    },
    close: () => file.close(),
  };
}

function checksumOf(bytes: Uint8Array): number {
  return xxh32(bytes.subarray(0, 4));
}

/** Writes how many photos there are, where that is kept. @throws StorageFull, StorageUnavailable */
export async function writeCount(kept: PhotoCount | undefined, count: number): Promise<void> {
  try {
    kept?.write(count);
  } catch (error) {
    throw await storageFailure(error, 'Counting the photos');
  }
}
