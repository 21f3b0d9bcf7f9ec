import { datasetInfo, HubApiError, listFiles, modelInfo } from '@huggingface/hub';
import * as v from 'valibot';
import { Failure, messageOf } from '../core/failure';
import { readAs, size } from '../core/schema';
import { wholeBody, type Connection } from './connection';

/** A file of a repository, as the hub lists it. */
export interface RepositoryFile {
  /** Path from the repository's root. */
  readonly path: string;
  readonly byteLength: number;
  /** SHA-256 as hex, for a file in LFS (all large files). */
  readonly sha256?: string;
  /** Git blob id, for any other file. */
  readonly gitBlob?: string;
}

/** One commit of a repository. */
export interface Repository {
  /** As the hub writes it: `owner/name`, also of a data set. */
  readonly name: string;
  readonly commit: string;
  readonly licence?: string;
  readonly files: readonly RepositoryFile[];
}

/** The used fields of a hub's repository description. */
const description = v.object({
  sha: v.pipe(v.string(), v.regex(/^[0-9a-f]{7,64}$/)),
  /** Front matter of its README. */
  cardData: v.fallback(v.object({ license: v.optional(v.string()) }), {}),
});

/** The used fields of a file's entry in a hub listing. */
const listedFile = v.object({
  path: v.string(),
  size,
  /** Git blob id. */
  oid: v.nullish(v.string()),
  /** Present for LFS files, of which git stores only a pointer. */
  lfs: v.nullish(v.object({ oid: v.string(), size })),
});

/** A repository's location. */
export interface RepositoryAddress {
  /** The hub's base URL. */
  readonly hub: string;
  /** `owner/name` of a model, `datasets/owner/name` of a data set, as in the hub's own addresses. */
  readonly repository: string;
  /** A branch, tag or commit; absent: the default branch. */
  readonly revision?: string;
}

/** What the address of a data set begins with. */
export const DATASETS = 'datasets/';

/**
 * Resolves the revision to a commit and lists that commit's files.
 * @throws HubUnreadable if the response is not that of a hub, NetworkFailed, and what `connection.fetch` throws
 */
export async function readRepository(
  { hub, repository, revision }: RepositoryAddress,
  { fetch }: Connection,
): Promise<Repository> {
  const hubUrl = hub;
  const ask: typeof globalThis.fetch = async (request, init) => {
    // The library's type allows every form of URL that `fetch` takes, but it only passes strings.
    const url = request instanceof Request ? request.url : request.toString();
    const answer = await fetch(url, init);
    // Read here, to distinguish a broken connection from an invalid response.
    return new Response(await wholeBody(answer, url), answer);
  };
  try {
    const isDataset = repository.startsWith(DATASETS);
    const name = isDataset ? repository.slice(DATASETS.length) : repository;
    const about = { name, ...(revision !== undefined && { revision }), hubUrl, fetch: ask };
    const info = isDataset
      ? await datasetInfo({ ...about, additionalFields: ['sha', 'cardData'] })
      : await modelInfo({ ...about, additionalFields: ['sha', 'cardData'] });
    const described = readAs(description, info);
    if (described === undefined) {
      throw new Failure('HubUnreadable', `${new URL(hub).host} names no commit of ${repository}.`);
    }
    const {
      sha: commit,
      cardData: { license: licence },
    } = described;
    const files: RepositoryFile[] = [];
    for await (const entry of listFiles({
      repo: { type: isDataset ? 'dataset' : 'model', name: info.name },
      revision: commit,
      recursive: true,
      hubUrl,
      fetch: ask,
    })) {
      if (entry.type === 'file') files.push(readEntry(entry));
    }
    return { name: info.name, commit, files, ...(licence !== undefined && { licence }) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    const status = error instanceof HubApiError ? ` (status ${error.statusCode})` : '';
    const message = `${new URL(hub).host} does not answer as a hub does${status}: ${messageOf(error)}`;
    throw new Failure('HubUnreadable', message, { cause: error });
  }
}

/** The URL of a file at a commit. */
export function fileAddress({ hub, repository }: RepositoryAddress, commit: string, path: string): string {
  const parts = path.split('/').map(encodeURIComponent).join('/');
  return `${hub}/${repository}/resolve/${commit}/${parts}`;
}

/** @throws TypeError if the entry is not as the hub documents */
function readEntry(entry: unknown): RepositoryFile {
  const listed = readAs(listedFile, entry);
  if (listed === undefined) throw new TypeError('a file is listed without its path or its size');
  const { path, size: bytes, oid, lfs } = listed;
  if (lfs) return { path, byteLength: lfs.size, sha256: lfs.oid.replace(/^sha256:/, '') };
  return { path, byteLength: bytes, ...(oid && { gitBlob: oid }) };
}
