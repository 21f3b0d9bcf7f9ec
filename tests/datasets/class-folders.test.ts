import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { IMAGENET_NAMES } from '../../src/datasets/known/known-sets';
import { openDataset } from '../../src/datasets/open-dataset';
import { filesOf, readSamples } from './files';

/** Files whose content is their own path. */
const folder = (paths: readonly string[], lists: Readonly<Record<string, string>> = {}, name = 'animals') =>
  filesOf(name, [...paths.map((path) => [path, path] as const), ...Object.entries(lists)]);

it('takes a folder per class, in the order of their names', async () => {
  const dataset = await openDataset(
    folder(['polar_bear/1.jpg', 'Cat/b.PNG', 'Cat/a.webp', 'Cat/x/c.jpeg']),
    'test',
  );
  expect(dataset).toMatchObject({
    name: 'animals',
    task: 'classification',
    classNames: ['Cat', 'polar bear'],
    count: 4,
  });
  expect(dataset.templates).toHaveLength(80);
  const all = [
    ['Cat/a.webp', 0, 'Cat/a.webp'],
    ['Cat/b.PNG', 0, 'Cat/b.PNG'],
    ['Cat/x/c.jpeg', 0, 'Cat/x/c.jpeg'],
    ['polar_bear/1.jpg', 1, 'polar_bear/1.jpg'],
  ];
  expect(await readSamples(dataset)).toEqual(all);
  expect(await readSamples(dataset, '1')).toEqual(all.slice(2));
});

it('takes class names and templates from lists beside them', async () => {
  const lists = {
    'classnames.txt': 'a cat\na bear\n',
    'zeroshot_classification_templates.txt': 'this is {c}\n',
  };
  const dataset = await openDataset(folder(['b/1.jpg', 'a/1.jpg'], lists), 'test');
  expect(dataset).toMatchObject({ classNames: ['a cat', 'a bear'], templates: ['this is {c}'] });
});

it('takes folders that are called as the listed classes for those, whatever their order', async () => {
  const lists = { 'classnames.txt': 'polar bear\ncat\nbird\n' };
  const dataset = await openDataset(folder(['cat/1.jpg', 'polar_bear/1.jpg'], lists), 'test');
  expect(
    (await readSamples(dataset)).map(([key, label]) => [key, dataset.classNames[Number(label)]]),
  ).toEqual([
    ['polar_bear/1.jpg', 'polar bear'],
    ['cat/1.jpg', 'cat'],
  ]);
});

it('passes over what systems leave in folders', async () => {
  const paths = ['a/1.jpg', 'b/1.jpg', 'a/._1.jpg', '__MACOSX/a/._1.jpg', '.thumbnails/1.jpg', 'b/.c/1.jpg'];
  const dataset = await openDataset(folder(paths), 'test');
  expect(dataset).toMatchObject({ classNames: ['a', 'b'], count: 2 });
});

describe('splits', () => {
  const paths = ['train/a/1.jpg', 'train/b/1.jpg', 'val/a/2.jpg', 'val/b/2.jpg'];

  it.each([
    ['test', 'val', ['val/a/2.jpg', 'val/b/2.jpg']],
    ['train', 'train', ['train/a/1.jpg', 'train/b/1.jpg']],
  ])('takes the folder of the part "%s"', async (split, found, expected) => {
    const dataset = await openDataset(folder(paths.map((path) => `images/${path}`)), split);
    expect(dataset.split).toBe(found);
    expect((await readSamples(dataset)).map(([key]) => key)).toEqual(
      expected.map((path) => `images/${path}`),
    );
  });

  it('reports a part that is not there', async () => {
    const opened = openDataset(folder(['train/a/1.jpg', 'train/b/1.jpg']), 'test');
    await expect(opened).rejects.toThrow('There is no part "test", only train.');
  });

  it('gives no pictures twice, as "test" and as "train"', async () => {
    const opened = openDataset(folder(['a/1.jpg', 'b/1.jpg']), 'train');
    await expect(opened).rejects.toThrow('There is no part "train"');
  });
});

describe('known data sets', () => {
  const wordNetIds = Array.from(
    { length: 1000 },
    (_, at) => `n${String(1440764 + at * 10).padStart(8, '0')}`,
  );

  it('has ImageNet’s names as CLIP_benchmark and OpenCLIP have them', () => {
    const sum = createHash('sha256').update(IMAGENET_NAMES.join('\n')).digest('hex');
    expect(sum).toBe('571ae1c583b4be7da87519494c52bf405a46af05d5815627c7a0dee997068b60');
  });

  it('tells ImageNet by its thousand folders', async () => {
    const dataset = await openDataset(folder(wordNetIds.map((id) => `${id}/1.JPEG`).reverse()), 'test');
    expect(dataset.classNames).toEqual(IMAGENET_NAMES);
    expect((await readSamples(dataset))[999]).toEqual([
      `${wordNetIds[999]}/1.JPEG`,
      999,
      `${wordNetIds[999]}/1.JPEG`,
    ]);
  });

  it('takes the folders of ImageNetV2 by number, not in the order of text', async () => {
    const dataset = await openDataset(folder([...Array(1000).keys()].map((n) => `${n}/1.jpeg`)), 'test');
    expect(dataset.classNames).toEqual(IMAGENET_NAMES);
    const samples = await readSamples(dataset);
    expect(samples.slice(9, 12).map(([key, label]) => [key, label])).toEqual([
      ['9/1.jpeg', 9],
      ['10/1.jpeg', 10],
      ['11/1.jpeg', 11],
    ]);
  });

  it('takes other numbers for names, in their order', async () => {
    const dataset = await openDataset(folder(['10/a.png', '9/a.png', '2/a.png'], {}, 'mnist'), 'test');
    expect(dataset.classNames).toEqual(['2', '9', '10']);
    expect(dataset.templates).toEqual(['a photo of the number: "{c}".']);
  });

  it('takes numbers for lines of a list of class names', async () => {
    const dataset = await openDataset(
      folder(['2/a.png', '0/a.png'], { 'classnames.txt': 'a\nb\nc' }),
      'test',
    );
    expect(dataset.classNames).toEqual(['a', 'b', 'c']);
    expect((await readSamples(dataset)).map(([, label]) => label)).toEqual([0, 2]);
  });

  it('tells Country211 by its codes', async () => {
    const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at));
    const codes = letters.flatMap((a) => letters.map((b) => a + b)).slice(0, 211);
    const dataset = await openDataset(folder(codes.map((code) => `test/${code}/1.jpg`)), 'test');
    expect(dataset.classNames.slice(0, 3)).toEqual(['Andorra', 'United Arab Emirates', 'Afghanistan']);
    expect(dataset.templates).toContain('a photo i took in {c}.');
  });
});

describe('folders that are not whole, or unclear', () => {
  it.each([
    [
      'a folder without pictures',
      ['a/1.jpg', 'b/notes.pdf'],
      {},
      'DataSetIncomplete',
      'The folder b has no picture',
    ],
    ['nothing', [], {}, 'DataSetIncomplete', 'animals is empty'],
    ['no picture', ['a/x.pdf'], {}, 'DataSetUnclear', 'none is a picture'],
    ['pictures alone', ['1.jpg', '2.jpg'], {}, 'DataSetUnclear', '2 pictures, and nothing tells'],
    [
      'a picture outside',
      ['a/1.jpg', 'b/1.jpg', '3.jpg'],
      {},
      'DataSetUnclear',
      '3.jpg lies in no class’s folder',
    ],
    [
      'some WordNet ids',
      ['n01440764/1.jpg', 'n02123045/1.jpg'],
      {},
      'DataSetUnclear',
      '2 folders are named by WordNet ids',
    ],
    [
      'too few names',
      ['a/1.jpg', 'b/1.jpg'],
      { 'classnames.txt': 'one\n' },
      'DataSetMalformed',
      '1 names for 2 folders',
    ],
    [
      'a number beyond the names',
      ['0/1.jpg', '7/1.jpg'],
      { 'classnames.txt': 'one\ntwo\n' },
      'DataSetMalformed',
      'the last of them 7',
    ],
    ['one folder', ['a/1.jpg', 'a/2.jpg'], {}, 'DataSetUnclear', 'All pictures lie in the folder a'],
    ['a lone tar', ['0.tar'], {}, 'DataSetIncomplete', '0.tar is a tar without'],
  ] as const)('are reported: %s', async (_, paths, lists, name, message) => {
    const opened = openDataset(folder(paths, lists), 'test');
    await expect(opened).rejects.toThrow(expect.objectContaining({ name }));
    await expect(opened).rejects.toThrow(message);
  });
});
