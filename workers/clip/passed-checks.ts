import * as v from 'valibot';
import { listOf, readAs } from '../../src/core/schema';
import type { PassedChecks } from '../../src/engine/platform';
import { findFile } from '../../src/storage/directory';
import { writeFile } from '../../src/storage/opfs-file';

/** The list of what gave the same embeddings on this GPU as on wasm; named when that was models alone. */
const FILE = 'checked-models.json';

/** Stored in the origin's private file system, at `root`; without it nothing is remembered. */
export function passedChecks(root: () => Promise<FileSystemDirectoryHandle>): PassedChecks {
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
        // Then the check simply runs again next time.
      }
    },
  };
}
