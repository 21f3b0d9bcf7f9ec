import type { RemoteSource } from '../../../../workers/models-api';
import { isWeights } from '../../../clip/checkpoint-files';

/** The default hub. */
export const DEFAULT_HUB = 'https://huggingface.co';

/** `owner/name`, as the hub allows it, with an optional `@revision`. */
const REPOSITORY = /^([\w][\w.-]*\/[\w][\w.-]*)(?:@([\w][\w./-]*))?$/;

/** The hint shown when the typed text does not name a checkpoint. */
export const SOURCE_HINT =
  'Write owner/name as on the hub, or the address of a folder that holds the files, or of its file of weights.';

/**
 * The source named by `text`: `owner/name`, `owner/name@revision`, the URL of a repository on `hub`, or the URL of a
 * folder or weights file anywhere. Undefined otherwise.
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

/** Parses the part after the hub's URL: `owner/name`, `owner/name/tree/revision`. */
function repositoryOf(place: string, hub: string): RemoteSource | undefined {
  const [owner, name, view, ...rest] = place.split('/').filter(Boolean);
  if (!owner || !name) return undefined;
  // A pull request's revision has three parts: refs/pr/1.
  const parts = rest[0] === 'refs' ? 3 : 1;
  const revision = view === 'tree' || view === 'blob' ? rest.slice(0, parts).join('/') : undefined;
  return { kind: 'hub', hub, repository: `${owner}/${name}`, ...(revision && { revision }) };
}

/** The base URL of a hub, without a trailing slash; undefined if `text` is not a URL. */
export function readHub(text: string): string | undefined {
  const url = readAddress(text.trim());
  return url?.href.replace(/\/+$/, '');
}

/** A URL that the page may fetch from: https, or http on this machine. Without query and fragment. */
function readAddress(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) return undefined;
  // Credentials would be stored and sent along.
  if (url.username !== '' || url.password !== '') return undefined;
  url.search = '';
  url.hash = '';
  return url;
}

/** The origin that a source is fetched from. */
export function originOf(source: RemoteSource): string {
  return new URL(source.kind === 'hub' ? source.hub : source.url).origin;
}

/** The default name of a model from `source`: its repository or folder. */
export function nameOfSource(source: RemoteSource): string {
  const place = source.kind === 'hub' ? source.repository : new URL(source.url).pathname;
  const parts = place.split('/').filter((part) => part !== '' && !isWeights(part));
  return decodeURIComponent(parts.at(-1) ?? 'My checkpoint');
}
