import { randomUUID } from 'node:crypto';
import { access, link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes a file unless there is one: of several processes that try, one does. It is there whole or not at all.
 * @returns whether it was written
 * @throws the system's errors
 */
export async function createWhole(file: string, text: string): Promise<boolean> {
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${randomUUID()}`;
  await writeFile(unfinished, text);
  try {
    await link(unfinished, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // A file system without links, as exFAT: between these two steps another process may be as fast.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) return false;
    await rename(unfinished, file);
    return true;
  } finally {
    await rm(unfinished, { force: true });
  }
}
