import { HubApiError, listFiles, modelInfo } from '@huggingface/hub';
import { Failure, messageOf } from '../core/failure';
import { property } from '../core/json';
import { wholeBody, type Connection } from './connection';

/** A file of a repository, as the hub lists it. */
export interface RepositoryFile {
  /** With its folders, from the repository's root. */
  readonly path: string;
  readonly byteLength: number;
  /** SHA-256 as hex, of a file that the hub keeps apart (LFS); large files are. */
  readonly sha256?: string;
  /** Git's name of any other file. */
  readonly gitBlob?: string;
}

/** One commit of a repository. */
export interface Repository {
  /** As the hub writes it: `owner/name`. */
  readonly name: string;
  readonly commit: string;
  readonly licence?: string;
  readonly files: readonly RepositoryFile[];
}

/** Where a repository is asked for. */
export interface RepositoryAddress {
  /** The hub's base address. */
  readonly hub: string;
  /** `owner/name`. */
  readonly repository: string;
  /** A branch, tag or commit; absent: the default branch. */
  readonly revision?: string;
}

/**
 * Resolves the revision to a commit and lists that commit's files.
 * @throws HubUnreadable where the answer is none of a hub's, NetworkFailed, and what `connection.fetch` throws
 */
export async function readRepository(
  { hub, repository, revision }: RepositoryAddress,
  { fetch }: Connection,
): Promise<Repository> {
  const hubUrl = hub;
  const ask: typeof globalThis.fetch = async (request, init) => {
    // The library's type is that of `fetch` with every form of an address; it only ever passes texts.
    const url = request instanceof Request ? request.url : request.toString();
    const answer = await fetch(url, init);
    // Read here, where a connection that breaks off can be told from an answer that is none.
    return new Response(await wholeBody(answer, url), answer);
  };
  try {
    const info = await modelInfo({
      name: repository,
      ...(revision !== undefined && { revision }),
      additionalFields: ['sha', 'cardData'],
      hubUrl,
      fetch: ask,
    });
    const commit: unknown = info.sha;
    if (typeof commit !== 'string' || !/^[0-9a-f]{7,64}$/.test(commit)) {
      throw new Failure('HubUnreadable', `${new URL(hub).host} names no commit of ${repository}.`);
    }
    const files: RepositoryFile[] = [];
    for await (const entry of listFiles({
      repo: repository,
      revision: commit,
      recursive: true,
      hubUrl,
      fetch: ask,
    })) {
      if (entry.type === 'file') files.push(readEntry(entry));
    }
    const licence = property(info.cardData, 'license');
    return { name: info.name, commit, files, ...(typeof licence === 'string' && { licence }) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    const status = error instanceof HubApiError ? ` (status ${error.statusCode})` : '';
    const message = `${new URL(hub).host} does not answer as a hub does${status}: ${messageOf(error)}`;
    throw new Failure('HubUnreadable', message, { cause: error });
  }
}

/** The address of a file of a commit. */
export function fileAddress({ hub, repository }: RepositoryAddress, commit: string, path: string): string {
  const parts = path.split('/').map(encodeURIComponent).join('/');
  return `${hub}/${repository}/resolve/${commit}/${parts}`;
}

/** @throws TypeError where the entry is not what the hub documents */
function readEntry(entry: { path: string; size: number; oid?: string; lfs?: unknown }): RepositoryFile {
  const { path, size, oid, lfs } = entry;
  const sha256 = property(lfs, 'oid');
  const byteLength = property(lfs, 'size') ?? size;
  if (typeof path !== 'string' || typeof byteLength !== 'number') {
    throw new TypeError('a file is listed without its path or its size');
  }
  if (typeof sha256 === 'string') return { path, byteLength, sha256: sha256.replace(/^sha256:/, '') };
  return { path, byteLength, ...(typeof oid === 'string' && { gitBlob: oid }) };
}
