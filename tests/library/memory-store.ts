import 'fake-indexeddb/auto';
import { openLibraryDatabase } from '../../src/library/database';
import type { IndexName, LibraryStore } from '../../src/library/library-store';
import { MemoryFile } from '../search/index-file/memory-file';

let made = 0;

/** Shelves over one library kept in memory: each `open` is another visit. */
export function memoryShelves(): {
  open(): Promise<LibraryStore>;
  /** Replaces the database by an empty one, as a browser does whose own was damaged. */
  loseDatabase(): void;
  /** The file that counts the photos. */
  readonly count: MemoryFile;
  readonly files: ReadonlyMap<string, readonly [MemoryFile, MemoryFile]>;
} {
  let database = `library ${(made += 1)}`;
  const files = new Map<string, [MemoryFile, MemoryFile]>();
  const count = new MemoryFile();
  const nameOf = ({ model, weights }: IndexName) => `${weights} ${model}`;
  return {
    files,
    count,
    loseDatabase: () => void (database = `library ${(made += 1)}`),
    async open() {
      return {
        database: await openLibraryDatabase(database),
        async openIndex(index) {
          const pair = files.get(nameOf(index)) ?? [new MemoryFile(), new MemoryFile()];
          files.set(nameOf(index), pair);
          return pair;
        },
        openCount: async () => count,
        async removeIndexes(isGone) {
          for (const name of [...files.keys()]) {
            const [weights = '', ...model] = name.split(' ');
            if (isGone({ weights, model: model.join(' ') })) files.delete(name);
          }
        },
      };
    },
  };
}
