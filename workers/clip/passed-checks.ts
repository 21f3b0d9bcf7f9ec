import * as v from 'valibot';
import { listOf } from '../../src/core/schema';
import { once } from '../../src/core/tasks';
import type { PassedChecks } from '../../src/engine/platform';
import { keptJson } from './kept-json';

/** The list of what gave the same embeddings on this GPU as on wasm; named when that was models alone. */
const FILE = 'checked-models.json';

/**
 * Stored in the origin's private file system, at `root`; without it nothing outlasts the worker. Questions read it once in
 * all, since a GPU's batch asks one for each size.
 */
export function passedChecks(root: () => Promise<FileSystemDirectoryHandle>): PassedChecks {
  const kept = keptJson(root, FILE, listOf(v.string()));
  const known = once(async () => new Set(await kept.read()));
  return {
    has: async (key) => (await known()).has(key),
    async add(key) {
      const keys = await known();
      for (const added of (await kept.read()) ?? []) keys.add(added);
      keys.add(key);
      await kept.write([...keys]);
    },
  };
}
