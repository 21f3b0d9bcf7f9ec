import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Failure, messageOf } from '../../src/core/failure';
import { isPicture } from '../../src/datasets/data-files';
import { tarMembers } from '../../src/formats/tar';
import { fileSource } from '../../src/package/node-file';

/** A picture to embed. */
export interface ListedPicture {
  /** As the user named its folder or tar, and its path in there. */
  readonly path: string;
  readonly bytes: number;
  read(): Promise<Uint8Array>;
}

/**
 * The pictures in folders, by their paths, and in tars, in their order; in the order in which folders and tars are named. The
 * same on every machine, so that N of them can share the work.
 * @throws FileUnreadable, DataSetMalformed, DataSetIncomplete
 */
export async function listPictures(inputs: readonly string[]): Promise<ListedPicture[]> {
  const lists = [];
  for (const input of inputs) {
    const info = await stat(input).catch((cause: unknown) => {
      throw new Failure('FileUnreadable', `${input} cannot be read: ${messageOf(cause)}`, { cause });
    });
    lists.push(info.isDirectory() ? await picturesBelow(input) : await picturesOfTar(input));
  }
  return lists.flat();
}

/** Part `number`, counted from 0, of `of` parts of a list, which are as long as each other and follow one another. */
export function partOf<T>(list: readonly T[], number: number, of: number): readonly T[] {
  const start = (part: number) => Math.floor((part * list.length) / of);
  return list.slice(start(number), start(number + 1));
}

async function picturesBelow(folder: string): Promise<ListedPicture[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => isPicture(name));
  const paths = names.map((name) => name.split(path.sep).join('/'));
  const pictures: ListedPicture[] = [];
  // Not by locale, which differs between machines.
  for (const name of paths.sort((a, b) => (a < b ? -1 : 1))) {
    const file = path.join(folder, name);
    // A link to nothing is listed too: why it cannot be read is told with the others.
    const info = await stat(file).catch(() => undefined);
    if (info?.isDirectory()) continue;
    pictures.push({ path: file, bytes: info?.size ?? 0, read: () => readFile(file) });
  }
  return pictures;
}

async function picturesOfTar(tar: string): Promise<ListedPicture[]> {
  const pictures: ListedPicture[] = [];
  for await (const { name, byteLength, read } of tarMembers(await fileSource(tar))) {
    if (isPicture(name)) pictures.push({ path: `${tar}/${name}`, bytes: byteLength, read });
  }
  return pictures;
}
