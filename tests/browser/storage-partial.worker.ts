import { expose, proxy } from 'comlink';
import { openDownloads } from '../../src/storage/downloads';
import { openPartialFile } from '../../src/storage/partial-file';

/** Files and downloads opened in a worker, the only place where they can be, and handled from the page. */
const steps = {
  async openPartialFile(directory: FileSystemDirectoryHandle, name: string, byteLength: number) {
    return proxy(await openPartialFile(directory, name, byteLength));
  },

  async openDownload(root: FileSystemDirectoryHandle, id: string) {
    const download = await (await openDownloads(root)).open(id);
    return proxy({
      ...download,
      file: async (byteLength: number) => proxy(await download.file(byteLength)),
    });
  },

  async removeDownload(root: FileSystemDirectoryHandle, id: string): Promise<void> {
    await (await openDownloads(root)).remove(id);
  },
};

expose(steps);

export type PartialSteps = typeof steps;
