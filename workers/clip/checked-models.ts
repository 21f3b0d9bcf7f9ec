import * as v from 'valibot';
import { listOf, readAs } from '../../src/core/schema';
import type { CheckedModels } from '../../src/engine/platform';
import { findFile, storageRoot } from '../../src/storage/directory';
import { writeFile } from '../../src/storage/opfs-file';

/** Where the page remembers which models gave the same picture on this GPU as on wasm. */
const FILE = 'checked-models.json';

/** Kept in the browser's private storage; a page without it remembers nothing. */
export const checkedModels: CheckedModels = {
  has: async (key) => (await read()).includes(key),
  add: remember,
};

async function remember(key: string): Promise<void> {
  try {
    const keys = [...new Set([...(await read()), key])];
    await writeFile(await storageRoot(), FILE, [new TextEncoder().encode(JSON.stringify(keys))]);
  } catch {
    // The check is only made again the next time.
  }
}

async function read(): Promise<readonly string[]> {
  try {
    const file = await findFile(await storageRoot(), FILE);
    return (file && readAs(listOf(v.string()), JSON.parse(await file.text()))) ?? [];
  } catch {
    return [];
  }
}
