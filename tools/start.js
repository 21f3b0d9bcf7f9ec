import { realpathSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.js';
import { hostSource } from './headers.js';
import { codeOf, serveDirectory } from './serve.js';

const FIRST_PORT = 4173;
const PORTS_TRIED = 100;

/**
 * Serves the built page on this machine only; builds it first if it is missing or stale.
 *
 * @param {{ port?: number, hosts?: readonly string[], log?: (line: string) => void }} [options] `port` 0 takes any
 *   free port; default: the first free one from 4173. `hosts` are allowed model origins besides the hub.
 * @returns {Promise<{ url: string, close: () => Promise<void> }>} Rejects with the system's error (`EADDRINUSE`)
 *   if the requested port is taken.
 */
export async function serveDist({ port, hosts = [], log } = {}) {
  const dist = await ensureBuilt(log ? { log } : {});
  if (port !== undefined) return serveDirectory(dist, { port, hosts });
  for (let candidate = FIRST_PORT; ; candidate++) {
    try {
      return await serveDirectory(dist, { port: candidate, hosts });
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE' || candidate >= FIRST_PORT + PORTS_TRIED - 1) throw error;
    }
  }
}

/** The user's options: `--port N` or the environment's PORT, and `--hub ADDRESS`, repeated or comma-separated. */
function asked() {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, hub: { type: 'string', multiple: true, default: [] } },
  });
  const port = portOf(values.port ?? process.env.PORT ?? '');
  const hosts = values.hub.flatMap((list) => list.split(',')).map(hostOf);
  return { ...(port === undefined ? {} : { port }), hosts };
}

/** @param {string} address */
function hostOf(address) {
  const host = hostSource(address.trim());
  if (host === undefined) {
    throw new Error(`A hub is an address such as https://mirror.example, not "${address}".`);
  }
  return host;
}

/**
 * @param {string} text
 * @returns {number | undefined}
 */
function portOf(text) {
  if (text === '') return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`The port must be a whole number from 0 to 65535, not "${text}".`);
  }
  return port;
}

async function main() {
  const server = await serveDist({ ...asked(), log: console.log });
  console.log(server.url);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.once(signal, () => void server.close().then(() => process.exit(0)));
  }
}

if (realpathSync(process.argv[1] ?? '.') === fileURLToPath(import.meta.url)) {
  main().catch((/** @type {unknown} */ error) => {
    console.error(
      codeOf(error) === 'EADDRINUSE'
        ? 'That port is taken. Choose another with --port, or leave it out.'
        : error instanceof Error
          ? error.message
          : error,
    );
    process.exit(1);
  });
}
