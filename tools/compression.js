import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** @typedef {'br' | 'gzip'} Encoding */

/** Files worth compressing. Pictures shrink by a few per cent at most. */
const COMPRESSIBLE = /\.(?:css|html|ico|js|json|md|mjs|svg|txt|wasm|webmanifest)$/;

/** Bytes of the largest weights that are compressed: the built-in models shrink to half, a real checkpoint hardly does. */
const COMPRESSED_WEIGHTS = 16e6;

/** Bytes from which a file is compressed by the build: smaller ones take a few milliseconds. */
const LARGE = 1e6;

/**
 * @param {string} file
 * @param {number} size in bytes
 */
export function isCompressible(file, size) {
  return COMPRESSIBLE.test(file) || (file.endsWith('.safetensors') && size <= COMPRESSED_WEIGHTS);
}

// Why brotli 5: on onnxruntime-web's wasm files it takes 0.4 to 0.9 s, once, and compresses to a fifth; level 9 takes
// 2 to 4 s to save another 6 %.
/** @type {Record<Encoding, (bytes: Buffer) => Promise<Buffer>>} */
const compressors = {
  br: (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (bytes) => promisify(gzip)(bytes, { level: 6 }),
};

/**
 * The bytes of `file`, compressed: those of the build if it has done so.
 *
 * @param {string} file
 * @param {Encoding} encoding
 */
export async function compressedBytes(file, encoding) {
  const made = encoding === 'br' ? await readFile(`${file}.br`).catch(() => undefined) : undefined;
  return made ?? compressors[encoding](await readFile(file));
}

/**
 * A Vite plugin that writes `FILE.br` beside every large file of the build, so that a server's first visitor need not
 * wait for the two seconds it takes.
 *
 * @returns {import('vite').Plugin}
 */
export function compressBuild() {
  let folder = '';
  return {
    name: 'clipscope:compress-build',
    apply: 'build',
    writeBundle: ({ dir = '' }) => void (folder = dir),
    // After the service worker has listed the build's files.
    async closeBundle() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      await Promise.all(
        files.map(async (entry) => {
          const file = path.join(entry.parentPath, entry.name);
          const { size } = await stat(file);
          if (size < LARGE || !isCompressible(file, size)) return;
          await writeFile(`${file}.br`, await compressors.br(await readFile(file)));
        }),
      );
    },
  };
}
