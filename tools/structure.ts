/**
 * Measures the code's structure at one or more commits, side by side.
 *
 *     npm run structure -- [COMMIT ...]
 *
 * Without a commit it measures the working tree; commits are checked out and built in a temporary folder. Writes
 * `bench/results/structure.json` and prints a table.
 */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { buildAside, shortName } from './build-aside';
import { root } from './build.js';
import { fileOf, filesBelow, importsOf, textOf } from './source-files';

interface Structure {
  /** Imports within `src/ui`, and how many of them cross rooms. */
  readonly uiImports: number;
  readonly uiImportsAcrossRooms: number;
  /** Pairs of rooms of `src/ui` that import each other: "a <-> b". */
  readonly uiRoomsBothWays: readonly string[];
  /** Bytes of the built workers, by name. */
  readonly workerBytes: Readonly<Record<string, number>>;
  /** Lines of the workers, of the engine, and of Node tests that import either directly. */
  readonly workerLines: number;
  readonly engineLines: number;
  readonly directTestLines: number;
  /** Modules of engine and workers, without entry files; and those that no Node test imports. */
  readonly modules: number;
  readonly modulesWithoutTest: readonly string[];
}

const CODE = /\.(?:ts|js|svelte)$/;

/** Measures the tree in `top`, built into `dist`. */
function measure(top: string, dist: string): Structure {
  const files = ['src', 'workers', 'tests'].flatMap((folder) => filesBelow(folder, top));
  const code = files.filter((file) => CODE.test(file));
  const targets = (file: string) =>
    importsOf(file, textOf(file, top)).flatMap((one) => fileOf(file, one, top) ?? []);
  const lines = (file: string) => textOf(file, top).trimEnd().split('\n').length;
  const total = (some: readonly string[]) => some.reduce((sum, file) => sum + lines(file), 0);

  const uiImports = code
    .filter((file) => file.startsWith('src/ui/'))
    .flatMap((file) => targets(file).map((to) => ({ from: roomOf(file), to: roomOf(to) })))
    .flatMap(({ from, to }) => (from === undefined || to === undefined ? [] : [{ from, to }]));
  const across = uiImports.filter(({ from, to }) => from !== to);
  const pairs = new Set(across.map(({ from, to }) => `${from} <-> ${to}`));

  const workers = code.filter((file) => file.startsWith('workers/'));
  const engine = code.filter((file) => file.startsWith('src/engine/'));
  // Entry files are threads, and an `…api.ts` has only types.
  const modules = [...workers, ...engine].filter(
    (file) => !/\.worker\.ts$|service-worker\.ts$|api\.ts$/.test(file),
  );
  const tests = code.filter(
    (file) => file.endsWith('.test.ts') && !/^tests\/(?:browser|app|faults)\//.test(file),
  );
  const tested = new Map(tests.map((file) => [file, targets(file)]));
  const direct = tests.filter((file) => tested.get(file)?.some((to) => modules.includes(to)));
  const imported = new Set([...tested.values()].flat());
  return {
    uiImports: uiImports.length,
    uiImportsAcrossRooms: across.length,
    uiRoomsBothWays: [...pairs].filter((pair) => {
      const [from, to] = pair.split(' <-> ') as [string, string];
      return from < to && pairs.has(`${to} <-> ${from}`);
    }),
    workerBytes: workerBytes(dist),
    workerLines: total(workers),
    engineLines: total(engine),
    directTestLines: total(direct),
    modules: modules.length,
    modulesWithoutTest: modules.filter((file) => !imported.has(file)),
  };
}

/** A file's folder directly below `src/ui`, "." for none; undefined for a file elsewhere. */
function roomOf(file: string): string | undefined {
  const [room, ...inside] = file.startsWith('src/ui/') ? file.slice('src/ui/'.length).split('/') : [];
  if (room === undefined) return undefined;
  return inside.length === 0 ? '.' : room;
}

function workerBytes(dist: string): Record<string, number> {
  const assets = path.join(dist, 'assets');
  const sizes: Record<string, number> = {};
  for (const file of readdirSync(assets).sort()) {
    const name = /^([\w-]+\.worker)-[\w-]+\.js$/.exec(file)?.[1];
    if (name !== undefined) sizes[name] = statSync(path.join(assets, file)).size;
  }
  return sizes;
}

/** The structure of a commit; undefined means the working tree. */
function structureOf(commit: string | undefined): Structure {
  const { top, dist, remove } = buildAside(commit);
  try {
    return measure(top, dist);
  } finally {
    remove();
  }
}

function table(columns: ReadonlyMap<string, Structure>): string {
  const all = [...columns.values()];
  const names = [...new Set(all.flatMap(({ workerBytes }) => Object.keys(workerBytes)))];
  const rows: (readonly [string, (one: Structure) => string | number | undefined])[] = [
    ['imports within src/ui', (one) => one.uiImports],
    ['of those, from room to room', (one) => one.uiImportsAcrossRooms],
    ['pairs of rooms that point both ways', (one) => one.uiRoomsBothWays.length],
    ...names.map((name) => [`bytes of ${name}`, (one: Structure) => one.workerBytes[name]] as const),
    ['lines of workers', (one) => one.workerLines],
    ['lines of src/engine', (one) => one.engineLines],
    ['lines of direct tests of both, in Node', (one) => one.directTestLines],
    ['modules of both, entry files left out', (one) => one.modules],
    ['of those, without a direct test in Node', (one) => one.modulesWithoutTest.length],
  ];
  const line = (cells: readonly (string | number | undefined)[]) =>
    `| ${cells.map((cell) => cell ?? '').join(' | ')} |`;
  return [
    line(['', ...columns.keys()]),
    line(['---', ...all.map(() => '---:')]),
    ...rows.map(([title, value]) => line([title, ...all.map(value)])),
  ].join('\n');
}

const commits = process.argv.slice(2);
const columns = new Map<string, Structure>();
for (const commit of commits.length > 0 ? commits : [undefined]) {
  columns.set(commit === undefined ? 'here' : shortName(commit), structureOf(commit));
}
writeFileSync(
  path.join(root, 'bench/results/structure.json'),
  `${JSON.stringify(Object.fromEntries(columns), null, 2)}\n`,
);
console.log(table(columns));
