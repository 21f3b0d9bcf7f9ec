import type { RemoteSource } from '../../../../workers/models-api';
import { isWeights } from '../../../clip/checkpoint-files';
import { namedRepository, placeInFileSystem, sourceOfPage } from './hub-page';

/** The default hub. */
export const DEFAULT_HUB = 'https://huggingface.co';

/** The ways in which people write the default hub: with or without a scheme, or as for cloning. */
const WRITTEN_HUB =
  /^(?:git\s+clone\s+)?(?:git@(?:huggingface\.co|hf\.co):|(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)(?:\/|$))/i;

/** How OpenCLIP and timm name a repository of the hub. */
const PREFIX = /^hf[-_]hub:/i;

/** How the hub's file system names a place in a repository. */
const FILE_SYSTEM = /^hf:\/\/(?:models\/)?/i;

/** The hint shown when the typed text does not name a checkpoint. */
export const SOURCE_HINT =
  'Write owner/name as on the hub, the address of its page or of a folder or file there, or the address of a folder anywhere that holds the files.';

/**
 * The source named by `text`: `owner/name`, `owner/name@revision`, the same after `hf-hub:` or `hf://`, the URL of a
 * repository on `hub` or of a revision, folder or file in it, or the URL of a folder or weights file anywhere. Undefined
 * for all else, even for another page of a repository: no model is better than another than the one asked for.
 */
export function readSource(text: string, hub: string): RemoteSource | undefined {
  const written = withScheme(text.trim(), hub);
  const named = namedRepository(written.replace(PREFIX, ''), hub);
  if (named || PREFIX.test(written)) return named;
  if (FILE_SYSTEM.test(written)) return placeInFileSystem(written.replace(FILE_SYSTEM, ''), hub);
  const url = readAddress(written);
  if (!url) return undefined;
  for (const base of [hub, DEFAULT_HUB]) {
    if (url.href.startsWith(`${base}/`)) return sourceOfPage(url.href.slice(base.length + 1), base);
  }
  const isWhole = url.href.endsWith('/') || isWeights(url.href);
  return { kind: 'folder', url: isWhole ? url.href : `${url.href}/` };
}

/** `text` with a hub's address at its start written out. */
function withScheme(text: string, hub: string): string {
  const bare = hub.replace(/^https?:\/\//, '');
  if (text.startsWith(`${bare}/`)) return hub + text.slice(bare.length);
  return text.replace(WRITTEN_HUB, `${DEFAULT_HUB}/`);
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

/** The default name of a model from `source`: its repository with the folder in it, or its folder. */
export function nameOfSource(source: RemoteSource): string {
  if (source.kind === 'hub') {
    const { repository, folder } = source;
    const name = repository.slice(repository.indexOf('/') + 1);
    return folder === undefined ? name : `${name}/${folder}`;
  }
  const place = new URL(source.url).pathname;
  const parts = place.split('/').filter((part) => part !== '' && !isWeights(part));
  return decodeURIComponent(parts.at(-1) ?? 'My checkpoint');
}
