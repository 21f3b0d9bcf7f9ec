import { describe, expect, test } from 'vitest';
import { fileOf, filesBelow, importsOf, textOf } from '../tools/source-files';

/** What each part may import besides itself: other parts, or single files of them. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/core': [],
  'src/formats': ['src/core'],
  'src/hub': ['src/core', 'src/formats'],
  'src/gpu': ['src/core'],
  'src/storage': ['src/core'],
  'src/zeroshot': ['src/core'],
  'src/evaluation': ['src/core'],
  'src/datasets': ['src/core', 'src/formats', 'src/zeroshot'],
  'src/image': ['src/core', 'src/gpu'],
  'src/clip': ['src/core', 'src/formats'],
  'src/engine': ['src/core', 'src/formats', 'src/image', 'src/clip', 'src/gpu'],
  'src/search': ['src/core', 'src/formats', 'src/gpu', 'src/storage'],
  'src/library': ['src/core', 'src/search', 'src/storage'],
  'src/exchange': ['src/core', 'src/formats'],
  'src/package': [
    'src/core',
    'src/formats',
    'src/gpu',
    'src/zeroshot',
    'src/image',
    'src/clip',
    'src/engine',
  ],
  'src/ui': [
    'src/core',
    'src/zeroshot',
    'src/clip/catalogue.ts',
    'src/clip/checkpoint-files.ts',
    'src/clip/footprint.ts',
    'src/clip/thread-need.ts',
    'src/clip/weights/weights.ts',
    'src/clip/architecture.ts',
    'src/evaluation/agreement.ts',
    'src/evaluation/power-law.ts',
    'training/results/budgets.json',
    'training/results/models.json',
    'src/search/query.ts',
    'src/image/file-kind.ts',
    'src/datasets/known/known-sets.ts',
    'src/library/excludes.ts',
    'src/library/library-lock.ts',
    'src/library/photo-labels.ts',
    'src/library/photo-pack.ts',
    'src/library/photo-state.ts',
    'src/library/place.ts',
    'src/library/records.ts',
    'src/library/xmp-sidecar.ts',
    'src/evaluation/report.ts',
    'src/evaluation/report-html.ts',
    'src/evaluation/results.ts',
  ],
  workers: [
    'src/core',
    'src/formats',
    'src/hub',
    'src/gpu',
    'src/storage',
    'src/zeroshot',
    'src/image',
    'src/clip',
    'src/engine',
    'src/search',
    'src/library',
    'src/evaluation',
    'src/datasets',
    'src/exchange',
    'tools/headers.js',
  ],
};

/** The same for `import type`: the page knows the workers by their interfaces alone. */
const MAY_IMPORT_TYPES: Readonly<Record<string, readonly string[]>> = {
  'src/ui': [
    'api',
    'dataset-api',
    'evaluation-api',
    'exchange-api',
    'models-api',
    'probe-api',
    'service-worker-api',
  ].map((name) => `workers/${name}.ts`),
};

/**
 * The rooms of the page, in the order in which they may import: each those before it, and none beside it. How workers
 * are reached is for the app alone to know; the others take what it offers as types.
 */
const ROOMS: readonly (readonly string[])[] = [
  ['kit'],
  ['connect'],
  ['photos'],
  ['models'],
  ['indexing'],
  ['grid'],
  ['search', 'label', 'duplicates', 'exchange'],
  ['compare'],
  ['app'],
];

/** Each package has one door: the files that may import it. */
const DOORS: Readonly<Record<string, RegExp>> = {
  'onnxruntime-web': /^src\/clip\/session[\w-]*\.ts$/,
  'workbox-precaching': /^workers\/service-worker\.ts$/,
  '@huggingface/tokenizers': /^src\/clip\/text\/(?:tokenizer|patterns)\.ts$/,
  re2js: /^src\/clip\/text\/linear-patterns\.ts$/,
  '@huggingface/hub': /^src\/hub\/repository\.ts$/,
  idb: /^src\/library\/(?:database|library-list)\.ts$/,
  'client-zip': /^src\/ui\/grid\/photo-archive\.ts$/,
  'filename-reserved-regex': /^src\/ui\/grid\/file-names\.ts$/,
  exifreader: /^src\/library\/metadata(?:-tags)?\.ts$/,
  '@xmldom/xmldom': /^src\/library\/metadata-tags\.ts$/,
  ignore: /^src\/library\/excludes\.ts$/,
  '@resvg/resvg-wasm': /^workers\/drawing\.worker\.ts$/,
  'dejavu-fonts-ttf': /^workers\/drawing\.worker\.ts$/,
  hyparquet: /^src\/exchange\/parquet-reader\.ts$/,
  'hyparquet-compressors': /^src\/exchange\/parquet-reader\.ts$/,
  'hyparquet-writer': /^src\/exchange\/parquet-writer\.ts$/,
  'hash-wasm': /^src\/hub\/digest\.ts$/,
  entities: /^src\/clip\/text\/entities\.ts$/,
  pbf: /^src\/formats\//,
  comlink:
    /^src\/ui\/connect\/connect\.ts$|^src\/package\/page(?:-worker)?\.ts$|^workers\/(?:[\w-]+\.worker|library\/library-api|image\/drawings)\.ts$/,
  // The files that describe what is read back from storage or from a hub.
  valibot:
    /^src\/(?:core\/schema|storage\/manifest|hub\/repository|clip\/weights\/stored-tensor|engine\/model-shape|evaluation\/(?:results|report)|zeroshot\/label-set|ui\/search\/saved-search)\.ts$|^workers\/(?:service-worker|clip\/(?:passed-checks|int8-verdicts|kept-json)|sources\/(?:model-summary|kept-detail)|models\/download-record)\.ts$/,
  '@observablehq/plot': /^src\/ui\/compare\/scaling\/draw\.ts$/,
  svelte: /^src\/ui\//,
  '@lucide/svelte': /^src\/ui\//,
};

const LONGEST_FILE = 350;
const CODE = /\.(?:ts|js|svelte|css|wgsl|wat|py)$/;
const TEXT = /\.(?:ts|js|svelte|css|wgsl|wat|py|json|md|html|svg|txt|yml|npmrc)$|^\.ci\/|^LICENSE$/;

const sources = [...filesBelow('src'), ...filesBelow('workers')].filter((file) =>
  /\.(?:ts|svelte)$/.test(file),
);
const imports = new Map(sources.map((file) => [file, importsOf(file, textOf(file))]));

/** What runs in Node, with Node's own modules and its decoder of pictures. */
const NODE_DOORS = /^src\/package\/node(?:-\w+)?\.ts$/;
const isOfNode = (specifier: string) => specifier.startsWith('node:') || specifier === 'sharp';

/** Where the app's programs begin, and those of the package. */
const APP = ['src/ui/app/main.ts', ...sources.filter((file) => /^workers\/[^/]*worker\.ts$/.test(file))];
const ENTRIES = [...APP, ...['page', 'page-worker', 'node'].map((name) => `src/package/${name}.ts`)];

/** The files that `from` imports, by however many steps; `types` counts imports of types too. */
function reachedFrom(from: readonly string[], types: boolean): ReadonlySet<string> {
  const reached = new Set(from);
  for (const file of reached) {
    for (const one of imports.get(file) ?? []) {
      const to = one.typeOnly && !types ? undefined : fileOf(file, one);
      if (to !== undefined) reached.add(to);
    }
  }
  return reached;
}

/** The part that a file belongs to: 'src/core', 'workers' … */
function partOf(file: string): string {
  return file.split('/', file.startsWith('src/') ? 2 : 1).join('/');
}

/** The package that a specifier names, without its subpath. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function isAllowed(from: string, to: string, typeOnly: boolean): boolean {
  const part = partOf(from);
  const allowed = [part, ...(MAY_IMPORT[part] ?? []), ...(typeOnly ? (MAY_IMPORT_TYPES[part] ?? []) : [])];
  return allowed.includes(partOf(to)) || allowed.includes(to);
}

describe('imports', () => {
  test.each([
    [`import { a } from './a';`, './a', false],
    [`import './a';`, './a', false],
    [`import type { A } from './a';`, './a', true],
    [`import { type A } from './a';`, './a', false],
    [`export { a } from './a';`, './a', false],
    [`export * from './a';`, './a', false],
    [`export type { A } from './a';`, './a', true],
    [`const a = await import('./a');`, './a', false],
    ['const a = await import(`./a`);', './a', false],
    [`let a: import('./a').A;`, './a', true],
  ])('the reader of imports sees %s', (code, specifier, typeOnly) => {
    expect(importsOf('x.ts', code)).toEqual([{ specifier, typeOnly }]);
    const component = `<script module lang="ts"></script><script lang="ts">${code}</script><p>import './b';</p>`;
    expect(importsOf('X.svelte', component)).toEqual([{ specifier, typeOnly }]);
  });

  test('every part has its row in the table', () => {
    expect(sources.map(partOf).filter((part) => !(part in MAY_IMPORT))).toEqual([]);
  });

  test('no part imports what the table does not name', () => {
    const strays = [...imports].flatMap(([from, list]) =>
      list.flatMap((one) => {
        const to = fileOf(from, one);
        return to === undefined || isAllowed(from, to, one.typeOnly) ? [] : [`${from} imports ${to}`];
      }),
    );
    expect(strays).toEqual([]);
  });

  test('every room of the page stands in their order, and imports those before it alone', () => {
    const roomOf = (file: string) => /^src\/ui\/(\w+)\//.exec(file)?.[1] ?? file;
    const placeOf = (room: string) => ROOMS.findIndex((rooms) => rooms.includes(room));
    const strays = [...imports].flatMap(([from, list]) =>
      list.flatMap((one) => {
        const to = fileOf(from, one);
        if (!from.startsWith('src/ui/') || !to?.startsWith('src/ui/')) return [];
        const [room, other] = [roomOf(from), roomOf(to)];
        const isWired = other !== 'connect' || room === 'app' || one.typeOnly;
        return room === other || (placeOf(other) < placeOf(room) && isWired) ? [] : [`${from} imports ${to}`];
      }),
    );
    expect(strays).toEqual([]);
    const unplaced = sources.filter((file) => file.startsWith('src/ui/') && placeOf(roomOf(file)) < 0);
    expect(unplaced).toEqual([]);
  });

  test('every package comes in by its one door', () => {
    const strays = [...imports].flatMap(([from, list]) =>
      list
        .filter(({ specifier }) => !specifier.startsWith('.'))
        .filter(
          ({ specifier }) => !(isOfNode(specifier) ? NODE_DOORS : DOORS[packageOf(specifier)])?.test(from),
        )
        .map(({ specifier }) => `${from} imports ${specifier}`),
    );
    expect(strays).toEqual([]);
  });

  test('every package that the app depends on has a door, and no door leads nowhere', () => {
    const { dependencies } = JSON.parse(textOf('package.json')) as { dependencies: Record<string, string> };
    expect(Object.keys(DOORS).sort()).toEqual(Object.keys(dependencies).sort());
  });

  test('the page carries the catalogue, no worker does', () => {
    const carriers = ENTRIES.filter((file) => reachedFrom([file], false).has('src/clip/catalogue-data.json'));
    expect(carriers).toEqual(['src/ui/app/main.ts']);
  });

  test('every file is reached from the page, a worker or the package, and Node’s from none of the first two', () => {
    const reached = reachedFrom(ENTRIES, true);
    expect(sources.filter((file) => !reached.has(file))).toEqual([]);
    const inApp = reachedFrom(APP, true);
    expect([...inApp].filter((file) => NODE_DOORS.test(file) || file.endsWith('-node.ts'))).toEqual([]);
  });

  test('no file imports itself, by however many steps', () => {
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, trail: readonly string[]): void => {
      if (trail.includes(file)) cycles.push([...trail.slice(trail.indexOf(file)), file].join(' > '));
      if (done.has(file) || trail.includes(file)) return;
      for (const one of imports.get(file) ?? []) {
        const to = fileOf(file, one);
        if (to !== undefined) visit(to, [...trail, file]);
      }
      done.add(file);
    };
    sources.forEach((file) => visit(file, []));
    expect(cycles).toEqual([]);
  });
});

test(`no source file has more than ${LONGEST_FILE} lines`, () => {
  const long = ['src', 'workers', 'tools', 'training', 'tests/helpers']
    .flatMap((folder) => filesBelow(folder))
    .filter((file) => CODE.test(file))
    .map((file) => ({ file, lines: textOf(file).trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > LONGEST_FILE);
  expect(long).toEqual([]);
});

test.each(['package.json', 'training/package.json'])(
  'every dependency of %s has one exact version',
  (file) => {
    const { dependencies, devDependencies } = JSON.parse(textOf(file)) as Record<
      string,
      Record<string, string>
    >;
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  },
);

test.each([
  ['a path of one machine', /(?<![\w.])\/(?:work|root|home|tmp|Users)\/\w/],
  ['a package registry', /\bregistry\.[a-z]/i],
])('no file names %s', (_, pattern) => {
  const naming = filesBelow()
    .filter((file) => TEXT.test(file))
    .flatMap((file) =>
      textOf(file)
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : [])),
    );
  expect(naming).toEqual([]);
});
