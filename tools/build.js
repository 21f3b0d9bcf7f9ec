import { createHash } from 'node:crypto';
import { readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The repository's root, with no trailing separator. */
export const root = path.resolve(fileURLToPath(new URL('..', import.meta.url)));

/** All inputs of the build. */
const INPUTS = [
  'index.html',
  'src',
  'workers',
  'static',
  'vite.config.ts',
  'tools/album-pack.js',
  'tools/build.js',
  'tools/compression.js',
  'tools/headers.js',
  'tools/notices.js',
  'tools/service-worker.js',
  'package-lock.json',
];

/** File in the build with the digest of its inputs. Hidden, so it is never served. */
const STAMP = '.inputs';

/**
 * A digest of every input's path and bytes. Ignores dates, so a fresh clone, or a branch switched and back, neither
 * hides nor fakes a change.
 */
async function inputsDigest() {
  const hash = createHash('sha256');
  for (const file of (await Promise.all(INPUTS.map(filesBelow))).flat()) {
    const bytes = await readFile(path.join(root, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/**
 * @param {string} name A file or folder, from the root.
 * @returns {Promise<string[]>} Files from the root, in a fixed order.
 */
async function filesBelow(name) {
  const info = await stat(path.join(root, name)).catch(() => undefined);
  if (!info) return [];
  if (info.isFile()) return [name];
  const entries = await readdir(path.join(root, name));
  return (await Promise.all(entries.sort().map((entry) => filesBelow(`${name}/${entry}`)))).flat();
}

/**
 * A Vite plugin that writes the digest of the inputs, computed before any is read, into the build, and gives its start
 * to the page.
 *
 * @returns {import('vite').Plugin}
 */
export function stampBuild() {
  let digest = '';
  return {
    name: 'clipscope:stamp-build',
    apply: 'build',
    async config() {
      digest = await inputsDigest();
      return { define: { 'import.meta.env.CLIPSCOPE_BUILD': JSON.stringify(digest.slice(0, 8)) } };
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: STAMP, source: digest });
    },
  };
}

/**
 * Builds the page unless the existing build is up to date.
 *
 * Why it builds elsewhere and swaps: a server may be serving the old build meanwhile.
 *
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<string>} The folder of the finished build.
 */
export async function ensureBuilt({ log = () => undefined } = {}) {
  const dist = path.join(root, 'dist');
  const stamp = await readFile(path.join(dist, STAMP), 'utf8').catch(() => undefined);
  if (stamp === (await inputsDigest())) return dist;
  log(stamp === undefined ? 'Building the page.' : 'The sources have changed: building the page again.');
  const { build } = await import('vite');
  const fresh = path.join(root, '.cache', `dist-${process.pid}`);
  const old = `${fresh}-old`;
  try {
    await asProduction(() => build({ root, logLevel: 'warn', build: { outDir: fresh, emptyOutDir: true } }));
    await rename(dist, old).catch(() => undefined);
    await rename(fresh, dist);
  } finally {
    await Promise.all([fresh, old].map((folder) => rm(folder, { recursive: true, force: true })));
  }
  return dist;
}

/**
 * Why it sets the environment: Vite builds for development unless NODE_ENV is "production", and a test runner sets it
 * to "test".
 *
 * @param {() => Promise<unknown>} work
 */
async function asProduction(work) {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    await work();
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}
