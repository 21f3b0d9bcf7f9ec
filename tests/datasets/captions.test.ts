import { describe, expect, it } from 'vitest';
import { openDataset } from '../../src/datasets/open-dataset';
import { filesOf, readSamples } from './files';

const open = (files: Readonly<Record<string, string>>, split = 'test') =>
  openDataset(filesOf('pictures', Object.entries(files)), split);

const PICTURES = { 'images/1.jpg': 'one', 'images/2.jpg': 'two' };

it('reads Karpathy’s captions, split at the first ".jpg,"', async () => {
  const dataset = await open({
    ...PICTURES,
    'flickr30k_test_karpathy.txt':
      'image,caption\n2.jpg,A dog, a cat .\n1.jpg,See 3.jpg, he said\n2.jpg, Two more \n\n',
  });
  expect(dataset).toMatchObject({ task: 'retrieval', split: 'test', count: 2, classNames: [] });
  const all = [
    ['2.jpg', ['A dog, a cat .', 'Two more'], 'two'],
    ['1.jpg', ['See 3.jpg, he said'], 'one'],
  ];
  expect(await readSamples(dataset)).toEqual(all);
  expect(await readSamples(dataset, '0')).toEqual(all.slice(1));
});

it('takes one file alone for the part "test", and for the part it names', async () => {
  const files = (name: string) => ({
    [name]: 'image,label\na.jpg,cat\nb.jpg,dog\n',
    'a.jpg': '',
    'b.jpg': '',
  });
  await expect(open(files('labels.csv'))).resolves.toMatchObject({ split: 'test', count: 2 });
  await expect(open(files('labels_train.csv'), 'train')).resolves.toMatchObject({ split: 'train', count: 2 });
  await expect(open(files('labels.csv'), 'train')).rejects.toMatchObject({
    name: 'DataSetIncomplete',
    message: 'There is no part "train": labels.csv does not name it.',
  });
});

it('takes of several files of captions the one that names the split', async () => {
  const files = {
    ...PICTURES,
    'flickr_test_karpathy.txt': 'image,caption\n1.jpg,test\n',
    'flickr_val_karpathy.txt': 'image,caption\n2.jpg,val\n',
  };
  expect(await readSamples(await open(files))).toEqual([['1.jpg', ['test'], 'one']]);
  expect(await readSamples(await open(files, 'val'))).toEqual([['2.jpg', ['val'], 'two']]);
  await expect(open(files, 'train')).rejects.toThrow('Several files tell what the pictures show');
});

it('keeps other separators in a caption of Karpathy’s, which end no line in Python’s files', async () => {
  const dataset = await open({ ...PICTURES, 'a.txt': 'image,caption\n1.jpg,one\u2028two\u0085three\f4\r\n' });
  expect((await readSamples(dataset))[0]![1]).toEqual(['one\u2028two\u0085three\f4']);
});

it.each(['File Name;Caption', 'img;sentence', 'image_filename;text', 'Image Path;title'])(
  'knows the columns %s',
  async (heading) => {
    const dataset = await open({ ...PICTURES, 'a.csv': `${heading}\n1.jpg;one, two\n` });
    expect((await readSamples(dataset))[0]!.slice(0, 2)).toEqual(['1.jpg', ['one, two']]);
  },
);

it('reads COCO’s captions: pictures by ascending id, captions in the order of the file', async () => {
  const coco = {
    images: [
      { id: 20, file_name: '2.jpg' },
      { id: 3, file_name: '1.jpg' },
      { id: 4, file_name: 'none.jpg' },
    ],
    annotations: [
      { id: 9, image_id: 3, caption: 'b' },
      { id: 1, image_id: 20, caption: 'c' },
      { id: 2, image_id: 3, caption: 'a' },
    ],
  };
  const dataset = await open({ ...PICTURES, 'coco_test_karpathy.json': JSON.stringify(coco) });
  expect(await readSamples(dataset)).toEqual([
    ['1.jpg', ['b', 'a'], 'one'],
    ['2.jpg', ['c'], 'two'],
  ]);
});

it('reads a text beside each picture, a caption a line', async () => {
  const dataset = await open({ 'b.jpg': 'B', 'b.txt': 'second\nagain\n', 'a.png': 'A', 'a.txt': 'first' });
  const all = [
    ['a.png', ['first'], 'A'],
    ['b.jpg', ['second', 'again'], 'B'],
  ];
  expect(await readSamples(dataset)).toEqual(all);
  expect(await readSamples(dataset, '0')).toEqual(all.slice(1));
});

it.each([
  ['commas', 'images.csv', 'image,caption\n1.jpg,"One, a ""first"""\n2.jpg,Two\n1.jpg,Again\n'],
  [
    'tabs, as OpenCLIP’s training',
    'train.tsv',
    'filepath\ttitle\nimages/1.jpg\tOne, a "first"\nimages/2.jpg\tTwo\nimages/1.jpg\tAgain\n',
  ],
  [
    'bars',
    'results.csv',
    'image_name| comment_number| comment\n1.jpg| 0| One, a "first"\n2.jpg| 0| Two\n1.jpg| 1| Again\n',
  ],
])('reads captions in CSV, between %s', async (_, name, text) => {
  const dataset = await open({ ...PICTURES, [name]: text });
  expect(dataset.task).toBe('retrieval');
  expect((await readSamples(dataset)).map(([, captions, picture]) => [captions, picture])).toEqual([
    [['One, a "first"', 'Again'], 'one'],
    [['Two'], 'two'],
  ]);
});

describe('classes in CSV', () => {
  it('are in the order of their names', async () => {
    const dataset = await open({
      ...PICTURES,
      'labels.csv': 'filename,label\n1.jpg,polar_bear\n2.jpg,cat\n',
    });
    expect(dataset).toMatchObject({ task: 'classification', classNames: ['cat', 'polar bear'] });
    expect(await readSamples(dataset)).toEqual([
      ['1.jpg', 1, 'one'],
      ['2.jpg', 0, 'two'],
    ]);
  });

  it('may be numbers of a list of names', async () => {
    const files = { ...PICTURES, 'classnames.txt': 'cat\ndog\n' };
    const dataset = await open({ ...files, 'labels.csv': 'file,class\n1.jpg,1\n2.jpg,cat\n' });
    expect((await readSamples(dataset)).map(([, label]) => label)).toEqual([1, 0]);
    await expect(open({ ...files, 'labels.csv': 'file,class\n1.jpg,2\n' })).rejects.toThrow(
      '"2" is none of the 2 classes',
    );
  });
});

it('tells of a picture that is listed and not there when it is read', async () => {
  const dataset = await open({ ...PICTURES, 'c.csv': 'image,caption\n1.jpg,a\n9.jpg,b\n' });
  expect((await readSamples(dataset)).map(([, , picture]) => picture)).toEqual([
    'one',
    'FileUnreadable: 9.jpg is listed, but not in the folder.',
  ]);
});

it('finds no picture by a name that stands in two folders', async () => {
  const dataset = await open({
    'x/1.jpg': 'x',
    'y/1.jpg': 'y',
    'x/2.jpg': '2',
    'c.csv': 'image,caption\nx/1.jpg,a\n1.jpg,b\n',
  });
  expect((await readSamples(dataset)).map(([, , picture]) => picture)).toEqual([
    'x',
    'FileUnreadable: 1.jpg is listed, but not in the folder.',
  ]);
});

it('does not take lists and other texts for captions', async () => {
  const dataset = await open({
    'a/1.jpg': 'a',
    'b/1.jpg': 'b',
    'README.txt': 'image, caption\n',
    'notes.txt': 'one\ntwo.jpg, three\n',
    'info.json': '{"images": 2}',
    'sizes.csv': 'file,bytes\na/1.jpg,1\n',
  });
  expect(dataset.task).toBe('classification');
});

describe('captions that are wrong, or unclear', () => {
  const HEAD = 'image,caption\n';
  it.each([
    [
      'two files of captions',
      {
        'a.csv': `${HEAD}1.jpg,x\n`,
        'b.json': '{"images":[{"id":1,"file_name":"1.jpg"}],"annotations":[{"image_id":1,"caption":"x"}]}',
      },
      'DataSetUnclear',
      'a.csv, b.json',
    ],
    [
      'a file of captions and texts beside',
      { 'a.csv': `${HEAD}1.jpg,x\n`, 'images/1.txt': 'x' },
      'DataSetUnclear',
      'images/1.txt',
    ],
    [
      'none of the pictures',
      { 'a.csv': `${HEAD}8.jpg,x\n9.jpg,y\n` },
      'DataSetIncomplete',
      '2 pictures, such as 8.jpg',
    ],
    [
      'a line without a picture',
      { 'a.txt': `${HEAD}1.jpg,x\nnothing\n` },
      'DataSetMalformed',
      'line 3 has no ".jpg,"',
    ],
    [
      'a row without a caption',
      { 'a.csv': `${HEAD}1.jpg,x\n2.jpg,\n` },
      'DataSetMalformed',
      'row 3 has no caption',
    ],
    [
      'a caption with commas and no quotes',
      { 'a.csv': `${HEAD}1.jpg,x\n2.jpg,y, and z\n` },
      'DataSetMalformed',
      'row 3 has 3 fields and the heading 2',
    ],
    [
      'a quote without an end',
      { 'a.csv': `${HEAD}1.jpg,x\n2.jpg,"y\n3.jpg,z\n` },
      'DataSetMalformed',
      'a quote in row 3 is never closed',
    ],
    [
      'two classes of a picture',
      { 'a.csv': 'image,label\n1.jpg,cat\n1.jpg,dog\n' },
      'DataSetMalformed',
      'row 3 says that 1.jpg is "dog", and one before it "cat"',
    ],
    [
      'a caption of an unlisted picture',
      { 'a.json': '{"images":[{"id":1,"file_name":"1.jpg"}],"annotations":[{"image_id":2,"caption":"x"}]}' },
      'DataSetMalformed',
      'annotation 0 has no caption, or is of picture 2',
    ],
  ] as const)('are reported: %s', async (_, files, name, message) => {
    const opened = open({ ...PICTURES, ...files });
    await expect(opened).rejects.toThrow(expect.objectContaining({ name }));
    await expect(opened).rejects.toThrow(message);
  });

  it('are reported: an empty text beside a picture', async () => {
    const read = async () => readSamples(await open({ 'a.jpg': 'a', 'a.txt': ' \n' }));
    await expect(read()).rejects.toThrow('a.txt holds no caption');
  });
});
