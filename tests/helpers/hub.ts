import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  deliver,
  errorReply,
  preflightReply,
  type HubRequest,
  type OpenRequest,
  type Reply,
} from './hub-delivery';
import { createFaults, type Fault, type FaultHandle } from './hub-faults';
import { commitTo, readFiles, type HubRepository } from './hub-repository';
import { hubRoutes } from './hub-routes';

export type { Fault, FaultHandle, HubRequest };

export interface AddOptions {
  /** What the model's card names, such as "mit". */
  readonly licence?: string;
  /** Described and listed to everyone, but its files are refused. */
  readonly gated?: boolean;
  /** The commits before are unknown from now on. */
  readonly forgetOlder?: boolean;
  /** What the listing says instead of the true SHA-256, by file name. */
  readonly claimedHash?: Readonly<Record<string, string>>;
}

/** A hub of models as huggingface.co is one, on two ports of this machine. */
export interface TestHub {
  /** The hub, without a trailing slash: its API, `/owner/name/resolve/…` and plain files at `/folder/owner/name/…`. */
  readonly url: string;
  /** Another origin, to which the hub sends on whoever asks for a large file; its paths begin with `/repos/`. */
  readonly cdn: string;
  /** Every request since the hub opened or they were forgotten, preflights too, in order of arrival. */
  readonly requests: readonly HubRequest[];
  forgetRequests(): void;
  /**
   * Serves the files of `folder` as repository `owner/name`, or `datasets/owner/name`, a new commit each time it is called for the same name.
   * Older commits stay. Files are read when they are asked for: one written to since is answered with status 500, so
   * a new commit of other files takes another folder.
   *
   * @throws Error where `repository` is no `owner/name`, or `claimedHash` names no LFS file
   */
  add(repository: string, folder: string, options?: AddOptions): Promise<{ commit: string }>;
  /**
   * @param match tested against the path of the request, as it was sent, on either server
   * @param times ends the fault after so many answers. The default is for ever.
   *
   * Faults are tried in the order they were set; the first that matches and has something to spoil applies.
   */
  fault(match: RegExp, fault: Fault, times?: number): FaultHandle;
  close(): Promise<void>;
}

export async function openTestHub(): Promise<TestHub> {
  const repositories = new Map<string, HubRepository>();
  const faults = createFaults();
  const requests: HubRequest[] = [];
  const servers = { hub: createServer(), cdn: createServer() };
  const [url, cdn] = await Promise.all([listen(servers.hub), listen(servers.cdn)]);
  const routes = hubRoutes(repositories, url, cdn);

  const serve = (server: 'hub' | 'cdn', route: (address: string) => Reply): void => {
    servers[server].on('request', (request, response) => {
      const { method = '', url: address = '/' } = request;
      const { range } = request.headers;
      const path = address.replace(/\?.*$/, '');
      const asked = range === undefined ? {} : { range };
      const record: OpenRequest = { server, method, path, ...asked, status: 0, sent: 0 };
      requests.push(record);
      let reply: Reply;
      if (method === 'OPTIONS') reply = preflightReply(request);
      else if (method === 'GET' || method === 'HEAD') reply = route(address);
      else reply = errorReply(405, 'Only GET, HEAD and OPTIONS are answered here.');
      // A file that cannot be read to its end breaks the answer off.
      deliver(request, response, reply, faults, record).catch(() => response.destroy());
    });
  };
  serve('hub', routes.hub);
  serve('cdn', routes.cdn);

  return {
    url,
    cdn,
    requests,
    forgetRequests: () => void requests.splice(0),
    async add(id, folder, { licence, gated = false, forgetOlder = false, claimedHash } = {}) {
      if (!/^(?:datasets\/)?[\w.-]+\/[\w.-]+$/.test(id)) throw new Error(`Not a repository's name: ${id}`);
      const files = await readFiles(folder, claimedHash);
      const repository = repositories.get(id) ?? { id, licence, gated, count: 0, commits: [] };
      repositories.set(id, Object.assign(repository, { licence, gated }));
      if (forgetOlder) repository.commits = [];
      return { commit: commitTo(repository, files).id };
    },
    fault: (match, fault, times = Infinity) => faults.add(match, fault, times),
    async close() {
      await Promise.all(Object.values(servers).map(close));
    },
  };
}

/** Opens a free port of the loopback interface. */
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
