import { Failure } from '../core/failure';
import { findFile, isPicture, pictureReader, readList, type DataFile, type DataFiles } from './data-files';
import type { Dataset } from './dataset';
import { listSamples } from './list-samples';
import { COUNTRIES, IMAGENET_NAMES, templatesOf } from './known/known-sets';

/** What a split is called in folders, the usual name first. */
const SPLITS: Readonly<Record<string, readonly string[]>> = {
  // CLIP_benchmark takes ImageNet's "val" for "test".
  test: ['test', 'val', 'valid', 'validation'],
  train: ['train', 'training'],
  val: ['val', 'valid', 'validation'],
};
const SPLIT_NAMES = new Set(Object.values(SPLITS).flat());

/** Whether pictures lie in folders, which may be classes. */
export function hasClassFolders({ files }: DataFiles): boolean {
  return files.some(({ path }) => isPicture(path) && path.includes('/'));
}

/**
 * A folder of pictures per class, in folders of splits or not. Classes are in the order of their folders' names, as code
 * units, or of the numbers; `classnames.txt` and `zeroshot_classification_templates.txt` may lie beside them.
 * @throws DataSetIncomplete if a class or a split has no picture; DataSetUnclear if the classes have no names
 */
export async function openClassFolders(files: DataFiles, split: string): Promise<Dataset> {
  const { part, pictures, folders } = splitOf(files, split);
  const list = async (name: string) => {
    const file = findFile(files, name);
    return file === undefined ? [] : readList(file);
  };
  const byClass = new Map<string, DataFile[]>();
  for (const { file, rest } of pictures) {
    const slash = rest.indexOf('/');
    if (slash < 0) {
      const message = `${file.path} lies in no class’s folder, and others do.`;
      throw new Failure('DataSetUnclear', message);
    }
    const name = rest.slice(0, slash);
    byClass.set(name, [...(byClass.get(name) ?? []), file]);
  }
  const empty = folders.find((name) => !byClass.has(name));
  if (empty !== undefined) {
    throw new Failure('DataSetIncomplete', `The folder ${empty} has no picture, and so its class has none.`);
  }
  if (byClass.size === 1) {
    const message = `All pictures lie in the folder ${[...byClass.keys()][0]}: that tells no class from another.`;
    throw new Failure('DataSetUnclear', message);
  }
  const { known, labels, names } = classesOf([...byClass.keys()], await list('classnames.txt'));
  const templates = await list('zeroshot_classification_templates.txt');
  const entries = [...byClass]
    .map(([name, own]) => ({ label: labels.get(name)!, own }))
    .sort((a, b) => a.label - b.label)
    .flatMap(({ label, own }) =>
      own
        .sort((a, b) => (a.path < b.path ? -1 : 1))
        .map((file) => ({ key: file.path, answer: label, picture: pictureReader(file, file.path) })),
    );
  return {
    name: files.name,
    split: part,
    task: 'classification',
    classNames: names,
    templates: templates.length > 0 ? templates : templatesOf(known ?? files.name),
    count: entries.length,
    samples: (after) => listSamples(entries, after),
  };
}

interface Part {
  /** The split's name, as its folder or as asked for. */
  readonly part: string;
  /** Its pictures, with their paths from its folder on. */
  readonly pictures: readonly { readonly file: DataFile; readonly rest: string }[];
  /** The names of all folders in it, also of those without pictures. */
  readonly folders: readonly string[];
}

/** @throws DataSetIncomplete if the files lie in folders of splits and the one asked for is not there */
function splitOf({ files }: DataFiles, split: string): Part {
  let root = '';
  let part = split;
  const below = () =>
    files.flatMap((file) =>
      file.path.startsWith(root) ? [{ file, rest: file.path.slice(root.length) }] : [],
    );
  const foldersOf = (all: readonly { readonly rest: string }[]) => [
    ...new Set(all.flatMap(({ rest }) => (rest.includes('/') ? [rest.slice(0, rest.indexOf('/'))] : []))),
  ];
  // At most a folder of pictures in one of a split, or the other way round.
  for (let depth = 0; depth < 3; depth++) {
    const pictures = below().filter(({ rest }) => isPicture(rest));
    const folders = foldersOf(pictures);
    if (folders.length > 0 && folders.every((name) => SPLIT_NAMES.has(name.toLowerCase()))) {
      const wanted = SPLITS[split] ?? [split];
      const found = wanted.map((name) => folders.find((one) => one.toLowerCase() === name)).find(Boolean);
      if (found === undefined) {
        throw new Failure('DataSetIncomplete', `There is no part "${split}", only ${folders.join(', ')}.`);
      }
      part = found;
      root += `${found}/`;
    } else if (folders.length === 1 && pictures.every(({ rest }) => rest.split('/').length > 2)) {
      root += `${folders[0]}/`;
    } else {
      break;
    }
  }
  if (part === split && split !== 'test' && !root.toLowerCase().endsWith(`${split}/`)) {
    const message = `There is no part "${split}": the classes lie in no folders of parts, and so they are one, "test".`;
    throw new Failure('DataSetIncomplete', message);
  }
  const all = below();
  return { part, pictures: all.filter(({ rest }) => isPicture(rest)), folders: foldersOf(all) };
}

interface Classes {
  /** Of which known data set they are. */
  readonly known?: string;
  /** Label of each folder. */
  readonly labels: ReadonlyMap<string, number>;
  readonly names: readonly string[];
}

/**
 * Why ImageNet is known by all of its 1,000 folders alone: they are its WordNet ids in order, and a part of them does not
 * tell which of the classes it leaves out. Why numbers are taken as numbers: ImageNetV2's folders are its labels, and in
 * the order of text 10 comes before 2. Folders that are called as the listed classes are those, in any order.
 * @param listed the lines of `classnames.txt`, in the order of the labels
 */
function classesOf(folders: readonly string[], listed: readonly string[]): Classes {
  const areNumbers = folders.every((name) => /^\d+$/.test(name));
  const sorted = [...folders].sort((a, b) => (areNumbers ? Number(a) - Number(b) : a < b ? -1 : 1));
  const inOrder = new Map(sorted.map((name, index) => [name, index]));
  const ids = folders.every((name) => /^n\d{8}$/.test(name));
  const isV2 = areNumbers && sorted.length === 1000 && sorted.every((name, index) => Number(name) === index);
  const spoken = (name: string) => name.replaceAll('_', ' ');
  const listedAt = new Map(listed.map((name, index) => [spoken(name), index]));
  if (!areNumbers && folders.every((name) => listedAt.has(spoken(name)))) {
    return { labels: new Map(folders.map((name) => [name, listedAt.get(spoken(name))!])), names: listed };
  }
  if (listed.length > 0) {
    const labels = areNumbers ? new Map(sorted.map((name) => [name, Number(name)])) : inOrder;
    const last = Math.max(...labels.values());
    if (last >= listed.length || (!areNumbers && listed.length !== sorted.length)) {
      const message = `classnames.txt has ${listed.length} names for ${sorted.length} folders, the last of them ${sorted.at(-1)}.`;
      throw new Failure('DataSetMalformed', message);
    }
    return { labels, names: listed };
  }
  if (isV2 || (ids && sorted.length === 1000)) {
    return { known: 'imagenet1k', labels: inOrder, names: IMAGENET_NAMES };
  }
  if (ids) {
    const message = `${sorted.length} folders are named by WordNet ids, such as ${sorted[0]}: only all 1,000 of ImageNet tell which classes they are.`;
    throw new Failure('DataSetUnclear', message);
  }
  if (folders.every((name) => /^[A-Z]{2}$/.test(name)) && sorted.length === COUNTRIES.length) {
    return { known: 'country211', labels: inOrder, names: COUNTRIES };
  }
  return { labels: inOrder, names: sorted.map(spoken) };
}
