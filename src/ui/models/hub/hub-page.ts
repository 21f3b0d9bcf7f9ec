import type { RemoteSource } from '../../../../workers/models-api';
import { configOf } from '../../../clip/catalogue';
import { mayHoldWeights, partOf } from '../../../clip/checkpoint-files';
import { placeOf } from '../../../core/hub-place';

/** A checkpoint in a repository of a hub. */
export type HubSource = Extract<RemoteSource, { kind: 'hub' }>;

/** `owner/name`, as the hub allows it, with an optional `@revision`. */
const NAMED = /^(\w[\w.-]*)\/(\w[\w.-]*)(?:@(\w[\w./%-]*))?$/;

/** The same in the hub's file system, followed by a path. A revision with "/" is one of the hub's own, or is encoded. */
const IN_FILE_SYSTEM = /^([^/@]+)\/([^/@]+)(?:@(refs\/pr\/\d+|refs\/convert\/[^/]+|[^/]+))?(?:\/(.*))?$/;

/** First parts of the hub's addresses that are no owners of models. */
const NO_OWNERS = new Set([
  ...['api', 'blog', 'buckets', 'chat', 'collections', 'datasets', 'docs', 'join', 'kernels', 'learn'],
  ...['login', 'models', 'new', 'organizations', 'papers', 'posts', 'search', 'settings', 'spaces', 'tasks'],
]);

/** Pages of a revision, and whether a path in them is that of a file. */
const VIEWS: Readonly<Record<string, 'folder' | 'file'>> = {
  tree: 'folder',
  commits: 'folder',
  commit: 'folder',
  revision: 'folder',
  blob: 'file',
  resolve: 'file',
  raw: 'file',
  blame: 'file',
  edit: 'file',
};

/** The repository named `owner/name` or `owner/name@revision`; undefined if `text` is no such name. */
export function namedRepository(text: string, hub: string): HubSource | undefined {
  const [, owner, name, revision] = NAMED.exec(text) ?? [];
  return sourceAt(hub, [owner, name], decoded(revision ?? ''), [], 'folder');
}

/** The place named `owner/name@revision/path`, as in the hub's file system. */
export function placeInFileSystem(text: string, hub: string): HubSource | undefined {
  const [, owner, name, revision, path = ''] = IN_FILE_SYSTEM.exec(text) ?? [];
  return sourceAt(hub, [owner, name], decoded(revision ?? ''), path.split('/').filter(Boolean), 'folder');
}

/**
 * The source on the page at `place`, the encoded part of an address after the hub's: a repository, one of its revisions,
 * a folder or a file there. Undefined for pages that show none of these.
 */
export function sourceOfPage(place: string, hub: string): HubSource | undefined {
  const parts = place
    .replace(/^api\/models\//, '')
    .split('/')
    .filter(Boolean)
    .map(decoded);
  if (!parts.every((part) => part !== undefined)) return undefined;
  const [owner, name, view, ...rest] = parts;
  const repository = [owner, name?.replace(/\.git$/, '')];
  if (view === undefined) return sourceAt(hub, repository, '', [], 'folder');
  if (view === 'discussions') {
    const [number] = rest;
    if (number === undefined) return sourceAt(hub, repository, '', [], 'folder');
    // A discussion without changes has no such revision, which the hub then says.
    return /^\d+$/.test(number) ? sourceAt(hub, repository, `refs/pr/${number}`, [], 'folder') : undefined;
  }
  const kind = Object.hasOwn(VIEWS, view) ? VIEWS[view] : undefined;
  if (kind === undefined) return undefined;
  // The hub's own revisions have three parts: refs/pr/1.
  const length = rest[0] === 'refs' ? 3 : 1;
  return sourceAt(hub, repository, rest.slice(0, length).join('/'), rest.slice(length), kind);
}

function sourceAt(
  hub: string,
  repository: readonly (string | undefined)[],
  revision: string | undefined,
  path: readonly string[],
  kind: 'folder' | 'file',
): HubSource | undefined {
  const named = repository.join('/');
  if (revision === undefined || !NAMED.test(named) || NO_OWNERS.has(repository[0] ?? '')) return undefined;
  const last = path.at(-1) ?? '';
  const isFile = kind === 'file' || mayHoldWeights(last) || partOf(last) !== undefined;
  const folder = path.slice(0, isFile ? -1 : undefined).join('/');
  const place = {
    repository: named,
    ...(folder && { folder }),
    ...(mayHoldWeights(last) && { weights: last }),
  };
  const config = configOf(placeOf(place));
  return { kind: 'hub', hub, ...place, ...(revision && { revision }), ...(config && { config }) };
}

/** Undefined if `text` is wrongly encoded. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
