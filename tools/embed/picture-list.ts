import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { Failure, messageOf } from '../../src/core/failure';
import { isPicture } from '../../src/datasets/data-files';
import { tarMembers, type TarMember } from '../../src/formats/tar';
import { fileSource } from '../../src/package/node-file';
import { filesBelow, type Gap } from './files-below';

/** A picture to embed. */
export interface ListedPicture {
  /**
   * Of its file, or of its tar and then in there.
   *
   * Why absolute: it opens the picture whatever folder its reader works in, tells pictures of two folders of one name
   * apart, and is the same however and from wherever a folder was named, so that nothing is embedded twice. A folder that
   * was moved is embedded anew: what was written before would open nothing.
   */
  readonly path: string;
  /** 0 if there is no such file. */
  byteLength(): Promise<number>;
  read(): Promise<Uint8Array>;
}

/** What there is to embed, and what was not found because it could not be read. */
export interface PictureList {
  readonly pictures: readonly ListedPicture[];
  readonly gaps: readonly Gap[];
}

/**
 * The pictures in folders, by their paths, and in tars, in their order; in the order in which folders and tars are named, each
 * once. The same on every machine, so that N of them can share the work. Of what is cut short or damaged the pictures
 * before that place are listed.
 * @throws FileUnreadable if one of `inputs` is not there
 */
export async function listPictures(inputs: readonly string[]): Promise<PictureList> {
  const lists = [];
  const seen = new Set<string>();
  for (const input of inputs) {
    const named = path.resolve(input);
    const info = await stat(named).catch((cause: unknown) => {
      throw new Failure('FileUnreadable', `${input} cannot be read: ${messageOf(cause)}`, { cause });
    });
    if (info.isDirectory()) lists.push(await picturesBelow(named, seen));
    else if (!seen.has(await realpath(named))) {
      seen.add(await realpath(named));
      lists.push(await picturesOfTar(named));
    }
  }
  return {
    pictures: lists.flatMap(({ pictures }) => pictures),
    gaps: lists.flatMap(({ gaps }) => gaps),
  };
}

/** Part `number`, counted from 0, of `of` parts of a list, which are as long as each other and follow one another. */
export function partOf<T>(list: readonly T[], number: number, of: number): readonly T[] {
  const start = (part: number) => Math.floor((part * list.length) / of);
  return list.slice(start(number), start(number + 1));
}

/** Why no size is asked for yet: of millions of files each process embeds only its part. */
class PictureFile implements ListedPicture {
  readonly path: string;

  constructor(file: string) {
    this.path = file;
  }

  async byteLength(): Promise<number> {
    // A link to nothing is listed too: why it cannot be read is told with the others.
    return (await stat(this.path).catch(() => undefined))?.size ?? 0;
  }

  read(): Promise<Uint8Array> {
    return readFile(this.path);
  }
}

class TarPicture implements ListedPicture {
  readonly #member: TarMember;
  readonly path: string;

  constructor(tar: string, member: TarMember) {
    this.#member = member;
    this.path = `${tar}/${member.name}`;
  }

  async byteLength(): Promise<number> {
    return this.#member.byteLength;
  }

  read(): Promise<Uint8Array> {
    return this.#member.read();
  }
}

async function picturesBelow(folder: string, seen: Set<string>): Promise<PictureList> {
  const gaps: Gap[] = [];
  const files = await filesBelow(folder, isPicture, seen, (gap) => gaps.push(gap));
  return { pictures: files.map((file) => new PictureFile(file)), gaps };
}

async function picturesOfTar(tar: string): Promise<PictureList> {
  const pictures: ListedPicture[] = [];
  try {
    for await (const member of tarMembers(await fileSource(tar))) {
      if (isPicture(member.name)) pictures.push(new TarPicture(tar, member));
    }
    return { pictures, gaps: [] };
  } catch (error) {
    return { pictures, gaps: [{ path: tar, message: messageOf(error) }] };
  }
}
