import {
  CHECKPOINT_FILES,
  chooseFiles,
  HF_CONFIG,
  isIndex,
  isWeights,
  requireShard,
  shardNames,
  USUAL_WEIGHTS,
} from '../../src/clip/checkpoint-files';
import { openClipConfig } from '../../src/clip/hf-form/config';
import { Failure, failureName } from '../../src/core/failure';
import type { TokenizerTexts } from '../../src/engine/open-tokenizer';
import type { Connection } from '../../src/hub/connection';
import { fileAddress, readRepository, type RepositoryFile } from '../../src/hub/repository';
import { fetchSmall } from '../../src/hub/small-file';
import type { RemoteFile, RemoteSource, RemoteWeights } from './download-record';

/** A small file, read on demand: a tokenizer may have 34 MB. */
export interface RemoteText {
  readonly byteLength: number;
  text(): Promise<string>;
}

/** A checkpoint on a server, with its config already read, in OpenCLIP's form. */
export interface RemoteFiles {
  readonly commit?: string;
  readonly licence?: string;
  readonly weights: RemoteWeights;
  readonly config: string;
  readonly tokenizer?: RemoteText;
  readonly tokenizerConfig?: RemoteText;
}

/** The source's hub, which may be asked for other files; undefined for a plain folder. */
export function hubOf(source: RemoteSource): string | undefined {
  return source.kind === 'hub' ? source.hub : undefined;
}

/** @throws CheckpointIncomplete, HashMismatch, HubUnreadable, and what `connection.fetch` throws */
export function readRemote(source: RemoteSource, connection: Connection): Promise<RemoteFiles> {
  return source.kind === 'hub' ? readHub(source, connection) : readFolder(source.url, connection);
}

/**
 * The tokenizer of another repository on the same hub; undefined if it has none.
 * @throws what `connection.fetch` throws, except HubNotFound and HubForbidden
 */
export async function readTokenizerOf(
  hub: string,
  repository: string,
  connection: Connection,
): Promise<TokenizerTexts | undefined> {
  return unlessMissing(readTokenizer(), 'HubForbidden');

  async function readTokenizer() {
    const { commit, files } = await readRepository({ hub, repository }, connection);
    const read = async (name: string) => {
      const file = files.find(({ path }) => path === name);
      return file && (await readText({ hub, repository }, commit, file, connection));
    };
    const tokenizer = await read(CHECKPOINT_FILES.tokenizer);
    if (tokenizer === undefined) return undefined;
    const tokenizerConfig = await read(CHECKPOINT_FILES.tokenizerConfig);
    return { tokenizer, ...(tokenizerConfig !== undefined && { tokenizerConfig }) };
  }
}

async function readHub(
  source: Extract<RemoteSource, { kind: 'hub' }>,
  connection: Connection,
): Promise<RemoteFiles> {
  const { commit, licence, files } = await readRepository(source, connection);
  const { repository, folder } = source;
  const place = [repository, folder].filter(Boolean).join('/');
  const chosen = chooseFiles(place, files, { ...source, hasConfig: source.config !== undefined });
  const later = (file: RepositoryFile): RemoteText => ({
    byteLength: file.byteLength,
    text: () => readText(source, commit, file, connection),
  });
  const read = (file: RepositoryFile) => readText(source, commit, file, connection);
  return {
    commit,
    ...(licence !== undefined && { licence }),
    weights: await weightsOf(chosen.weights),
    config: chosen.config
      ? await openClipConfig(chosen.config.path, await read(chosen.config), async (part) => {
          const file = chosen[part];
          return file && read(file);
        })
      : source.config!,
    ...(chosen.tokenizer && { tokenizer: later(chosen.tokenizer) }),
    ...(chosen.tokenizerConfig && { tokenizerConfig: later(chosen.tokenizerConfig) }),
  };

  function remote({ path, byteLength, sha256, gitBlob }: RepositoryFile): RemoteFile {
    return {
      url: fileAddress(source, commit, path),
      byteLength,
      ...(sha256 !== undefined && { sha256 }),
      ...(gitBlob !== undefined && { gitBlob }),
    };
  }

  async function weightsOf(file: RepositoryFile): Promise<RemoteWeights> {
    if (!isIndex(file.path)) return remote(file);
    const parts = shardNames(await read(file), file.path).map((name) => {
      const path = [folder, name].filter(Boolean).join('/');
      return remote(
        requireShard(
          files.find((one) => one.path === path),
          name,
          place,
        ),
      );
    });
    return split(remote(file).url, parts);
  }
}

/** Weights in parts, which the index at `url` lists. */
function split(url: string, parts: readonly RemoteFile[]): RemoteWeights {
  const byteLength = parts.reduce((sum, part) => sum + part.byteLength, 0);
  return { url, byteLength, parts: [...parts] };
}

async function readText(
  source: { readonly hub: string; readonly repository: string },
  commit: string,
  file: RepositoryFile,
  connection: Connection,
): Promise<string> {
  const url = fileAddress(source, commit, file.path);
  return new TextDecoder().decode(await fetchSmall(url, connection, file));
}

/**
 * A checkpoint on a plain server.
 *
 * Why only the usual names are tried: a plain server lists no files. Weights under another name are found if the
 * address is that of the file itself.
 */
async function readFolder(address: string, connection: Connection): Promise<RemoteFiles> {
  const { folder, names } = namesAt(address);
  const read = async (name: string) => new TextDecoder().decode(await fetchSmall(folder + name, connection));
  const later = async (name: string): Promise<RemoteText | undefined> => {
    // Some file servers answer 403 for a missing file.
    const answer = await unlessMissing(connection.fetch(folder + name, { method: 'HEAD' }), 'HubForbidden');
    const byteLength = Number(answer?.headers.get('Content-Length') ?? 0);
    return answer && { byteLength, text: () => read(name) };
  };
  const own = await configIn();
  if (own === undefined) {
    const message = `The folder ${folder} has neither ${CHECKPOINT_FILES.config} nor ${HF_CONFIG}.`;
    throw new Failure('CheckpointIncomplete', message);
  }
  const config = await openClipConfig(own.name, own.text, (part) =>
    unlessMissing(read(CHECKPOINT_FILES[part]), 'HubForbidden'),
  );
  for (const name of names) {
    const weights = await unlessMissing(weightsAt(name));
    if (weights === undefined) continue;
    const tokenizer = await later(CHECKPOINT_FILES.tokenizer);
    const tokenizerConfig = await later(CHECKPOINT_FILES.tokenizerConfig);
    return { config, weights, ...(tokenizer && { tokenizer }), ...(tokenizerConfig && { tokenizerConfig }) };
  }
  throw lacking(
    folder,
    names.length === 1
      ? decodeURIComponent(names[0]!)
      : `${CHECKPOINT_FILES.weights}. Weights of another name are found by their own address`,
  );

  async function configIn(): Promise<{ readonly name: string; readonly text: string } | undefined> {
    for (const name of [CHECKPOINT_FILES.config, HF_CONFIG]) {
      const text = await unlessMissing(read(name));
      if (text !== undefined) return { name, text };
    }
    return undefined;
  }

  async function weightsAt(name: string): Promise<RemoteWeights> {
    if (!isIndex(name)) return measure(folder + name, connection);
    const parts: RemoteFile[] = [];
    for (const shard of shardNames(await read(name), decodeURIComponent(name))) {
      const part = await unlessMissing(measure(folder + encodeURIComponent(shard), connection));
      parts.push(requireShard(part, shard, `The folder ${folder}`));
    }
    return split(folder + name, parts);
  }
}

/** The folder of an address, with a trailing slash, and the possible names of its weights. */
function namesAt(address: string): { folder: string; names: readonly string[] } {
  if (!isWeights(address)) return { folder: address, names: USUAL_WEIGHTS };
  const end = address.lastIndexOf('/') + 1;
  return { folder: address.slice(0, end), names: [address.slice(end)] };
}

/** Length and date of a file on a plain server. @throws HubUnreadable if it sends no length */
export async function measure(url: string, connection: Connection): Promise<RemoteFile> {
  const { headers } = await connection.fetch(url, { method: 'HEAD' });
  const byteLength = Number(headers.get('Content-Length') ?? NaN);
  if (!Number.isSafeInteger(byteLength) || headers.has('Content-Encoding')) {
    throw new Failure('HubUnreadable', `${new URL(url).host} does not tell how long the weights are.`);
  }
  const modified = headers.get('Last-Modified');
  return { url, byteLength, ...(modified !== null && { modified }) };
}

async function unlessMissing<T>(work: Promise<T>, too?: 'HubForbidden'): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const name = failureName(error);
    if (name === 'HubNotFound' || (too !== undefined && name === too)) return undefined;
    throw error;
  }
}

function lacking(folder: string, name: string): Failure {
  return new Failure('CheckpointIncomplete', `The folder ${folder} has no ${name}.`);
}
