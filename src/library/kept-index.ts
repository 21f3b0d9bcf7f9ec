import type { Decoding } from '../core/decoding';
import { failureName } from '../core/failure';
import { keyOfWords, type KeyWords, type PhotoKey } from '../core/photo-key';
import type { TakeRow } from '../search/index-file/index-file';
import { openIndexPair, type IndexPair } from '../search/index-file/index-pair';
import { recordSize } from '../search/index-file/record';
import type { SyncAccess } from '../storage/sync-access';
import type { IndexName } from './library-store';

/** An index is compacted once more than this fraction of it is dead. */
const WASTE = 0.25;

/** Takes a row as `TakeRow` does, and tells whether a photo has this content. */
export type UseRow = (key: KeyWords, halves: Uint16Array<ArrayBuffer>) => boolean;

/**
 * Opens the embeddings of a model in `files`, and compacts them if there is much waste.
 * @param decoding as `openIndexFile`
 * @param take called once per row, last first
 * @returns with the number of damaged rows, whose photos must be embedded again
 * @throws IndexUnreadable, StorageFull, StorageUnavailable
 */
export async function openKeptIndex(
  files: readonly [SyncAccess, SyncAccess],
  { model, weights }: IndexName,
  dim: number,
  decoding: Decoding,
  take: UseRow,
): Promise<{ readonly pair: IndexPair; readonly damaged: number }> {
  const unused: PhotoKey[] = [];
  const description = { model: described(model, weights), dim };
  const onRow: TakeRow = (key, halves) => {
    if (!take(key, halves)) unused.push(keyOfWords(key));
  };
  const { index: pair, ...found } = await openIndexPair(files, description, onRow, decoding);
  // Rows that are left out as they are not exact are no waste: whoever goes back to the fast way finds them.
  const waste = pair.dead - found.inexact + unused.length;
  // Damaged records go at once, or the next visit would find them again.
  if (found.damaged > 0 || waste > WASTE * (pair.live + pair.dead)) await compact(pair, unused);
  return { pair, damaged: found.damaged + Math.floor(found.cut / recordSize(dim)) };
}

/** Frees the space of dead records and `unused` rows. Without room for a copy they stay until the next visit. */
async function compact(pair: IndexPair, unused: readonly PhotoKey[]): Promise<void> {
  try {
    await pair.append([], unused);
    await pair.compact();
  } catch (error) {
    if (failureName(error) !== 'StorageFull') throw error;
  }
}

/** The model name in the index's header: at most 200 bytes. */
function described(model: string, weights: string): string {
  const most = 200 - weights.length - 1;
  const name = new TextDecoder().decode(new TextEncoder().encode(model).subarray(0, most - 3));
  return `${weights} ${name}`;
}
