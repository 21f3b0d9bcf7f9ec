import { Failure, messageOf, failureName } from '../core/failure';
import { grouped } from '../core/digits';
import { readNpyVector } from '../formats/npy';
import { readAhead } from '../formats/read-ahead';
import { tarMembers, type TarMember } from '../formats/tar';
import { baseName, findFile, readList, readText, splitLines, type DataFiles } from './data-files';
import type { Answer, Dataset, Sample } from './dataset';
import { templatesOf } from './known/known-sets';

/** The folder of a WebDataset, with a slash at its end unless it is the root, and its splits. */
export interface WdsPlace {
  readonly folder: string;
  readonly splits: readonly string[];
}

const TASKS = { classification: 'cls', multilabel: 'npy', retrieval: 'txt' } as const;

/** Where in `files` a WebDataset of CLIP_benchmark's form lies; undefined if there is none. */
export function findWds({ files }: DataFiles): WdsPlace | undefined {
  const found = files.flatMap(({ path }) => {
    const [, folder = '', split] = /^(.*\/)?([^/]+)\/nshards\.txt$/.exec(path) ?? [];
    return split === undefined ? [] : [{ folder, split }];
  });
  const folder = found[0]?.folder;
  if (folder === undefined) return undefined;
  return { folder, splits: found.filter((one) => one.folder === folder).map(({ split }) => split) };
}

/**
 * A data set as CLIP_benchmark exports it for `webdataset` (LAION-AI/CLIP_benchmark, `webdataset_builder.py`, read as
 * `datasets/builder.py` does): shards `SPLIT/0.tar` …, with a picture and a label of the same key side by side.
 * @throws DataSetIncomplete without its shards or class names; DataSetMalformed; what reading throws
 */
export async function openWds(
  files: DataFiles,
  { folder, splits }: WdsPlace,
  split: string,
): Promise<Dataset> {
  const shards = await shardsOf(files, folder, split, splits);
  const list = async (name: string) => {
    const file = findFile(files, folder + name);
    return file === undefined ? [] : readList(file);
  };
  const [type = 'classification'] = await list('dataset_type.txt');
  const task = type.toLowerCase();
  if (!isTask(task)) {
    throw new Failure('DataSetMalformed', `dataset_type.txt says "${type}", which is no known type.`);
  }
  const name = wdsName(files.name);
  const classNames = task === 'retrieval' ? [] : await list('classnames.txt');
  if (task !== 'retrieval' && classNames.length === 0) {
    throw new Failure('DataSetIncomplete', `${folder}classnames.txt is missing: the labels have no names.`);
  }
  const templates = await list('zeroshot_classification_templates.txt');
  return {
    name,
    split,
    task,
    classNames,
    templates: task === 'retrieval' ? [] : templates.length > 0 ? templates : templatesOf(name),
    samples: (after) => samplesOf(files, shards, TASKS[task], classNames.length, after),
  };
}

/** `wds_imagenet1k` is CLIP_benchmark's "wds/imagenet1k", `wds_vtab-cifar10` its "wds/vtab/cifar10". */
export function wdsName(folder: string): string {
  const name = baseName(folder);
  return name.startsWith('wds_') ? `wds/${name.slice(4).replace(/^(vtab|sugar_crepe)-/, '$1/')}` : name;
}

function isTask(text: string): text is keyof typeof TASKS {
  return Object.hasOwn(TASKS, text);
}

/** Paths of the shards. @throws DataSetIncomplete if the split or a shard is missing, DataSetMalformed */
async function shardsOf(
  files: DataFiles,
  folder: string,
  split: string,
  splits: readonly string[],
): Promise<string[]> {
  const counted = findFile(files, `${folder}${split}/nshards.txt`);
  if (counted === undefined) {
    throw new Failure('DataSetIncomplete', `There is no part "${split}", only ${splits.join(', ')}.`);
  }
  const text = (await readText(counted)).trim();
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > files.files.length) {
    const found = files.files.filter(({ path }) => path.startsWith(`${folder}${split}/`)).length - 1;
    const name = count < 1 ? 'DataSetMalformed' : 'DataSetIncomplete';
    throw new Failure(
      name,
      `${counted.path} says "${text.slice(0, 20)}" shards, and there are ${found} files.`,
    );
  }
  const paths = Array.from({ length: count }, (_, shard) => `${folder}${split}/${shard}.tar`);
  const missing = paths.filter((path) => findFile(files, path) === undefined);
  if (missing.length > 0) {
    const message = `${missing[0]} is missing: ${missing.length} of ${count} shards are not there.`;
    throw new Failure('DataSetIncomplete', message);
  }
  return paths;
}

/** A member's key and extension: as `webdataset` splits them, at the first dot of the name. */
export function splitKey(name: string): [key: string, extension: string] | undefined {
  const from = name.lastIndexOf('/') + 1;
  const dot = name.indexOf('.', from);
  // A name that begins with a dot has no key: macOS adds such files.
  return dot <= from ? undefined : [name.slice(0, dot), name.slice(dot + 1).toLowerCase()];
}

/** Pictures that CLIP_benchmark reads, the one to take first. */
const PICTURES = ['webp', 'png', 'jpg', 'jpeg'];

async function* samplesOf(
  files: DataFiles,
  shards: readonly string[],
  label: string,
  classes: number,
  after: string | undefined,
): AsyncGenerator<Sample, void, undefined> {
  const [first = 0, from = 0] = after === undefined ? [] : after.split('@').map(Number);
  let found = 0;
  for (let shard = first; shard < shards.length; shard++) {
    const path = shards[shard]!;
    try {
      const source = readAhead(await findFile(files, path)!.open(), files.window);
      for await (const parts of groupsOf(tarMembers(source, shard === first ? from : 0))) {
        const sample = await sampleOf(parts, label, classes, shard);
        if (sample) yield sample;
        if (sample) found++;
      }
    } catch (error) {
      throw inShard(error, path);
    }
  }
  if (found === 0 && after === undefined) {
    const message = `No sample has both a picture (${PICTURES.join(', ')}) and a label (.${label}).`;
    throw new Failure('DataSetMalformed', message);
  }
}

/** The failure with the shard's path before its message. */
function inShard(error: unknown, path: string): unknown {
  const name = failureName(error);
  return name?.startsWith('DataSet')
    ? new Failure(name, `${path}: ${messageOf(error)}`, { cause: error })
    : error;
}

/** Members that follow each other with the same key. */
interface Group {
  readonly key: string;
  readonly parts: ReadonlyMap<string, TarMember & { readonly bytes: Uint8Array<ArrayBuffer> }>;
  readonly next: number;
}

async function* groupsOf(members: AsyncIterable<TarMember>): AsyncGenerator<Group, void, undefined> {
  let key: string | undefined;
  let parts = new Map<string, TarMember & { bytes: Uint8Array<ArrayBuffer> }>();
  let next = 0;
  for await (const member of members) {
    const [own, extension = ''] = splitKey(member.name) ?? [];
    if (own !== key) {
      if (key !== undefined) yield { key, parts, next };
      key = own;
      parts = new Map();
    }
    next = member.next;
    const isUsed = PICTURES.includes(extension) || extension in LABELS;
    // Read now: going back for it later would fetch it again.
    if (own !== undefined && isUsed) parts.set(extension, { ...member, bytes: await member.read() });
  }
  if (key !== undefined) yield { key, parts, next };
}

/** The sample of a group; undefined if it lacks a picture or a label. @throws DataSetMalformed */
async function sampleOf(
  { key, parts, next }: Group,
  label: string,
  classes: number,
  shard: number,
): Promise<Sample | undefined> {
  const picture = PICTURES.map((extension) => parts.get(extension)).find((part) => part !== undefined);
  const labelled = parts.get(label);
  if (picture === undefined || labelled === undefined) return undefined;
  const name = baseName(key);
  try {
    const answer = LABELS[label]!(labelled.bytes, classes);
    return { key: name, position: `${shard}@${next}`, answer, picture: async () => picture.bytes };
  } catch (error) {
    throw new Failure('DataSetMalformed', `${name}.${label}: ${messageOf(error)}`, { cause: error });
  }
}

const LABELS: Readonly<Record<string, (bytes: Uint8Array<ArrayBuffer>, classes: number) => Answer>> = {
  cls(bytes, classes) {
    const text = new TextDecoder().decode(bytes.subarray(0, 64)).trim();
    if (!/^\d+$/.test(text)) throw new TypeError(`"${text.slice(0, 20)}" is no class’s number`);
    if (Number(text) >= classes) {
      throw new RangeError(`class ${text} of ${grouped(classes)}, counted from 0, does not exist`);
    }
    return Number(text);
  },
  npy(bytes, classes) {
    const truth = readNpyVector(bytes);
    if (truth.length !== classes) {
      throw new RangeError(`there are ${truth.length} numbers for ${grouped(classes)} classes`);
    }
    if (truth.some((value) => value !== 0 && value !== 1)) throw new RangeError('not all numbers are 0 or 1');
    return truth;
  },
  txt: (bytes) => splitLines(new TextDecoder().decode(bytes)),
};
