import { realpathSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.js';
import { codeOf, serveDirectory } from './serve.js';

const FIRST_PORT = 4173;
const PORTS_TRIED = 100;

/**
 * Serves the built page on this machine alone; builds it first when it is missing or stale.
 *
 * @param {{ port?: number, log?: (line: string) => void }} [options] `port` 0 takes any free one. Without it the
 *   first free one from 4173 on is taken.
 * @returns {Promise<{ url: string, close: () => Promise<void> }>} Rejects with the system's error (`EADDRINUSE`)
 *   when the port asked for is taken.
 */
export async function serveDist({ port, log } = {}) {
  const dist = await ensureBuilt(log ? { log } : {});
  if (port !== undefined) return serveDirectory(dist, { port });
  for (let candidate = FIRST_PORT; ; candidate++) {
    try {
      return await serveDirectory(dist, { port: candidate });
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE' || candidate >= FIRST_PORT + PORTS_TRIED - 1) throw error;
    }
  }
}

/**
 * The port a person asked for with `--port N` or the environment's PORT.
 *
 * @returns {number | undefined}
 */
function portAskedFor() {
  const { values } = parseArgs({ options: { port: { type: 'string' } } });
  const text = values.port ?? process.env.PORT;
  if (text === undefined || text === '') return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`The port must be a whole number from 0 to 65535, not "${text}".`);
  }
  return port;
}

async function main() {
  const port = portAskedFor();
  const server = await serveDist({ ...(port === undefined ? {} : { port }), log: console.log });
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
