import type { RemoteSource } from '../../../../workers/models-api';
import { isWeights } from '../../../clip/checkpoint-files';

/** The hub that is used unless the person names another. */
export const DEFAULT_HUB = 'https://huggingface.co';

/** `owner/name`, as the hub allows it, with an optional `@revision`. */
const REPOSITORY = /^([\w][\w.-]*\/[\w][\w.-]*)(?:@([\w][\w./-]*))?$/;

/** What a person may type to name a checkpoint, when that is none: the sentence that helps. */
export const SOURCE_HINT =
  'Write owner/name as on the hub, or the address of a folder that holds the files, or of its file of weights.';

/**
 * What `text` names: `owner/name`, `owner/name@revision`, an address of a repository on `hub`, or the address of a
 * folder or a file of weights anywhere. Undefined where it is none of them.
 */
export function readSource(text: string, hub: string): RemoteSource | undefined {
  const trimmed = text.trim();
  const [, repository, revision] = REPOSITORY.exec(trimmed) ?? [];
  if (repository) return { kind: 'hub', hub, repository, ...(revision && { revision }) };
  const url = readAddress(trimmed);
  if (!url) return undefined;
  for (const base of [hub, DEFAULT_HUB]) {
    if (url.href.startsWith(`${base}/`)) return repositoryOf(url.href.slice(base.length + 1), base);
  }
  const isWhole = url.href.endsWith('/') || isWeights(url.href);
  return { kind: 'folder', url: isWhole ? url.href : `${url.href}/` };
}

/** `owner/name`, `owner/name/tree/revision`: what follows the hub's address in a browser. */
function repositoryOf(place: string, hub: string): RemoteSource | undefined {
  const [owner, name, view, ...rest] = place.split('/').filter(Boolean);
  if (!owner || !name) return undefined;
  // A pull request's revision has three parts: refs/pr/1.
  const parts = rest[0] === 'refs' ? 3 : 1;
  const revision = view === 'tree' || view === 'blob' ? rest.slice(0, parts).join('/') : undefined;
  return { kind: 'hub', hub, repository: `${owner}/${name}`, ...(revision && { revision }) };
}

/** The base address of a hub, without a slash at its end; undefined where `text` is no address. */
export function readHub(text: string): string | undefined {
  const url = readAddress(text.trim());
  return url?.href.replace(/\/+$/, '');
}

/** An address that a page may fetch from: https, or http on this machine. No query, no fragment. */
function readAddress(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) return undefined;
  // A password would be kept and sent along.
  if (url.username !== '' || url.password !== '') return undefined;
  url.search = '';
  url.hash = '';
  return url;
}

/** The origin that a source is fetched from. */
export function originOf(source: RemoteSource): string {
  return new URL(source.kind === 'hub' ? source.hub : source.url).origin;
}

/** What a model from `source` is called unless the person says otherwise: the last part of its address, or its folder. */
export function nameOfSource(source: RemoteSource): string {
  const place = source.kind === 'hub' ? source.repository : new URL(source.url).pathname;
  const parts = place.split('/').filter((part) => part !== '' && !isWeights(part));
  return decodeURIComponent(parts.at(-1) ?? 'My checkpoint');
}
