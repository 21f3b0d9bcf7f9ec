import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { compressedBytes, isCompressible } from './compression.js';
import { headersFor, isModelsWorker } from './headers.js';

/**
 * @import { IncomingMessage, Server, ServerResponse } from 'node:http'
 * @import { Encoding } from './compression.js'
 */

/** Media types by file extension. Browsers reject a module script or a wasm file with any other type. */
const MEDIA_TYPES = new Map([
  ['.css', 'text/css; charset=utf-8'],
  ['.html', 'text/html; charset=utf-8'],
  ['.ico', 'image/x-icon'],
  ['.jpg', 'image/jpeg'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.json', 'application/json; charset=utf-8'],
  ['.md', 'text/markdown; charset=utf-8'],
  ['.mjs', 'text/javascript; charset=utf-8'],
  ['.png', 'image/png'],
  ['.svg', 'image/svg+xml'],
  ['.txt', 'text/plain; charset=utf-8'],
  ['.wasm', 'application/wasm'],
  ['.webmanifest', 'application/manifest+json'],
  ['.webp', 'image/webp'],
]);

/**
 * The names of this machine, with any port: it may be forwarded.
 *
 * Why others are refused: a site on the internet may give its own name this machine's address (DNS rebinding). A browser
 * would then count our files as that site's, and let it read them.
 */
const OWN_NAME = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/** Build file names with a content hash: such a file never changes. */
const HASHED = /^\/(?:.*\/)?assets\/[^/]+-[\w-]{8}\.\w+$/;

/**
 * Serves the files of `directory` on the loopback interface, to whoever asks for this machine by its own name.
 *
 * Why not sirv (tried 3.0.2): it answers `bytes=-10` with the first eleven bytes and `bytes=0-0` with the whole file,
 * ignores `If-Range`, sends brotli despite `br;q=0`, serves ranges of a brotli file as ranges of the original, and
 * lists a folder only at the start, while tests and builds replace files.
 *
 * @param {string} directory
 * @param {{ port?: number, hosts?: readonly string[] }} [options] `port` 0, the default, takes any free port; `hosts`
 *   are allowed model origins besides the hub.
 * @returns {Promise<{ url: string, close: () => Promise<void> }>} `url` without a trailing slash. Rejects with the
 *   system's error (`EADDRINUSE`) if the port is taken.
 */
export async function serveDirectory(directory, { port = 0, hosts = [] } = {}) {
  const answer = answerer(path.resolve(directory), hosts);
  const servers = [await listen(answer, port, '127.0.0.1')];
  const address = servers[0]?.address();
  if (address === null || typeof address !== 'object') throw new Error('The server has no port');
  try {
    servers.push(await listen(answer, address.port, '::1'));
  } catch (error) {
    // Without IPv6, serve IPv4 only.
    if (codeOf(error) === 'EADDRINUSE') {
      await Promise.all(servers.map(close));
      throw error;
    }
  }
  return {
    url: `http://localhost:${address.port}`,
    close: async () => {
      await Promise.all(servers.map(close));
    },
  };
}

/**
 * @param {unknown} error
 * @returns {string | undefined} The system's error code, such as `EADDRINUSE`.
 */
export function codeOf(error) {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/**
 * @param {(request: IncomingMessage, response: ServerResponse) => Promise<void>} answer
 * @param {number} port
 * @param {string} host
 * @returns {Promise<Server>}
 */
function listen(answer, port, host) {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      // Either the browser disconnected or the file disappeared.
      if (response.headersSent) response.destroy();
      else sendText(response, 500, 'The file could not be read.');
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}

/** @param {Server} server */
function close(server) {
  return new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}

/**
 * @param {string} root An absolute path.
 * @param {readonly string[]} hosts
 * @returns {(request: IncomingMessage, response: ServerResponse) => Promise<void>}
 */
function answerer(root, hosts) {
  /** @type {Map<string, Promise<Buffer>>} Compressed files, by path, date and encoding. */
  const compressed = new Map();

  return async (request, response) => {
    if (!OWN_NAME.test(request.headers.host ?? '') || !request.url?.startsWith('/')) {
      const { localPort = 0 } = request.socket;
      sendText(response, 421, `This server answers as http://localhost:${localPort} only.`);
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      sendText(response, 405, 'Only GET and HEAD are answered here.');
      return;
    }
    const found = await findFile(root, request.url);
    if (found === undefined) {
      sendText(response, 404, 'There is no such page here.');
      return;
    }
    const { file, pathname, size, modified } = found;
    const type = MEDIA_TYPES.get(path.extname(file)) ?? 'application/octet-stream';
    // HEAD asks how long weights are, for a download in ranges.
    const compressible =
      isCompressible(file, size) && !(request.method === 'HEAD' && file.endsWith('.safetensors'));
    const encoding = compressible && !request.headers.range ? encodingFor(request) : undefined;
    const tag = `"${size.toString(36)}-${modified.toString(36)}${encoding ? `-${encoding}` : ''}"`;
    response.setHeaders(
      new Map([
        ...Object.entries(headersFor(pathname, { hosts })),
        ['Content-Type', type],
        ['Cache-Control', cacheControl(pathname)],
        ['ETag', tag],
        ['Accept-Ranges', 'bytes'],
      ]),
    );
    if (compressible) response.setHeader('Vary', 'Accept-Encoding');
    if (request.headers['if-none-match']?.split(/\s*,\s*/).includes(tag)) {
      response.writeHead(304).end();
      return;
    }

    if (encoding) {
      const key = `${encoding} ${modified} ${file}`;
      const bytes = compressed.get(key) ?? compressedBytes(file, encoding);
      compressed.set(key, bytes);
      bytes.catch(() => compressed.delete(key));
      const body = await bytes;
      response.writeHead(200, { 'Content-Encoding': encoding, 'Content-Length': body.length });
      response.end(request.method === 'HEAD' ? undefined : body);
      return;
    }

    const range = rangeOf(request, size, tag);
    if (range === 'unsatisfiable') {
      response.setHeader('Content-Range', `bytes */${size}`);
      sendText(response, 416, `The file has ${size} bytes.`);
      return;
    }
    const { start, end } = range ?? { start: 0, end: size - 1 };
    if (range) response.setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
    response.writeHead(range ? 206 : 200, { 'Content-Length': end - start + 1 });
    if (request.method === 'HEAD' || size === 0) response.end();
    else await pipeline(createReadStream(file, { start, end }), response);
  };
}

/**
 * The cache policy of the file at `pathname`.
 *
 * Why the models worker is never cached: its policy depends on `hosts` while its bytes stay the same, and a browser
 * keeps the policy of a cached response.
 *
 * @param {string} pathname
 */
function cacheControl(pathname) {
  if (isModelsWorker(pathname)) return 'no-store';
  return HASHED.test(pathname) ? 'public, max-age=31536000, immutable' : 'no-cache';
}

/**
 * The requested file, or undefined. Never finds hidden files or anything outside `root`, not even by a link in it.
 *
 * @param {string} root
 * @param {string} target The request's target: path and query.
 */
async function findFile(root, target) {
  let pathname;
  try {
    pathname = decodeURIComponent(new URL(target, 'http://localhost').pathname);
  } catch {
    return undefined;
  }
  if (pathname.includes('\0')) return undefined;
  const named = path.join(root, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
  if (!isShown(root, named)) return undefined;
  const [file, realRoot] = await Promise.all(
    [named, root].map((place) => realpath(place).catch(() => undefined)),
  );
  if (file === undefined || realRoot === undefined || !isShown(realRoot, file)) return undefined;
  const info = await stat(file).catch(() => undefined);
  if (!info?.isFile()) return undefined;
  return { file, pathname, size: info.size, modified: Math.trunc(info.mtimeMs) };
}

/**
 * Whether `file` is inside `root` and not hidden.
 *
 * @param {string} root
 * @param {string} file
 */
function isShown(root, file) {
  const inside = path.relative(root, file);
  return !path.isAbsolute(inside) && !inside.split(path.sep).some((part) => part.startsWith('.'));
}

/**
 * @param {IncomingMessage} request
 * @returns {Encoding | undefined}
 */
function encodingFor(request) {
  const accepted = new Set(
    (request.headers['accept-encoding'] ?? '')
      .split(',')
      .filter((entry) => !/;\s*q=0(?:\.0*)?\s*$/.test(entry))
      .map((entry) => entry.split(';', 1)[0]?.trim().toLowerCase()),
  );
  if (accepted.has('br')) return 'br';
  return accepted.has('gzip') ? 'gzip' : undefined;
}

/**
 * The requested byte range, inclusive; undefined means the whole file, which is also a valid response to multiple
 * ranges and to units other than bytes (RFC 9110, section 14.2).
 *
 * @param {IncomingMessage} request
 * @param {number} size
 * @param {string} tag
 * @returns {{ start: number, end: number } | 'unsatisfiable' | undefined}
 */
function rangeOf(request, size, tag) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
  const condition = request.headers['if-range'];
  if (!match || (condition !== undefined && condition !== tag)) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < start) return undefined;
  return start > end ? 'unsatisfiable' : { start, end };
}

/**
 * @param {ServerResponse} response
 * @param {number} status
 * @param {string} text
 */
function sendText(response, status, text) {
  const body = `${status}: ${text}\n`;
  response.writeHead(status, {
    ...headersFor(''),
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
