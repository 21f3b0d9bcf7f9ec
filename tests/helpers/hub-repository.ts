import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** A file of a commit. It stays on the disk and is read when it is asked for. */
export interface HubFile {
  /** Inside the repository, with `/`. */
  readonly path: string;
  readonly disk: string;
  /** Bytes. */
  readonly size: number;
  /** When the file was last written, in milliseconds: a file written since is no longer this one. */
  readonly modified: number;
  /** What git knows the file by: of an LFS file, its pointer. Forty hex digits. */
  readonly oid: string;
  readonly lfs?: {
    /** What the file's SHA-256 is, in hex. */
    readonly sha256: string;
    /** What the listing says it is. */
    readonly claimed: string;
    /** Bytes of the pointer. */
    readonly pointerSize: number;
  };
}

export interface HubCommit {
  /** Forty hex digits. */
  readonly id: string;
  readonly date: Date;
  readonly files: ReadonlyMap<string, HubFile>;
}

export interface HubRepository {
  /** `owner/name`, or `datasets/owner/name`. */
  readonly id: string;
  licence: string | undefined;
  gated: boolean;
  /** How many commits there have been, forgotten ones too. */
  count: number;
  /** The newest is the last. */
  commits: HubCommit[];
}

/** An entry of the hub's listing. */
export interface HubEntry {
  readonly type: 'file' | 'directory';
  readonly oid: string;
  readonly size: number;
  readonly path: string;
  readonly lfs?: { readonly oid: string; readonly size: number; readonly pointerSize: number };
  readonly lastCommit?: { readonly id: string; readonly title: string; readonly date: string };
}

/** Bytes. A larger file is LFS's whatever it is called. */
const LFS_ABOVE = 1024 * 1024;
const LFS_NAMES = /\.(?:safetensors|bin|tar)$/;

/**
 * Reads what a commit says of the files of `folder`, each streamed through its hash once.
 *
 * @param claimed by file name, what the listing is to say instead of the true SHA-256
 * @throws Error where `claimed` names what is no LFS file of the folder; the system's error where a file cannot be read
 */
export async function readFiles(
  folder: string,
  claimed: Readonly<Record<string, string>> = {},
): Promise<HubFile[]> {
  const files: HubFile[] = [];
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const disk = path.join(folder, name);
    const info = await stat(disk);
    if (!info.isFile()) continue;
    const inside = name.split(path.sep).join('/');
    const base = { path: inside, disk, size: info.size, modified: info.mtimeMs };
    files.push({ ...base, ...(await nameOf(base, claimed[inside])) });
  }
  const large = new Set(files.filter(({ lfs }) => lfs).map((file) => file.path));
  const strays = Object.keys(claimed).filter((name) => !large.has(name));
  if (strays.length > 0) throw new Error(`Not an LFS file of ${folder}: ${strays.join(', ')}`);
  return files;
}

/** Makes `files` the newest commit: another one each time, whatever the files. */
export function commitTo(repository: HubRepository, files: readonly HubFile[]): HubCommit {
  repository.count += 1;
  const names = files.map((file) => `${file.path} ${file.oid}`);
  const id = sha1(['commit', repository.id, repository.count, ...names].join('\n'));
  const commit = { id, date: new Date(), files: new Map(files.map((file) => [file.path, file])) };
  repository.commits.push(commit);
  return commit;
}

/** What git, and for a large file LFS, know the file by. */
async function nameOf(
  { disk, size, path: inside }: Pick<HubFile, 'disk' | 'size' | 'path'>,
  claimed: string | undefined,
): Promise<Pick<HubFile, 'oid' | 'lfs'>> {
  if (size <= LFS_ABOVE && !LFS_NAMES.test(inside)) {
    return { oid: await hashFile(createHash('sha1').update(`blob ${size}\0`), disk) };
  }
  const sha256 = await hashFile(createHash('sha256'), disk);
  const said = claimed ?? sha256;
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${said}\nsize ${size}\n`;
  const oid = sha1(`blob ${pointer.length}\0${pointer}`);
  return { oid, lfs: { sha256, claimed: said, pointerSize: pointer.length } };
}

async function hashFile(hash: Hash, disk: string): Promise<string> {
  for await (const chunk of createReadStream(disk, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

/** The commit that `revision` names: `main`, `HEAD` or a commit's forty digits. */
export function commitOf(repository: HubRepository, revision: string): HubCommit | undefined {
  if (revision === 'main' || revision === 'HEAD') return repository.commits.at(-1);
  return repository.commits.find(({ id }) => id === revision);
}

/** What is known of the file with this hash, in whatever commit it is. */
export function lfsFileOf(repository: HubRepository, sha256: string, inside: string): HubFile | undefined {
  return repository.commits
    .map(({ files }) => files.get(inside))
    .find((file) => file?.lfs?.sha256 === sha256);
}

/**
 * What lies in a folder of the commit: folders first, then files, each by name. With `recursive` also what lies
 * deeper, folders among it.
 *
 * @param folder '' for all of it
 * @returns undefined where there is no such folder
 */
export function listingOf(
  commit: HubCommit,
  folder: string,
  { recursive, expand }: { recursive: boolean; expand: boolean },
): HubEntry[] | undefined {
  const prefix = folder === '' ? '' : `${folder}/`;
  const extra = expand
    ? { lastCommit: { id: commit.id, title: 'Upload', date: commit.date.toISOString() } }
    : {};
  const folders = new Map<string, HubEntry>();
  const files: HubEntry[] = [];
  const below = [...commit.files.values()].filter((file) => file.path.startsWith(prefix));
  for (const file of below) {
    const parts = file.path.slice(prefix.length).split('/');
    const depth = recursive ? parts.length - 1 : Math.min(1, parts.length - 1);
    for (let count = 1; count <= depth; count++) {
      const name = prefix + parts.slice(0, count).join('/');
      folders.set(name, { type: 'directory', oid: sha1(`tree ${name}`), size: 0, path: name, ...extra });
    }
    if (recursive || parts.length === 1) files.push({ ...entryOf(file), ...extra });
  }
  return below.length === 0 && folder !== '' ? undefined : [...folders.values(), ...files];
}

function entryOf({ oid, size, path: inside, lfs }: HubFile): HubEntry {
  return {
    type: 'file',
    oid,
    size,
    path: inside,
    ...(lfs && { lfs: { oid: lfs.claimed, size, pointerSize: lfs.pointerSize } }),
  };
}
