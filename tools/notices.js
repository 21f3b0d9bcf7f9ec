import { existsSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './build.js';
import { serviceWorkerModules } from './service-worker.js';

/**
 * A package of which something is shipped.
 *
 * @typedef {object} Package
 * @property {string} name
 * @property {string} version
 * @property {string} licence An SPDX identifier.
 * @property {string} author Empty if unknown.
 * @property {string} page The address of its source.
 * @property {string} text The licence, with the copyright notice.
 */

/**
 * What is read of a package.json.
 *
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {string} [license]
 * @property {string | { name?: string }} [author]
 * @property {string} [homepage]
 * @property {string | { url?: string }} [repository]
 */

/** In the build: the licences of all packages in full. */
export const FILE_NAME = 'third-party-notices.txt';

/** In the credits page: the place for the rows of packages. */
const MARK = '<!-- packages -->';

/** Packages inside a package that comes in one piece, where no module shows them. */
const WITHIN = new Map([['onnxruntime-web', ['onnxruntime-common']]]);

/** Holders of the copyright of packages that have no file of their licence and name someone else as author. */
const HOLDERS = new Map([
  ['onnxruntime-web', 'Microsoft Corporation'],
  ['onnxruntime-common', 'Microsoft Corporation'],
]);

/** Notices for what is compiled into a package, by its version. */
const NOTICES = new Map([
  [
    'onnxruntime-web',
    (/** @type {string} */ version) =>
      `What its WebAssembly files are built of, with its notices: https://github.com/microsoft/onnxruntime/blob/v${version}/ThirdPartyNotices.txt`,
  ],
  [
    '@resvg/resvg-wasm',
    (/** @type {string} */ version) =>
      `Its source, and the list of what its WebAssembly file is built of (Cargo.lock): https://github.com/thx/resvg-js/tree/v${version}`,
  ],
]);

/** Licences whose text is the same whoever holds the copyright. */
const FOR_ANYONE = new Set(['Apache-2.0', 'MPL-2.0']);

/** Where a bundler's file goes on with the licences of what it is built of itself: of that nothing is shipped. */
const OF_THE_TOOL = /^#+ Licenses of bundled dependencies$.*/ms;

/**
 * Two Vite plugins: `collect`, for the page and its workers, notes which modules are bundled; `write` puts the notices of
 * their packages into the build and onto its credits page.
 *
 * Why from the bundle: package.json names more than is shipped (compilers, development), and less (the packages that its
 * packages use).
 *
 * @returns {{ collect: import('vite').Plugin, write: import('vite').Plugin, modules: ReadonlySet<string> }} `modules` are
 *   the collected ones.
 */
export function thirdPartyNotices() {
  /** @type {Set<string>} */
  const modules = new Set();
  return {
    modules,
    collect: {
      name: 'clipscope:collect-modules',
      apply: 'build',
      generateBundle(_, bundle) {
        for (const output of Object.values(bundle)) {
          if (output.type === 'chunk') for (const id of output.moduleIds) modules.add(id);
        }
      },
    },
    write: {
      name: 'clipscope:notices',
      apply: 'build',
      async writeBundle({ dir = '' }) {
        const credits = path.join(dir, 'credits.html');
        // A test's own page, built with these settings, ships to nobody.
        if (!existsSync(credits)) return;
        const packages = await packagesOf([...modules, ...(await serviceWorkerModules())]);
        await writeFile(path.join(dir, FILE_NAME), noticesText(packages));
        const page = await readFile(credits, 'utf8');
        if (!page.includes(MARK)) throw new Error(`credits.html has no ${MARK}`);
        await writeFile(
          credits,
          page.replace(MARK, () => packageRows(packages)),
        );
      },
    },
  };
}

/**
 * The packages that these modules belong to, by name.
 *
 * @param {readonly string[]} modules Ids of modules, as a bundle lists them.
 * @returns {Promise<Package[]>} Rejects if the licence of one is unknown.
 */
export async function packagesOf(modules) {
  const shown = modules.map(folderOf).filter((folder) => folder !== undefined);
  const within = shown.flatMap((folder) => {
    const [above = '', name = ''] = folder.split(/(?<=.*\/node_modules\/)(?!.*\/node_modules\/)/);
    return (WITHIN.get(name) ?? []).map((inside) => above + inside);
  });
  const packages = await Promise.all([...new Set([...shown, ...within])].map(readPackage));
  return packages.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The folder of the package that a module belongs to; undefined for our own. A bundler's helpers are named after it.
 *
 * @param {string} id
 */
function folderOf(id) {
  const [, bundler] = /^\0(vite|rolldown)\//.exec(id) ?? [];
  if (bundler !== undefined) return `${root}/node_modules/${bundler}`;
  return /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
}

/**
 * @param {string} folder
 * @returns {Promise<Package>}
 */
async function readPackage(folder) {
  const manifest = /** @type {Manifest} */ (
    JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'))
  );
  const { name, version, license, author, homepage, repository } = manifest;
  if (!license) throw new Error(`The package ${name} states no licence`);
  const written = typeof author === 'string' ? author : author?.name;
  const holder = HOLDERS.get(name) ?? written?.replace(/\s*[<(].*$/, '') ?? '';
  const address = typeof repository === 'string' ? repository : repository?.url;
  const texts = await licenceTexts(folder);
  const text = texts.length > 0 ? texts.join('\n\n') : await standardText(name, license, holder);
  const more = NOTICES.get(name)?.(version);
  return {
    name,
    version,
    licence: license.startsWith('SEE LICENSE') ? 'its own' : license,
    author: holder,
    page: pageOf(address) ?? homepage ?? `https://www.npmjs.com/package/${name}`,
    text: more === undefined ? text : `${text}\n\n${more}`,
  };
}

/**
 * The files in which a package states its licence.
 *
 * @param {string} folder
 */
async function licenceTexts(folder) {
  const names = (await readdir(folder)).filter((name) =>
    /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i.test(name),
  );
  const texts = await Promise.all(names.sort().map((name) => readFile(path.join(folder, name), 'utf8')));
  return texts.map((text) => text.replaceAll('\r\n', '\n').replace(OF_THE_TOOL, '').trim());
}

/**
 * The text of a licence as SPDX has it, with the copyright notice.
 *
 * @param {string} name
 * @param {string} licence
 * @param {string} holder
 * @returns {Promise<string>} Rejects if SPDX does not know it, it has no place for a holder, or the holder is unknown.
 */
async function standardText(name, licence, holder) {
  const file = fileURLToPath(import.meta.resolve(`spdx-license-list/licenses/${licence}.json`));
  const { licenseText } = /** @type {{ licenseText: string }} */ (JSON.parse(await readFile(file, 'utf8')));
  if (FOR_ANYONE.has(licence)) return licenseText.trim();
  if (holder === '') throw new Error(`The package ${name} has no file of its licence and names no author`);
  const text = licenseText.replace('<year> <copyright holders>', () => holder);
  if (text === licenseText) throw new Error(`The package ${name} has no file of its licence, ${licence}`);
  return text.trim();
}

/**
 * A repository's web page; undefined if `address`, as in a package.json, has none.
 *
 * @param {string | undefined} address
 */
function pageOf(address) {
  const web = address
    ?.replace(/^git@([^:/]+):/, 'https://$1/')
    .replace(/^git\+/, '')
    .replace(/\.git$/, '')
    .replace(/^git:\/\//, 'https://');
  if (web === undefined) return undefined;
  if (/^(?:github:)?[\w.-]+\/[\w.-]+$/.test(web)) return `https://github.com/${web.replace(/^github:/, '')}`;
  return web.startsWith('https://') ? web : undefined;
}

/** @param {readonly Package[]} packages */
export function noticesText(packages) {
  const parts = packages.map(
    ({ name, version, licence, page, text }) => `${name} ${version} (${licence})\n${page}\n\n${text}\n`,
  );
  const head = `Clipscope contains these packages, under their own licences. It has changed none of them.\n`;
  return [head, ...parts].join(`\n${'-'.repeat(78)}\n\n`);
}

/**
 * Table rows: name and version, author, licence.
 *
 * @param {readonly Package[]} packages
 */
export function packageRows(packages) {
  return packages
    .map(({ name, version, licence, author, page }) => {
      const link = `<a href="${escaped(page)}">${escaped(name)}</a> ${escaped(version)}`;
      return `<tr><td>${link}</td><td>${escaped(author)}</td><td>${escaped(licence)}</td></tr>`;
    })
    .join('\n        ');
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
