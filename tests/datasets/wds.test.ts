import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../src/datasets/open-dataset';
import { splitKey, wdsName } from '../../src/datasets/wds';
import { albumDatasets, npyOf } from '../helpers/album-datasets';
import { tarOf } from '../helpers/tar';
import { filesOf, golden, readSamples } from './files';

const text = (content: string) => new Uint8Array(Buffer.from(content));

/** A shard of these members; pictures are their own names. */
function shard(...members: readonly (readonly [name: string, content?: string | Uint8Array<ArrayBuffer>])[]) {
  return tarOf(
    members.map(([name, content = name]) => ({
      name,
      data: typeof content === 'string' ? text(content) : content,
    })),
    'pax',
  );
}

const LISTS = { 'classnames.txt': 'cat\n dog \n\nfish\n', 'test/nshards.txt': '1\n' };

const folder = (files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>, name = 'wds_vtab-pets') =>
  filesOf(name, Object.entries({ ...LISTS, ...files }));

const openTest = (files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>) =>
  openDataset(folder(files), 'test');

describe('the album’s data sets', () => {
  it('are, byte for byte, those that Python made and OpenCLIP was evaluated on', async () => {
    const made = Object.entries(await albumDatasets()).map(([name, files]) => [
      name,
      [...files]
        .filter(([path]) => path.endsWith('.tar'))
        .map(([, bytes]) => createHash('sha256').update(bytes).digest('hex')),
    ]);
    expect(Object.fromEntries(made)).toEqual(golden.shards);
  });

  it.each([
    ['album-backgrounds', 'classification', 16],
    ['album-things', 'multilabel', 125],
    ['album-captions', 'retrieval', 0],
  ] as const)('%s is read whole, and on from any sample', async (name, task, classes) => {
    const files = filesOf(`wds_${name}`, (await albumDatasets())[name], 2 ** 20);
    const dataset = await openDataset(files, 'test');
    expect(dataset).toMatchObject({ name: `wds/${name}`, split: 'test', task });
    expect(dataset.classNames).toHaveLength(classes);
    const keys: string[] = [];
    const positions: string[] = [];
    for await (const { key, position } of dataset.samples()) {
      keys.push(key);
      positions.push(position);
    }
    expect(keys).toEqual(Array.from({ length: 160 }, (_, at) => `s${String(at).padStart(7, '0')}`));
    for (const at of [0, 59, 60, 99, 158, 159]) {
      const rest: string[] = [];
      for await (const { key } of dataset.samples(positions[at])) rest.push(key);
      expect(rest).toEqual(keys.slice(at + 1));
    }
  });

  it('are read by ranges: no byte twice, none of a shard that comes before', async () => {
    const files = filesOf('wds_x', (await albumDatasets())['album-backgrounds'], 2 ** 16);
    const dataset = await openDataset(files, 'test');
    const all: string[] = [];
    for await (const { position } of dataset.samples()) all.push(position);
    const read = (path: string) => files.requests.filter((request) => request[0] === path);
    for (const path of ['test/0.tar', 'test/1.tar']) {
      expect(read(path).length).toBeGreaterThan(8);
      expect(read(path).every(([, start], at, own) => at === 0 || start >= own[at - 1]![2])).toBe(true);
    }
    files.requests.length = 0;
    await dataset.samples(all[100]).next();
    expect(files.requests.map(([path]) => path)).toEqual(['test/1.tar']);
  });
});

it('takes picture and label in either order, and passes over what has no partner', async () => {
  const dataset = await openTest({
    'zeroshot_classification_templates.txt': 'a {c}.\n',
    'test/0.tar': shard(
      ['s0.jpg'],
      ['s0.cls', '0'],
      ['s1.cls', ' 2\n'],
      ['s1.png'],
      ['alone.jpg'],
      ['s3.cls', '1'],
      ['s4.json', '{}'],
      ['s4.jpeg'],
      ['s4.cls', '1'],
      ['a.b/s5.JPG'],
      ['a.b/s5.cls', '1'],
      ['._s6.jpg'],
      ['s7.seg.png'],
      ['s7.cls', '0'],
    ),
  });
  expect(dataset).toMatchObject({
    name: 'wds/vtab/pets',
    classNames: ['cat', 'dog', 'fish'],
    templates: ['a {c}.'],
  });
  expect(await readSamples(dataset)).toEqual([
    ['s0', 0, 's0.jpg'],
    ['s1', 2, 's1.png'],
    ['s4', 1, 's4.jpeg'],
    ['s5', 1, 'a.b/s5.JPG'],
  ]);
});

it('reads captions by Python’s lines, and leaves written-out breaks as they are', async () => {
  const dataset = await openTest({
    'dataset_type.txt': 'Retrieval\n',
    'test/0.tar': shard(['s0.jpg'], ['s0.txt', 'one\r\ntwo, "three"\\n\u2028four']),
  });
  expect(dataset).toMatchObject({ task: 'retrieval', classNames: [], templates: [] });
  expect((await readSamples(dataset))[0]![1]).toEqual(['one', 'two, "three"\\n', 'four']);
});

it('uses CLIP_benchmark’s templates where the data set brings none', async () => {
  const { templates } = await openTest({ 'test/0.tar': shard(['s.jpg'], ['s.cls', '0']) });
  expect(templates).toEqual(['a photo of a {c}, a type of pet.']);
});

describe('a data set that is not whole, or wrong', () => {
  const good = shard(['s.jpg'], ['s.cls', '0']);
  const label = (content: string | Uint8Array<ArrayBuffer>, kind = 'cls') =>
    shard(['s7.jpg'], [`s7.${kind}`, content]);
  const MULTILABEL = { 'dataset_type.txt': 'multilabel' };

  it.each([
    ['a shard is missing', { 'test/nshards.txt': '2', 'test/0.tar': good }, 'DataSetIncomplete', 'test/1.tar is missing: 1 of 2'],
    ['a tar is cut', { 'test/0.tar': good.slice(0, 1600) }, 'DataSetIncomplete', 'test/0.tar: The tar is cut short'],
    ['the number of shards is none', { 'test/nshards.txt': 'many', 'test/0.tar': good }, 'DataSetMalformed', '"many" shards'],
    ['there are more shards than files', { 'test/nshards.txt': '999', 'test/0.tar': good }, 'DataSetIncomplete', 'there are 1 files'],
    ['there are no class names', { 'classnames.txt': '', 'test/0.tar': good }, 'DataSetIncomplete', 'classnames.txt is missing'],
    ['its type is unknown', { 'dataset_type.txt': 'video', 'test/0.tar': good }, 'DataSetMalformed', '"video"'],
    ['its type is called as what every object has', { 'dataset_type.txt': 'constructor', 'test/0.tar': good }, 'DataSetMalformed', 'no known type'],
    ['a label is no number', { 'test/0.tar': label('cat') }, 'DataSetMalformed', 'test/0.tar: s7.cls: "cat" is no class’s number'],
    ['a label is negative', { 'test/0.tar': label('-1') }, 'DataSetMalformed', '"-1"'],
    ['a label is beyond the class names', { 'test/0.tar': label('3') }, 'DataSetMalformed', 'class 3 of 3'],
    ['no sample has a label', { 'test/0.tar': label('0', 'txt') }, 'DataSetMalformed', '(.cls)'],
    ['it has other labels than its type says', { ...MULTILABEL, 'test/0.tar': good }, 'DataSetMalformed', '(.npy)'],
    ['a vector is of another length', { ...MULTILABEL, 'test/0.tar': label(npyOf([1, 0]), 'npy') }, 'DataSetMalformed', '2 numbers for 3 classes'],
    ['a vector holds other numbers', { ...MULTILABEL, 'test/0.tar': label(npyOf([1, 0, 2]), 'npy') }, 'DataSetMalformed', 'not all numbers'],
    ['a vector is none', { ...MULTILABEL, 'test/0.tar': label('1 0 0', 'npy') }, 'DataSetMalformed', 'no array of NumPy'],
  ] as const)('is reported when %s', async (_, files, name, message) => {
    const run = async () => readSamples(await openTest(files));
    await expect(run()).rejects.toThrow(expect.objectContaining({ name }));
    await expect(run()).rejects.toThrow(message);
  }); // prettier-ignore

  it('is reported when it has no such split', async () => {
    await expect(openDataset(folder({ 'test/0.tar': good }), 'train')).rejects.toThrow(
      'There is no part "train", only test.',
    );
  });
});

it.each([
  ['s0000001.jpg', ['s0000001', 'jpg']],
  ['a.b/c.d.JPG', ['a.b/c', 'd.jpg']],
  ['.hidden.jpg', undefined],
  ['none', undefined],
])('splits %s at the first dot of the name', (name, parts) => {
  expect(splitKey(name)).toEqual(parts);
});

it.each([
  ['clip-benchmark/wds_imagenet1k', 'wds/imagenet1k'],
  ['wds_vtab-cifar10', 'wds/vtab/cifar10'],
  ['wds_imagenet-a', 'wds/imagenet-a'],
  ['my pictures', 'my pictures'],
])('calls %s %s', (folderName, name) => {
  expect(wdsName(folderName)).toBe(name);
});
