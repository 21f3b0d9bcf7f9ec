import { readCsv } from '../core/csv';
import { Failure } from '../core/failure';
import { property } from '../core/json';
import {
  baseName,
  isPicture,
  pictureFinder,
  pictureReader,
  readList,
  readText,
  findFile,
  type DataFile,
  type DataFiles,
} from './data-files';
import type { Dataset } from './dataset';
import { templatesOf } from './known/known-sets';
import { listSamples } from './list-samples';

/** Pictures and what a file of annotations says of them, in the order of the pictures' first mention. */
interface Annotated {
  readonly file: DataFile;
  /** Captions, or one class's name, by picture as the file names it. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly kind: 'captions' | 'class';
}

/** Files that name the classes or the kind of a data set, and are no annotations. */
const LISTS = /^(?:classnames|zeroshot_classification_templates|dataset_type|nshards|readme|licen[cs]e)\b/i;

/** Annotations may be large: COCO's captions of its training pictures have 90 MB. */
const MOST_BYTES = 2 ** 29;

/**
 * The data set of pictures and a file of annotations about them: captions in Karpathy's split ("NAME.jpg,caption"), COCO's
 * captions in JSON, CSV, or a `NAME.txt` beside each picture. Undefined if there is none of these.
 * @throws DataSetUnclear if several annotate it, DataSetIncomplete if none of their pictures is there, DataSetMalformed
 */
export async function openCaptions(files: DataFiles, split: string): Promise<Dataset | undefined> {
  const beside = textsBeside(files);
  const found: Annotated[] = [];
  for (const file of files.files) {
    if (LISTS.test(baseName(file.path)) || beside.has(file.path)) continue;
    const annotated = await readAnnotations(file);
    if (annotated) found.push(annotated);
  }
  const chosen = chooseAnnotations(found, split);
  if (chosen === undefined) return beside.size > 0 ? captionFiles(files, split, beside) : undefined;
  if (beside.size > 0) {
    throw unclear([chosen.file.path, `${beside.size} files like ${[...beside.keys()][0]}`]);
  }
  return chosen.kind === 'captions' ? retrieval(files, split, chosen) : classes(files, split, chosen);
}

/**
 * The one file that annotates the split: of several, the one that names it. One alone is the part "test", so that no probe
 * is trained on what it is tested with, unless its name says otherwise.
 * @throws DataSetUnclear, DataSetIncomplete
 */
function chooseAnnotations(found: readonly Annotated[], split: string): Annotated | undefined {
  const [first] = found;
  if (!first || (found.length === 1 && split === 'test')) return first;
  const named = found.filter(({ file }) =>
    baseName(file.path)
      .split(/[^a-z]+/i)
      .some((word) => word.toLowerCase() === split),
  );
  if (named.length === 1) return named[0];
  if (found.length === 1) {
    throw new Failure(
      'DataSetIncomplete',
      `There is no part "${split}": ${first.file.path} does not name it.`,
    );
  }
  throw unclear((named.length > 0 ? named : found).map(({ file }) => file.path));
}

function unclear(names: readonly string[]): Failure {
  const message = `Several files tell what the pictures show: ${names.slice(0, 4).join(', ')}. Leave one of them.`;
  return new Failure('DataSetUnclear', message);
}

/** The annotations in a file; undefined if it holds none. */
async function readAnnotations(file: DataFile): Promise<Annotated | undefined> {
  const [, extension = ''] = /\.(txt|json|csv|tsv)$/i.exec(file.path) ?? [];
  if (extension === '') return undefined;
  if ((await file.open()).byteLength > MOST_BYTES) return undefined;
  const text = await readText(file);
  if (extension === 'txt') return readKarpathy(file, text);
  return extension === 'json' ? readCoco(file, text) : readTable(file, text);
}

/** Adds to the texts of a picture, keeping the order in which pictures are first named. */
function add(texts: Map<string, string[]>, picture: string, text: string): void {
  const own = texts.get(picture);
  if (own) own.push(text);
  else texts.set(picture, [text]);
}

/**
 * Karpathy's splits as mehdidc/retrieval_annotations writes them: a heading, then a line per caption.
 *
 * Why split at ".jpg,": captions hold commas.
 */
function readKarpathy(file: DataFile, text: string): Annotated | undefined {
  const texts = new Map<string, string[]>();
  // As a file's lines in Python, not as `splitlines`: a caption may hold other separators.
  const [heading = '', ...lines] = text.split(/\r\n|[\n\r]/);
  if (!/^\s*\w+\s*,\s*\w+\s*$/.test(heading) && !heading.includes('.jpg,')) return undefined;
  for (const [index, line] of [...(heading.includes('.jpg,') ? [heading] : []), ...lines].entries()) {
    if (line.trim() === '') continue;
    const at = line.indexOf('.jpg,');
    if (at < 0) {
      // A list of something else has no such line at all.
      if (texts.size === 0) return undefined;
      const message = `${file.path}: line ${index + 2} has no ".jpg,": "${line.slice(0, 60)}".`;
      throw new Failure('DataSetMalformed', message);
    }
    add(texts, `${line.slice(0, at).trim()}.jpg`, line.slice(at + 5).trim());
  }
  return texts.size > 0 ? { file, texts, kind: 'captions' } : undefined;
}

/** COCO's captions (cocodataset.org, "Data format"): pictures by ascending id, captions in the order of the file. */
function readCoco(file: DataFile, text: string): Annotated | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const [images, annotations] = [property(value, 'images'), property(value, 'annotations')];
  if (!Array.isArray(images) || !Array.isArray(annotations)) return undefined;
  if (annotations.length > 0 && typeof property(annotations[0], 'caption') !== 'string') return undefined;
  const names = new Map<number, string>();
  for (const image of images) {
    const [id, name] = [property(image, 'id'), property(image, 'file_name')];
    if (typeof id === 'number' && typeof name === 'string') names.set(id, name);
  }
  const byId = new Map<number, string[]>([...names.keys()].sort((a, b) => a - b).map((id) => [id, []]));
  for (const [index, annotation] of annotations.entries()) {
    const [id, caption] = [property(annotation, 'image_id'), property(annotation, 'caption')];
    const own = typeof id === 'number' ? byId.get(id) : undefined;
    if (own === undefined || typeof caption !== 'string') {
      const message = `${file.path}: annotation ${index} has no caption, or is of picture ${String(id)}, which is not listed.`;
      throw new Failure('DataSetMalformed', message);
    }
    own.push(caption);
  }
  const texts = new Map<string, string[]>();
  for (const [id, captions] of byId) {
    // Two ids may share a file: then they are one picture.
    for (const caption of captions) add(texts, names.get(id)!, caption);
  }
  return { file, texts, kind: 'captions' };
}

/** Names of columns, as they are usual: OpenCLIP's own are "filepath" and "title", between tabs. */
const COLUMNS = {
  picture:
    /^(?:file[_ ]?(?:name|path)|(?:image|img)s?(?:[_ ]?(?:file)?[_ ]?(?:name|path|file))?|path|file|picture|photo)$/i,
  captions: /^(?:captions?|title|text|sentence|comment|description)$/i,
  class: /^(?:labels?|class(?:[_ ]?name)?|category)$/i,
} as const;

function readTable(file: DataFile, text: string): Annotated | undefined {
  const heading = text.slice(0, text.search(/[\r\n]|$/));
  const separator = ['\t', '|', ';', ','].find((one) => heading.includes(one)) ?? ',';
  const [head = [], ...rows] = readCsv(text, separator);
  const columnOf = (name: RegExp) => head.findIndex((cell) => name.test(cell.trim()));
  const picture = columnOf(COLUMNS.picture);
  const kind = columnOf(COLUMNS.captions) >= 0 ? 'captions' : 'class';
  const column = columnOf(COLUMNS[kind]);
  if (picture < 0 || column < 0) return undefined;
  const texts = new Map<string, string[]>();
  for (const [index, row] of rows.entries()) {
    if (row.length > head.length) {
      const message = `${file.path}: row ${index + 2} has ${row.length} fields and the heading ${head.length}: a text with a separator in it needs quotes.`;
      throw new Failure('DataSetMalformed', message);
    }
    const [name, said] = [row[picture]?.trim(), row[column]?.trim()];
    if (!name || !said) {
      const message = `${file.path}: row ${index + 2} has no ${name ? head[column] : head[picture]}.`;
      throw new Failure('DataSetMalformed', message);
    }
    if (said.includes('\n') && (text.match(/"/g)?.length ?? 0) % 2 === 1) {
      throw new Failure('DataSetMalformed', `${file.path}: a quote in row ${index + 2} is never closed.`);
    }
    const other = kind === 'class' ? texts.get(name)?.find((own) => own !== said) : undefined;
    if (other !== undefined) {
      const message = `${file.path}: row ${index + 2} says that ${name} is "${said}", and one before it "${other}".`;
      throw new Failure('DataSetMalformed', message);
    }
    add(texts, name, said);
  }
  return texts.size > 0 ? { file, texts, kind } : undefined;
}

/** The text files that lie beside a picture of the same name, with the picture. */
function textsBeside({
  files,
}: DataFiles): Map<string, { readonly text: DataFile; readonly picture: DataFile }> {
  const stem = (path: string) => path.slice(0, path.lastIndexOf('.'));
  const pictures = new Map(
    files.filter(({ path }) => isPicture(path)).map((file) => [stem(file.path), file]),
  );
  return new Map(
    files.flatMap((file) => {
      const picture = /\.txt$/i.test(file.path) ? pictures.get(stem(file.path)) : undefined;
      return picture ? [[file.path, { text: file, picture }] as const] : [];
    }),
  );
}

/** Captions in a file beside each picture, a line each; pictures in the order of their paths. */
function captionFiles(
  files: DataFiles,
  split: string,
  beside: ReadonlyMap<string, { readonly text: DataFile; readonly picture: DataFile }>,
): Dataset {
  const pairs = [...beside.values()].sort((a, b) => (a.picture.path < b.picture.path ? -1 : 1));
  return {
    ...about(files, split, 'retrieval'),
    count: pairs.length,
    async *samples(after) {
      for (let index = after === undefined ? 0 : Number(after) + 1; index < pairs.length; index++) {
        const { text, picture } = pairs[index]!;
        const answer = await readList(text);
        if (answer.length === 0) {
          throw new Failure('DataSetMalformed', `${text.path} holds no caption.`);
        }
        const { path: key } = picture;
        yield { key, position: String(index), answer, picture: pictureReader(picture, key) };
      }
    },
  };
}

function retrieval(files: DataFiles, split: string, annotated: Annotated): Dataset {
  const entries = entriesOf(files, annotated).map(({ texts, ...entry }) => ({ ...entry, answer: texts }));
  return {
    ...about(files, split, 'retrieval'),
    count: entries.length,
    samples: (after) => listSamples(entries, after),
  };
}

/** Classes by name, in the order of their names; by number where `classnames.txt` says what they are. */
async function classes(files: DataFiles, split: string, annotated: Annotated): Promise<Dataset> {
  const listed = findFile(files, 'classnames.txt');
  const found = entriesOf(files, annotated);
  const used = [...new Set(found.map(({ texts }) => texts[0]!))].sort();
  const classNames = listed ? await readList(listed) : used;
  const labelOf = (name: string) => {
    const label = listed && /^\d+$/.test(name) ? Number(name) : classNames.indexOf(name);
    if (label >= 0 && label < classNames.length) return label;
    const message = `${annotated.file.path}: "${name}" is none of the ${classNames.length} classes.`;
    throw new Failure('DataSetMalformed', message);
  };
  const entries = found.map(({ texts, ...entry }) => ({ ...entry, answer: labelOf(texts[0]!) }));
  return {
    ...about(files, split, 'classification'),
    classNames: listed ? classNames : classNames.map((name) => name.replaceAll('_', ' ')),
    templates: templatesOf(files.name),
    count: entries.length,
    samples: (after) => listSamples(entries, after),
  };
}

function about({ name }: DataFiles, split: string, task: Dataset['task']) {
  return { name, split, task, classNames: [], templates: [] };
}

/** @throws DataSetIncomplete if none of the pictures is there */
function entriesOf(files: DataFiles, { file, texts }: Annotated) {
  const find = pictureFinder(files, file.path.slice(0, file.path.lastIndexOf('/') + 1));
  const pictures = [...texts].map(([name, own]) => ({ name, own, picture: find(name) }));
  if (!pictures.some(({ picture }) => picture)) {
    const message = `${file.path} names ${pictures.length} pictures, such as ${pictures[0]?.name}, and none of them is there.`;
    throw new Failure('DataSetIncomplete', message);
  }
  return pictures.map(({ name, own, picture }) => ({
    key: name,
    texts: own,
    picture: pictureReader(picture, name),
  }));
}
