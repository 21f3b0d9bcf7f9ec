import { isPicture, type DataFiles } from '../../src/datasets/data-files';
import { blobSource, checkRange } from '../../src/formats/byte-source';
import type { GivenDataset, ReadPart } from '../dataset-api';

/** Bytes to read at once from a disk, and from a network, where a request takes as long as a million bytes. */
const DISK_WINDOW = 2 ** 20;
const HUB_WINDOW = 2 ** 22;

/** The files of a data set that the page gave. @param read for those of a hub */
export function givenFiles(given: GivenDataset, read: ReadPart | undefined): DataFiles {
  if (given.kind === 'folder') {
    const files = given.files.map(({ path, file }) => ({ path, open: async () => blobSource(file) }));
    return { name: given.name, files, window: DISK_WINDOW };
  }
  if (read === undefined) throw new TypeError('A data set on a hub needs a reader');
  const files = given.files.map(({ path, byteLength }) => ({
    path,
    open: async () => ({
      byteLength,
      async slice(start: number, end: number) {
        checkRange(start, end, byteLength);
        return read(path, byteLength, start, end);
      },
    }),
  }));
  return { name: given.repository, files, window: HUB_WINDOW };
}

/** What tells whether the files are still the same: a hub's commit, or the files that are no pictures, which are many. */
export function versionOf(given: GivenDataset): string {
  if (given.kind === 'hub') return `${given.hub} ${given.repository} ${given.commit}`;
  const others = given.files.filter(({ path }) => !isPicture(path));
  return JSON.stringify([
    given.name,
    given.files.length,
    others.map(({ path, file }) => [path, file.size, file.lastModified]),
  ]);
}
