/**
 * Compares what metadata readers find in the photos of `tests/fixtures/metadata`, and their bundle sizes.
 *
 *     npm run metadata-readers
 *
 * Prints two tables and writes them to `docs/metadata-readers.md`.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import exifr from 'exifr';
import ExifReader from 'exifreader';
import { build } from 'vite';
import { root } from './build.js';

/** A file's EXIF fields; those a reader does not find are absent. */
interface Exif {
  readonly make?: unknown;
  readonly model?: unknown;
  readonly taken?: unknown;
  readonly offset?: unknown;
  readonly orientation?: unknown;
  readonly latitude?: unknown;
  readonly longitude?: unknown;
}

/** The columns in order, with the fields that must be right for each. */
const PROPERTIES: Readonly<Record<string, readonly (keyof Exif)[]>> = {
  taken: ['taken'],
  offset: ['offset'],
  camera: ['make', 'model'],
  place: ['latitude', 'longitude'],
  orientation: ['orientation'],
};

const READERS: Readonly<Record<string, (file: ArrayBuffer) => Promise<Exif>>> = {
  exifr: readWithExifr,
  ExifReader: (file) => readWithExifReader(file, () => Promise.reject(new Error('no Brotli here'))),
  'ExifReader, given Brotli': (file) => readWithExifReader(file, (data) => brotliDecompressSync(data)),
};

/** Minimal programs that only import a reader. */
const ENTRIES: Readonly<Record<string, string>> = {
  exifr: `import reader from 'exifr'; globalThis.read = (file, options) => reader.parse(file, options);`,
  exifreader: `import reader from 'exifreader'; globalThis.read = (file, options) => reader.load(file, options);`,
};

const FIXTURES = path.join(root, 'tests/fixtures/metadata');

async function readWithExifr(file: ArrayBuffer): Promise<Exif> {
  const tags = (await exifr.parse(file, { reviveValues: false, translateValues: false, gps: true })) as
    Readonly<Record<string, unknown>> | undefined;
  return {
    make: tags?.Make,
    model: tags?.Model,
    taken: tags?.DateTimeOriginal,
    offset: tags?.OffsetTimeOriginal,
    orientation: tags?.Orientation,
    latitude: tags?.latitude,
    longitude: tags?.longitude,
  };
}

async function readWithExifReader(
  file: ArrayBuffer,
  brotli: (data: Uint8Array) => Uint8Array | Promise<Uint8Array>,
): Promise<Exif> {
  const { exif, gps } = await ExifReader.load(file, { async: true, expanded: true, decompress: { brotli } });
  return {
    make: exif?.Make?.value[0],
    model: exif?.Model?.value[0],
    taken: exif?.DateTimeOriginal?.value[0],
    offset: exif?.OffsetTimeOriginal?.value[0],
    orientation: exif?.Orientation?.value,
    latitude: gps?.Latitude,
    longitude: gps?.Longitude,
  };
}

/** "yes" if all of `wanted` was read correctly, "no" if nothing was read, else what was read. */
function verdict(read: Exif, written: Exif, wanted: readonly (keyof Exif)[]): string {
  if (wanted.every((name) => isSame(read[name], written[name]))) return 'yes';
  const found = wanted.map((name) => read[name]).filter((value) => value !== undefined);
  return found.length === 0 ? 'no' : `wrong: ${JSON.stringify(found)}`;
}

function isSame(read: unknown, written: unknown): boolean {
  if (typeof read !== 'number' || typeof written !== 'number') return read === written;
  return Math.abs(read - written) < 1e-9;
}

async function readingTable(): Promise<string> {
  const written = JSON.parse(readFileSync(path.join(FIXTURES, 'written.json'), 'utf8')) as Exif;
  const files = readdirSync(FIXTURES).filter((name) => /^(?:exiftool|encoder)\./.test(name));
  const rows: string[][] = [];
  for (const name of files.sort((a, b) => compare(formatOf(a), formatOf(b)) || compare(a, b))) {
    const file = new Uint8Array(readFileSync(path.join(FIXTURES, name))).buffer;
    for (const [reader, read] of Object.entries(READERS)) {
      const found = await read(file).catch((): Exif => ({}));
      const verdicts = Object.values(PROPERTIES).map((wanted) => verdict(found, written, wanted));
      rows.push([name, reader, ...verdicts]);
    }
  }
  return table(['file', 'reader', ...Object.keys(PROPERTIES)], rows);
}

async function packageTable(): Promise<string> {
  const rows: string[][] = [];
  for (const [name, entry] of Object.entries(ENTRIES)) {
    const manifest = readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8');
    const { version, license } = JSON.parse(manifest) as { version: string; license: string };
    const code = await bundle(entry);
    rows.push([name, version, license, `${code.length}`, `${brotliCompressSync(code).length}`]);
  }
  return table(['package', 'version', 'licence', 'bytes built', 'with Brotli'], rows);
}

/** Bundles an entry into one file. */
async function bundle(entry: string): Promise<Buffer> {
  const id = 'virtual:entry';
  const built = await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'entry',
        resolveId: (source) => (source === id ? source : undefined),
        load: (source) => (source === id ? entry : undefined),
      },
    ],
    build: { write: false, rolldownOptions: { input: id } },
  });
  if (!('output' in built) || built.output.length !== 1) throw new Error('not built into one file');
  return Buffer.from(built.output[0].code);
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [titles, titles.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const formatOf = (name: string) => path.extname(name);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const tables = `${await readingTable()}\n\n${await packageTable()}\n`;
writeFileSync(path.join(root, 'docs/metadata-readers.md'), `# What metadata readers find\n\n${tables}`);
console.log(tables);
