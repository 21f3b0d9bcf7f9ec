import * as v from 'valibot';
import { listOf, readAs } from '../../src/core/schema';
import { findFile, storageRoot } from '../../src/storage/directory';
import { writeFile } from '../../src/storage/opfs-file';

/** Where the page remembers which models gave the same picture on this GPU as on wasm. */
const FILE = 'checked-models.json';

/** Whether `key` passed before. A page without storage remembers nothing. */
export async function isRemembered(key: string): Promise<boolean> {
  return (await read()).includes(key);
}

export async function remember(key: string): Promise<void> {
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
