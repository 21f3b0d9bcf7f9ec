import * as v from 'valibot';
import { listOf } from '../../src/core/schema';
import type { PassedChecks } from '../../src/engine/platform';
import { keptJson } from './kept-json';

/** The list of what gave the same embeddings on this GPU as on wasm; named when that was models alone. */
const FILE = 'checked-models.json';

/** Stored in the origin's private file system, at `root`; without it nothing is remembered. */
export function passedChecks(root: () => Promise<FileSystemDirectoryHandle>): PassedChecks {
  const kept = keptJson(root, FILE, listOf(v.string()));
  const keys = async () => (await kept.read()) ?? [];
  return {
    has: async (key) => (await keys()).includes(key),
    add: async (key) => kept.write([...new Set([...(await keys()), key])]),
  };
}
