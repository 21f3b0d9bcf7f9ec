import { createHash, randomBytes } from 'node:crypto';
import { errorReply, type Reply } from './hub-delivery';
import {
  commitOf,
  lfsFileOf,
  listingOf,
  type HubCommit,
  type HubFile,
  type HubRepository,
} from './hub-repository';

/** What a request asks for: the decoded parts of its path, and its query. */
interface Target {
  /** As it was sent, without the query. */
  readonly path: string;
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

export interface HubRoutes {
  /** What either server answers to a GET of `address`, which is path and query. */
  hub(address: string): Reply;
  cdn(address: string): Reply;
}

/** Entries of a listing that come in one answer. */
const PAGE = 50;

/**
 * The addresses of the hub, and of the content network that it sends large files to.
 *
 * @param repositories by `owner/name`; looked into anew for each request
 * @param url of the hub
 * @param cdn of the content network
 */
export function hubRoutes(
  repositories: ReadonlyMap<string, HubRepository>,
  url: string,
  cdn: string,
): HubRoutes {
  const secret = randomBytes(16);
  const sign = (path: string): string => {
    return createHash('sha256').update(secret).update(path).digest('base64url');
  };

  const api = ({ path, parts, query }: Target): Reply => {
    const [, api, owner = '', name, kind = 'revision', revision = 'main', ...rest] = parts;
    const found = find(repositories, api === 'datasets' ? `${api}/${owner}` : owner, name, revision);
    if ('status' in found) return found;
    const { repository, commit } = found;
    if (kind === 'revision' && rest.length === 0) return json(infoOf(repository, commit, expanded(query)));
    if (kind !== 'tree') return nothingHere();
    const entries = listingOf(commit, rest.filter(Boolean).join('/'), {
      recursive: query.get('recursive') === 'true',
      expand: query.get('expand') === 'true',
    });
    if (!entries) return noEntry(commit);
    const start = Number(Buffer.from(query.get('cursor') ?? '', 'base64url').toString());
    if (!Number.isInteger(start) || start < 0) return errorReply(400, 'Invalid cursor.');
    const end = start + PAGE;
    if (end >= entries.length) return json(entries.slice(start));
    const next = new URLSearchParams(query);
    next.set('cursor', Buffer.from(String(end)).toString('base64url'));
    return json(entries.slice(start, end), { Link: `<${url}${path}?${next.toString()}>; rel="next"` });
  };

  const resolve = ({ parts }: Target): Reply => {
    const [owner, name, , revision = '', ...rest] = withOwner(parts);
    const found = find(repositories, owner, name, revision);
    if ('status' in found) return found;
    const { repository, commit } = found;
    if (repository.gated) {
      const message = `Access to model ${repository.id} is restricted. You must have access to it and be authenticated to access it. Please log in.`;
      return errorReply(401, message, { 'X-Error-Code': 'GatedRepo' });
    }
    const file = commit.files.get(rest.join('/'));
    if (!file) return noEntry(commit);
    const { size, lfs } = file;
    const headers = { 'X-Repo-Commit': commit.id };
    if (!lfs) return fileReply(file, file.oid, 'text/plain; charset=utf-8', headers);
    const path = `/repos/${repository.id}/${lfs.sha256}/${rest.map(encodeURIComponent).join('/')}`;
    const query = new URLSearchParams({
      'response-content-disposition': `inline; filename="${rest.at(-1) ?? ''}"`,
      Expires: String(Math.round(Date.now() / 1000) + 3600),
      Signature: sign(path),
      'Key-Pair-Id': 'TESTHUB',
    });
    return {
      status: 302,
      headers: {
        ...headers,
        Location: `${cdn}${path}?${query.toString()}`,
        'X-Linked-ETag': `"${lfs.sha256}"`,
        'X-Linked-Size': size,
        'Accept-Ranges': 'bytes',
        'Cache-Control': 'no-store',
      },
    };
  };

  /** The newest commit's files, as a server has them that knows nothing of hubs. */
  const folder = ({ parts: [, owner, name, ...rest] }: Target): Reply => {
    const repository = repositories.get(`${owner}/${name}`);
    const file = repository && commitOf(repository, 'main')?.files.get(rest.join('/'));
    if (!file) {
      return { status: 404, headers: { 'Content-Type': 'text/plain' }, text: 'Not found\n', plain: true };
    }
    const tag = (file.lfs?.sha256 ?? file.oid).slice(0, 16);
    return { ...fileReply(file, tag, 'application/octet-stream', {}), plain: true };
  };

  return {
    hub(address) {
      const target = targetOf(address);
      if (!target) return errorReply(400, 'The address is not well formed.');
      if (target.parts[0] === 'api' && /^(?:models|datasets)$/.test(target.parts[1] ?? ''))
        return api(target);
      if (target.parts[0] === 'folder') return folder(target);
      return withOwner(target.parts)[2] === 'resolve' ? resolve(target) : nothingHere();
    },
    cdn(address) {
      const target = targetOf(address);
      if (!target) return errorReply(400, 'The address is not well formed.');
      const [top, ...below] = target.parts;
      if (top !== 'repos') return nothingHere();
      const [owner, name, sha256 = '', ...rest] = withOwner(below);
      if (target.query.get('Signature') !== sign(target.path)) return errorReply(403, 'Missing signature.');
      const repository = repositories.get(`${owner}/${name}`);
      const file = repository && lfsFileOf(repository, sha256, rest.join('/'));
      return file ? fileReply(file, sha256, 'application/octet-stream', {}) : nothingHere();
    },
  };
}

/** A data set's owner is known by what the path of its address begins with. */
function withOwner(parts: readonly string[]): readonly string[] {
  const [first = '', second = '', ...rest] = parts;
  return first === 'datasets' ? [`${first}/${second}`, ...rest] : parts;
}

/** Undefined where the path is not well formed. */
function targetOf(address: string): Target | undefined {
  const [path = '', ...query] = address.split('?');
  try {
    const parts = path.split('/').slice(1).map(decodeURIComponent);
    return { path, parts, query: new URLSearchParams(query.join('?')) };
  } catch {
    return undefined;
  }
}

/**
 * The commit asked for, or the answer where it is not there. Whoever has not logged in is told that of a repository
 * that may as well be private, and no code with it.
 */
function find(
  repositories: ReadonlyMap<string, HubRepository>,
  owner = '',
  name = '',
  revision: string,
): { repository: HubRepository; commit: HubCommit } | Reply {
  const repository = repositories.get(`${owner}/${name}`);
  if (!repository) return errorReply(401, 'Invalid username or password.');
  const commit = commitOf(repository, revision);
  if (commit) return { repository, commit };
  return errorReply(404, `Invalid rev id: ${revision}`, { 'X-Error-Code': 'RevisionNotFound' });
}

function noEntry(commit: HubCommit): Reply {
  const headers = { 'X-Error-Code': 'EntryNotFound', 'X-Repo-Commit': commit.id };
  return errorReply(404, 'Entry not found', headers);
}

function nothingHere(): Reply {
  return errorReply(404, 'There is no such page here.');
}

function json(value: unknown, headers: Reply['headers'] = {}): Reply {
  const type = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' };
  return { status: 200, headers: { ...type, ...headers }, text: JSON.stringify(value) };
}

/** A browser is to keep no copy: a test that counts requests must see them all. */
function fileReply(file: HubFile, tag: string, type: string, headers: Reply['headers']): Reply {
  const common = { 'Content-Type': type, ETag: `"${tag}"`, 'Cache-Control': 'no-store' };
  return { status: 200, headers: { ...common, ...headers }, file };
}

/** The fields that a request for a model's description names; none means all. */
function expanded(query: URLSearchParams): readonly string[] {
  return [...query.getAll('expand'), ...query.getAll('expand[]')];
}

function infoOf(
  { id, licence, gated, count }: HubRepository,
  { id: sha, date, files }: HubCommit,
  fields: readonly string[],
): Record<string, unknown> {
  const all: Record<string, unknown> = {
    sha,
    private: false,
    gated: gated ? 'manual' : false,
    likes: 3,
    downloads: 100 + count,
    lastModified: date.toISOString(),
    pipeline_tag: 'zero-shot-image-classification',
    siblings: [...files.keys()].map((rfilename) => ({ rfilename })),
    cardData: licence === undefined ? {} : { license: licence },
    tags: ['open_clip', ...(licence === undefined ? [] : [`license:${licence}`])],
  };
  const asked = fields.length === 0 ? all : Object.fromEntries(fields.map((name) => [name, all[name]]));
  const named = id.replace(/^datasets\//, '');
  return { _id: createHash('sha1').update(id).digest('hex').slice(0, 24), id: named, ...asked };
}
