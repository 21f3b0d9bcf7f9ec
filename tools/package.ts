/**
 * Builds the package that other pages and Node use: `npm run package`, then `npm pack ./dist-package`.
 *
 * Why a package.json of its own: the page's dependencies are built into the files, so that whoever installs the package
 * gets onnxruntime-web, for Node, and nothing else.
 */
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { defaultClientConditions, build, type InlineConfig } from 'vite';
import manifest from '../package.json' with { type: 'json' };
import { root } from './build.js';
import { FILE_NAME, noticesText, packagesOf, thirdPartyNotices } from './notices.js';

/** The two entries, and what each is for. */
const ENTRIES = { page: 'src/package/page.ts', node: 'src/package/node.ts' } as const;

/** What Node takes from `node_modules`. */
const EXTERNAL = ['onnxruntime-web', 'sharp'];

/** Builds the package into `out`, which is emptied first. */
export async function buildPackage(out: string): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const notices = thirdPartyNotices();
  const shared = {
    root,
    configFile: false,
    publicDir: false,
    base: './',
    logLevel: 'warn',
    define: { 'process.env.NODE_ENV': '"production"' },
  } satisfies InlineConfig;
  await build({
    ...shared,
    plugins: [notices.collect],
    resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
    // Why one file: a bundler makes the worker of a page that uses this one anew, and its usual form has one.
    worker: {
      format: 'es',
      plugins: () => [notices.collect],
      rolldownOptions: {
        checks: { bundlerTimings: false },
        output: { codeSplitting: false, entryFileNames: 'page-worker.js' },
      },
    },
    build: {
      outDir: path.join(out, 'page'),
      emptyOutDir: true,
      assetsDir: '',
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      target: 'es2022',
      rolldownOptions: {
        input: { page: path.join(root, ENTRIES.page) },
        preserveEntrySignatures: 'strict',
        checks: { bundlerTimings: false },
        output: { entryFileNames: '[name].js', assetFileNames: '[name][extname]' },
      },
    },
  });
  await build({
    ...shared,
    plugins: [notices.collect],
    ssr: { noExternal: true, external: EXTERNAL },
    build: {
      ssr: true,
      outDir: path.join(out, 'node'),
      emptyOutDir: true,
      target: 'node20',
      rolldownOptions: {
        input: { node: path.join(root, ENTRIES.node) },
        external: EXTERNAL,
        checks: { bundlerTimings: false },
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  });
  await writeFile(path.join(out, FILE_NAME), noticesText(await packagesOf([...notices.modules])));
  await writeTypes(out);
  await copyFile(path.join(root, 'LICENSE'), path.join(out, 'LICENSE'));
  await copyFile(path.join(root, 'src/package/README.md'), path.join(out, 'README.md'));
  await writeFile(path.join(out, 'package.json'), `${JSON.stringify(packageManifest(), null, 2)}\n`);
}

function packageManifest() {
  const { version, description, license, engines, dependencies } = manifest;
  const types = (entry: keyof typeof ENTRIES) => `./types/package/${entry}.d.ts`;
  return {
    name: 'clipscope',
    version,
    description,
    license,
    type: 'module',
    engines,
    sideEffects: false,
    exports: {
      '.': {
        node: { types: types('node'), default: './node/node.js' },
        default: { types: types('page'), default: './page/page.js' },
      },
      './package.json': './package.json',
    },
    types: types('page'),
    dependencies: { 'onnxruntime-web': dependencies['onnxruntime-web'] },
    peerDependencies: { sharp: '>=0.33' },
    peerDependenciesMeta: { sharp: { optional: true } },
  };
}

/** Writes the declarations that the entries reach, and no others. */
async function writeTypes(out: string): Promise<void> {
  const all = await mkdtemp(path.join(tmpdir(), 'clipscope-types-'));
  try {
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    const project = path.join(root, 'tsconfig.node.json');
    const flags = ['--noEmit', 'false', '--emitDeclarationOnly', '--declaration', '--composite', 'false'];
    const places = ['--incremental', 'false', '--outDir', all, '--rootDir', root];
    execFileSync(process.execPath, [tsc, '-p', project, ...flags, ...places], {
      cwd: root,
      stdio: 'inherit',
    });
    const wanted = Object.values(ENTRIES).map((entry) => entry.replace(/\.ts$/, '.d.ts'));
    for (const file of wanted) {
      const text = await readFile(path.join(all, file), 'utf8');
      for (const [, specifier] of text.matchAll(/(?:from|import\()\s*'(\.[^']*)'/g)) {
        const reached = `${path.posix.join(path.posix.dirname(file), specifier!)}.d.ts`;
        if (!wanted.includes(reached)) wanted.push(reached);
      }
      const to = path.join(out, 'types', path.relative('src', file));
      await mkdir(path.dirname(to), { recursive: true });
      await writeFile(to, text.replaceAll(/((?:from|import\()\s*'\.[^']*)'/g, "$1.js'"));
    }
  } finally {
    await rm(all, { recursive: true });
  }
}

/** Bytes of every file below `folder`, by path. */
export async function sizesOf(folder: string): Promise<ReadonlyMap<string, number>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      files.sort().map(async (file) => [path.relative(folder, file), (await stat(file)).size] as const),
    ),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const out = path.join(root, 'dist-package');
  await buildPackage(out);
  for (const [file, size] of await sizesOf(out)) console.log(`${String(size).padStart(10)}  ${file}`);
}
