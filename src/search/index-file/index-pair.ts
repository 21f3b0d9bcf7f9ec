import type { Decoding } from '../../core/decoding';
import { serial } from '../../core/tasks';
import type { SyncAccess } from '../../storage/sync-access';
import { attempt, readAt } from './access';
import { HEADER_SIZE, isHeader, type IndexDescription } from './header';
import { openIndexFile, type IndexFile, type OpenedIndex, type TakeRow } from './index-file';

/**
 * An index that can compact itself. Writing calls run one after another; do not change their arguments until they
 * resolve.
 */
export interface IndexPair extends Omit<IndexFile, 'compact'> {
  /**
   * Frees the space of dead records. If it rejects, the index is unchanged.
   * @throws IndexUnreadable, StorageFull, StorageUnavailable
   */
  compact(): Promise<void>;
}

/**
 * Opens the index stored in `files`, one of which is empty except during a compaction. Otherwise like `openIndexFile`;
 * if that rejects the index, both files are left unchanged.
 * @throws IndexUnreadable, RangeError, StorageFull, StorageUnavailable
 */
// Why two permanent files: nothing is renamed or removed, so durability depends only on flushed file contents, not on
// how a browser moves files or when a directory reaches the disk. A compaction (1) writes the rows to the empty file
// and flushes, (2) writes its header and flushes, (3) empties the old file and flushes. Nothing is appended before (3)
// is done. A visit that ends before (2) leaves only the old file with a header; between (2) and (3) both have the same
// rows, and the shorter is used; after (3) only the new one has a header.
export async function openIndexPair(
  files: readonly [SyncAccess, SyncAccess],
  description: IndexDescription,
  onRow?: TakeRow,
  decoding?: Decoding,
): Promise<Omit<OpenedIndex, 'index'> & { readonly index: IndexPair }> {
  let [file, spare] = await attempt('Reading', 0, () => inOrder(files));
  const opened = await openIndexFile(file, description, onRow, decoding);
  let { index } = opened;

  let isSpareEmpty = false;
  /** Step 3, also after it failed before or a compaction was abandoned. */
  const emptySpare = () =>
    attempt('Writing', 0, () => {
      if (isSpareEmpty) return;
      spare.truncate(0);
      spare.flush();
      isSpareEmpty = true;
    });
  await emptySpare();
  const inTurn = serial();

  const pair: IndexPair = {
    get live() {
      return index.live;
    },
    get dead() {
      return index.dead;
    },
    has: (key) => index.has(key),
    readRow: (key) => index.readRow(key),
    append: (puts, removes) =>
      inTurn(async () => {
        await emptySpare();
        await index.append(puts, removes);
      }),
    compact: () =>
      inTurn(async () => {
        isSpareEmpty = false;
        index = await index.compact(spare);
        [file, spare] = [spare, file];
        await emptySpare();
      }),
  };
  return { ...opened, index: pair };
}

/** The file that holds the index, then the other. */
function inOrder([a, b]: readonly [SyncAccess, SyncAccess]): [SyncAccess, SyncAccess] {
  const isWhole = (file: SyncAccess): boolean => {
    const head = new Uint8Array(Math.min(file.getSize(), HEADER_SIZE));
    readAt(file, head, 0);
    return isHeader(head);
  };
  const whole = [a, b].filter(isWhole);
  if (whole.length === 1) return whole[0] === a ? [a, b] : [b, a];
  // Without any header, the longer file is either the damaged index or worthless.
  const isFirst = whole.length === 2 ? a.getSize() <= b.getSize() : a.getSize() >= b.getSize();
  return isFirst ? [a, b] : [b, a];
}
