import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, Failure } from '../../src/core/failure';
import { shortDigest } from '../../src/core/short-digest';
import type { DataFiles } from '../../src/datasets/data-files';
import { fileAddress, readRepository, DATASETS } from '../../src/hub/repository';
import { remoteSource } from '../../src/hub/remote-source';
import { fileSource } from '../../src/package/node-file';
import { connectionOf } from '../../workers/models/connection';

/** Bytes to read at once from a disk and from a hub. */
const DISK_WINDOW = 2 ** 20;
const HUB_WINDOW = 2 ** 22;

/** The files of a data set, and what tells whether they are still the same. */
export interface NodeDataFiles extends DataFiles {
  /** The names of all files, and sizes and times of what is no picture, for pictures are many. */
  readonly version: string;
  /** Of a hub's repository. */
  readonly commit?: string;
}

/** The files in a folder and below it. @throws FileUnreadable if there is no such folder */
export async function folderFiles(
  folder: string,
  isPicture: (path: string) => boolean,
): Promise<NodeDataFiles> {
  let names: string[];
  try {
    names = (await readdir(folder, { recursive: true })).sort();
  } catch (cause) {
    throw new Failure('FileUnreadable', `The folder ${folder} cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
  const files = [];
  const versions: [string, number, number][] = [];
  for (const name of names) {
    const [file, inside] = [path.join(folder, name), name.split(path.sep).join('/')];
    // What has a picture's name is taken for one: asking for each whether it is a file takes longer than reading it.
    if (!isPicture(inside)) {
      // A link to nothing is no file.
      const info = await stat(file).catch(() => undefined);
      if (!info?.isFile()) continue;
      versions.push([inside, info.size, info.mtimeMs]);
    }
    files.push({ path: inside, open: () => fileSource(file) });
  }
  const listed = new TextEncoder().encode(JSON.stringify(names));
  const version = JSON.stringify([await shortDigest(listed.buffer), versions]);
  return { name: path.basename(path.resolve(folder)), files, window: DISK_WINDOW, version };
}

/**
 * The files of a data set on a hub, read by ranges.
 * @throws what `readRepository` throws
 */
export async function hubFiles(hub: string, repository: string): Promise<NodeDataFiles> {
  const connection = connectionOf({
    fetch: (url, init) => fetch(url, init),
    navigator: { onLine: true },
    addEventListener: () => undefined,
  });
  const address = { hub, repository: DATASETS + repository };
  const { commit, files } = await readRepository(address, connection);
  return {
    name: repository,
    commit,
    version: commit,
    window: HUB_WINDOW,
    files: files.map(({ path: inside, byteLength }) => ({
      path: inside,
      open: async () => remoteSource(fileAddress(address, commit, inside), byteLength, connection),
    })),
  };
}
