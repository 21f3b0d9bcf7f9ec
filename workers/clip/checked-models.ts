import * as v from 'valibot';
import { listOf, readAs } from '../../src/core/schema';
import type { CheckedModels } from '../../src/engine/platform';
import { findFile } from '../../src/storage/directory';
import { writeFile } from '../../src/storage/opfs-file';

/** Where the page remembers which models gave the same picture on this GPU as on wasm. */
const FILE = 'checked-models.json';

/** Kept in the browser's private storage, at its `root`; a page without it remembers nothing. */
export function checkedModels(root: () => Promise<FileSystemDirectoryHandle>): CheckedModels {
  async function read(): Promise<readonly string[]> {
    try {
      const file = await findFile(await root(), FILE);
      return (file && readAs(listOf(v.string()), JSON.parse(await file.text()))) ?? [];
    } catch {
      return [];
    }
  }

  return {
    has: async (key) => (await read()).includes(key),
    async add(key) {
      try {
        const keys = [...new Set([...(await read()), key])];
        await writeFile(await root(), FILE, [new TextEncoder().encode(JSON.stringify(keys))]);
      } catch {
        // The check is only made again the next time.
      }
    },
  };
}
