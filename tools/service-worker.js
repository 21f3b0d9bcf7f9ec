import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'vite';
import { root } from './build.js';

/** In the build, beside the page: a service worker's scope is its own folder. */
const FILE_NAME = 'service-worker.js';

/** A name with a content hash: such a file never changes. */
const HASHED = /-[\w-]{8}\.\w+$/;

/**
 * A Vite plugin that bundles `workers/service-worker.ts` after everything else is written, with the list of the build's
 * files as `BUILD_FILES`.
 *
 * Why not vite-plugin-pwa: it adds 300 packages (including Babel and a second bundler) to list local files, and its
 * list is the same for all browsers, while ours gives each browser only the runtime it can use. The hard part, caching
 * a list and updating it between versions, is done by Workbox.
 *
 * @returns {import('vite').Plugin}
 */
export function buildServiceWorker() {
  return {
    name: 'clipscope:service-worker',
    apply: 'build',
    async writeBundle({ dir = '' }) {
      await bundle(await listFiles(dir), { outDir: dir, emptyOutDir: false });
    },
  };
}

/**
 * The ids of the modules that the service worker is bundled of.
 *
 * Why it is bundled for that once more, which takes a tenth of a second: it lists all other files of the build, and their
 * notices are one of them.
 *
 * @returns {Promise<string[]>}
 */
export async function serviceWorkerModules() {
  const results = [await bundle([], { write: false })].flat();
  return results.flatMap((result) =>
    'output' in result ? result.output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : [])) : [],
  );
}

/**
 * @param {readonly { url: string, revision: string | null }[]} files
 * @param {import('vite').BuildOptions} options
 */
function bundle(files, options) {
  return build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    define: { BUILD_FILES: JSON.stringify(files), 'process.env.NODE_ENV': '"production"' },
    build: {
      ...options,
      copyPublicDir: false,
      rolldownOptions: {
        input: path.join(root, 'workers/service-worker.ts'),
        output: { format: 'iife', entryFileNames: FILE_NAME },
      },
    },
  });
}

/**
 * Every file of the build in Workbox's format: a URL relative to the page and, if the name has no hash, a digest of the
 * content.
 *
 * @param {string} dist
 * @returns {Promise<{ url: string, revision: string | null }[]>} In a fixed order.
 */
async function listFiles(dist) {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dist, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter((name) => name !== FILE_NAME && !/(?:^|\/)\./.test(name))
    .sort();
  return Promise.all(
    names.map(async (name) => ({
      url: name,
      revision: HASHED.test(name) ? null : await digestOf(path.join(dist, name)),
    })),
  );
}

/** @param {string} file */
async function digestOf(file) {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
    .slice(0, 16);
}
