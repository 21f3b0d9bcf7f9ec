import { Failure } from '../core/failure';
import { bufferSource } from '../formats/byte-source';
import { fileNameOf, wholeBody, type Connection } from './connection';
import { gitBlobId, sha256 } from './digest';
import type { RepositoryFile } from './repository';

/**
 * Fetches a whole file and checks it against the hub's listed hash, if any.
 * @throws HashMismatch, NetworkFailed, Cancelled, and what `connection.fetch` throws
 */
export async function fetchSmall(
  url: string,
  { fetch }: Connection,
  listed?: Omit<RepositoryFile, 'path' | 'byteLength'>,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetch(url, signal ? { signal } : {});
  const bytes = new Uint8Array(await wholeBody(answer, url, signal));
  if (listed?.sha256 !== undefined) require(url, listed.sha256, await sha256(bufferSource(bytes)));
  else if (listed?.gitBlob !== undefined) require(url, listed.gitBlob, await gitBlobId(bufferSource(bytes)));
  return bytes;
}

/** @throws HashMismatch */
function require(url: string, wanted: string, found: string): void {
  if (wanted === found) return;
  const name = fileNameOf(url);
  throw new Failure('HashMismatch', mismatch(name, wanted, found));
}

/** The error message for a file whose hash differs from the hub's. Hashes as hex. */
export function mismatch(name: string, wanted: string, found: string): string {
  return `${name} is damaged: the hub says its hash begins with ${wanted.slice(0, 12)}, what arrived has ${found.slice(0, 12)}.`;
}
