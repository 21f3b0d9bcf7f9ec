import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { tarOf, type TarEntry, type TarForm } from './tar';

const ALBUM = path.join(import.meta.dirname, '../../static/album');

/** As `tools/oracles/datasets.py` has it. */
const LONG =
  'a folder with a name so long that no header of a tar holds it, and an extended one has to come before it/';

interface AlbumEntry {
  readonly file: string;
  readonly caption: string;
  readonly background: string;
  readonly objects: readonly { readonly name: string }[];
}

/** The files of a data set by path, from its folder. */
export type DatasetFolder = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** The data sets that `tools/oracles/datasets.py` makes of the sample album, byte for byte. */
export async function albumDatasets(): Promise<
  Readonly<Record<'album-backgrounds' | 'album-things' | 'album-captions', DatasetFolder>>
> {
  const entries = JSON.parse(
    await readFile(path.join(ALBUM, 'captions.json'), 'utf8'),
  ) as readonly AlbumEntry[];
  const pictures = await Promise.all(entries.map(({ file }) => readFile(path.join(ALBUM, file))));
  const colours = [...new Set(entries.map(({ background }) => background))].sort();
  const things = [...new Set(entries.flatMap(({ objects }) => objects.map(({ name }) => name)))].sort();
  const backgrounds = entries.map(({ background }) => Buffer.from(String(colours.indexOf(background))));
  const shown = entries.map(({ objects }) =>
    npyOf(things.map((thing) => (objects.some(({ name }) => name === thing) ? 1 : 0))),
  );
  const captions = entries.map((entry, index) => Buffer.from(captionsOf(entry, index).join('\n')));
  return {
    'album-backgrounds': folderOf(pictures, backgrounds, 'cls', 60, 'pax', {
      'classnames.txt': colours,
      'zeroshot_classification_templates.txt': ['a {c} background', 'something on a {c} background'],
    }),
    'album-things': folderOf(pictures, shown, 'npy', 100, 'gnu', {
      'classnames.txt': things,
      'zeroshot_classification_templates.txt': ['a {c}', 'a drawing of a {c}'],
      'dataset_type.txt': ['multilabel'],
    }),
    'album-captions': folderOf(pictures, captions, 'txt', 1000, 'pax', { 'dataset_type.txt': ['retrieval'] }),
  };
}

function captionsOf({ caption, background, objects }: AlbumEntry, index: number): string[] {
  const names = objects.map(({ name }) => name).join(' and ');
  return [caption, `a drawing of ${names}`, `${names}, ${background}`].slice(0, 1 + (index % 3));
}

function folderOf(
  pictures: readonly Uint8Array[],
  labels: readonly Uint8Array[],
  kind: 'cls' | 'npy' | 'txt',
  perShard: number,
  form: TarForm,
  lists: Readonly<Record<string, readonly string[]>>,
): DatasetFolder {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const text = (lines: readonly string[]) => new Uint8Array(Buffer.from(`${lines.join('\n')}\n`));
  for (const [name, lines] of Object.entries(lists)) files.set(name, text(lines));
  const prefix = kind === 'cls' ? '' : LONG;
  const shards = Math.ceil(pictures.length / perShard);
  files.set('test/nshards.txt', text([String(shards)]));
  for (let shard = 0; shard < shards; shard++) {
    const entries: TarEntry[] = [];
    for (let at = shard * perShard; at < Math.min(pictures.length, (shard + 1) * perShard); at++) {
      const key = `${prefix}s${String(at).padStart(7, '0')}`;
      const members = [
        { name: `${key}.webp`, data: pictures[at]! },
        { name: `${key}.${kind}`, data: labels[at]! },
      ];
      entries.push(...(kind === 'txt' ? members.reverse() : members));
    }
    files.set(`test/${shard}.tar`, tarOf(entries, form));
  }
  return files;
}

/** A vector of 64-bit integers as NumPy's `save` writes it. */
export function npyOf(values: readonly number[]): Uint8Array<ArrayBuffer> {
  const header = `{'descr': '<i8', 'fortran_order': False, 'shape': (${values.length},), }`;
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + length + 8 * values.length);
  bytes.set(Buffer.from('\x93NUMPY\x01\x00', 'latin1'));
  const view = new DataView(bytes.buffer);
  view.setUint16(8, length, true);
  bytes.set(Buffer.from(`${header.padEnd(length - 1)}\n`), 10);
  values.forEach((value, at) => view.setBigInt64(10 + length + 8 * at, BigInt(value), true));
  return bytes;
}
