import { Failure } from '../core/failure';
import { property } from '../core/json';
import {
  baseName,
  pictureFinder,
  pictureReader,
  readText,
  type DataFile,
  type DataFiles,
} from './data-files';
import type { Attribute, Box, Dataset } from './dataset';
import { listSamples } from './list-samples';

/** Smallest box that is judged, in pixels of its object. */
const LEAST_AREA = 50;

/** OVAD's annotations among the files; undefined if there are none. */
export function findOvad({ files }: DataFiles): DataFile | undefined {
  return files.find(({ path }) => /^ovad\w*\.json$/i.test(baseName(path)));
}

/**
 * OVAD-Box: attributes of the boxes in `ovad2000.json`, pictures of COCO's val2017 (OVAD-Benchmark/ovad-benchmark-code:
 * `tools/extract_obj_boxes.py` for the boxes, `ova_open_clip.py --prompt a` for texts and pictures).
 * @throws DataSetMalformed, DataSetIncomplete if no picture is there, and what reading throws
 */
export async function openOvad(files: DataFiles, file: DataFile): Promise<Dataset> {
  const value = parse(file, await readText(file));
  const attributes = listOf(value, 'attributes', file)
    .map((one) => ({ id: numberAt(one, 'id', file), attribute: attributeOf(one, file) }))
    .sort((a, b) => a.id - b.id)
    .map(({ attribute }) => attribute);
  const names = new Map(
    listOf(value, 'images', file).map((one) => [numberAt(one, 'id', file), textAt(one, 'file_name', file)]),
  );
  const find = pictureFinder(files, file.path.slice(0, file.path.lastIndexOf('/') + 1));
  const pictures = new Map([...names.values()].map((name) => [name, find(name)]));
  if (![...pictures.values()].some(Boolean)) {
    const message = `${file.path} names ${pictures.size} pictures, such as ${[...pictures.keys()][0]}, and none of them is there.`;
    throw new Failure('DataSetIncomplete', message);
  }
  const entries = listOf(value, 'annotations', file)
    .filter((one) => numberAt(one, 'area', file) >= LEAST_AREA)
    .map((one) => {
      const id = numberAt(one, 'id', file);
      const name = names.get(numberAt(one, 'image_id', file));
      const answer = labelsOf(property(one, 'att_vec'), attributes.length);
      if (name === undefined || answer === undefined) {
        const message = `${file.path}: annotation ${id} has no listed picture, or not ${attributes.length} labels of 1, 0 and -1.`;
        throw new Failure('DataSetMalformed', message);
      }
      const box = boxOf(property(one, 'bbox'), id, file);
      return { key: `${name} box ${id}`, answer, box, picture: pictureReader(pictures.get(name), name) };
    });
  return {
    name: 'ovad',
    split: 'test',
    task: 'attributes',
    classNames: [],
    templates: [],
    attributes,
    preprocess: { resizeMode: 'squash', interpolation: 'bilinear' },
    count: entries.length,
    samples: (after) => listSamples(entries, after),
  };
}

/** Names that stand for more of the same. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  'young/baby': ['kid', 'kids', 'child', 'toddler', 'boy', 'girl'],
  'adult/old/aged': ['teen', 'elder'],
};

function attributeOf(one: unknown, file: DataFile): Attribute {
  const name = textAt(one, 'name', file);
  const colon = name.indexOf(':');
  const listed = name.slice(colon + 1);
  const synonyms = [...listed.split('/'), ...(MORE[listed] ?? [])];
  const has = textAt(one, 'is_has_att', file) === 'has';
  const frequency = textAt(one, 'freq_set', file);
  if (!['head', 'medium', 'tail'].includes(frequency)) {
    const message = `${file.path}: the attribute ${name} is "${frequency}", none of head, medium and tail.`;
    throw new Failure('DataSetMalformed', message);
  }
  return {
    name,
    frequency,
    texts: synonyms.flatMap((synonym) => promptsOf(synonym, name.slice(0, colon), has)),
  };
}

/** The texts of the prompt "a", without a word for the thing. */
export function promptsOf(attribute: string, type: string, has: boolean): string[] {
  const of = type.replace(' tone', '');
  const texts = has
    ? [`a ${attribute} ${of} `, `a  has ${attribute} ${of}`]
    : [`a ${attribute} `, `a  is ${attribute}`];
  return texts.map((text) => text.trim());
}

/** Whole pixels, as `int()` cuts them. */
function boxOf(value: unknown, id: number, file: DataFile): Box {
  const numbers = Array.isArray(value) ? value.map((one) => Math.trunc(Number(one))) : [];
  const [left = NaN, top = NaN, width = NaN, height = NaN] = numbers;
  if (!(left >= 0 && top >= 0 && width > 0 && height > 0)) {
    throw new Failure('DataSetMalformed', `${file.path}: annotation ${id} has no box.`);
  }
  return { left, top, width, height };
}

function labelsOf(value: unknown, count: number): number[] | undefined {
  const labels: unknown[] = Array.isArray(value) ? value : [];
  const areLabels = labels.every((label) => label === 1 || label === 0 || label === -1);
  return labels.length === count && areLabels ? labels : undefined;
}

function parse(file: DataFile, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure('DataSetMalformed', `${file.path} is no JSON, or cut short.`, { cause });
  }
}

function listOf(value: unknown, key: string, file: DataFile): unknown[] {
  const list = property(value, key);
  if (Array.isArray(list)) return list;
  throw new Failure('DataSetMalformed', `${file.path} has no list "${key}".`);
}

function numberAt(value: unknown, key: string, file: DataFile): number {
  const found = property(value, key);
  if (typeof found === 'number') return found;
  throw new Failure('DataSetMalformed', `${file.path}: an entry has no number "${key}".`);
}

function textAt(value: unknown, key: string, file: DataFile): string {
  const found = property(value, key);
  if (typeof found === 'string') return found;
  throw new Failure('DataSetMalformed', `${file.path}: an entry has no text "${key}".`);
}
