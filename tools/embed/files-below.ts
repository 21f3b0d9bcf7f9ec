import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../src/core/failure';

/** A folder or a tar that could not be read to its end, and why. */
export interface Gap {
  readonly path: string;
  readonly message: string;
}

/**
 * The files in a folder and below it, sorted by their paths from there. Each real folder is listed once, by its own path where
 * it lies below `folder`, else by that of the first link to it.
 * @param isWanted asked for each name
 * @param seen real paths of folders that were listed before, to which these are added
 * @param onGap told of folders that cannot be read
 *
 * Why not the system's recursive listing: it follows links, and one to a folder above lists everything again, level upon
 * level.
 */
export async function filesBelow(
  folder: string,
  isWanted: (name: string) => boolean,
  seen: Set<string>,
  onGap: (gap: Gap) => void,
): Promise<string[]> {
  const files: string[] = [];
  const links: string[] = [];

  async function list(at: string): Promise<void> {
    const real = await realpath(at);
    if (seen.has(real)) return;
    seen.add(real);
    for (const entry of await readdir(at, { withFileTypes: true })) {
      const inside = path.join(at, entry.name);
      if (entry.isDirectory()) await listed(inside);
      else if (entry.isSymbolicLink() && (await isFolder(inside))) links.push(inside);
      else if (isWanted(entry.name)) files.push(inside);
    }
  }

  const listed = (at: string) =>
    list(at).catch((error: unknown) => {
      onGap({ path: at, message: messageOf(error) });
    });

  await listed(folder);
  while (links.length > 0) {
    for (const link of links.splice(0).sort(byCode)) await listed(link);
  }
  const from = (file: string) => path.relative(folder, file).split(path.sep).join('/');
  const sorted = files.map((file): [string, string] => [from(file), file]);
  return sorted.sort(([a], [b]) => byCode(a, b)).map(([, file]) => file);
}

/** Not by locale, which differs between machines. */
function byCode(a: string, b: string): number {
  return a < b ? -1 : 1;
}

async function isFolder(link: string): Promise<boolean> {
  return stat(link).then(
    (info) => info.isDirectory(),
    () => false,
  );
}
