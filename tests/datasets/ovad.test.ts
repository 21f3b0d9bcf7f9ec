import { describe, expect, it } from 'vitest';
import { openDataset } from '../../src/datasets/open-dataset';
import { promptsOf } from '../../src/datasets/ovad';
import { filesOf } from './files';

const ANNOTATIONS = {
  images: [
    { id: 7, file_name: '000007.jpg' },
    { id: 8, file_name: '000008.jpg' },
  ],
  attributes: [
    { id: 1, name: 'maturity:young/baby', is_has_att: 'is', freq_set: 'tail' },
    { id: 0, name: 'color tone:bright', is_has_att: 'has', freq_set: 'head' },
  ],
  annotations: [
    { id: 1, image_id: 7, bbox: [10.9, 20.2, 30.7, 40.99], area: 900.5, att_vec: [1, -1] },
    { id: 2, image_id: 8, bbox: [0, 0, 5, 5], area: 49.9, att_vec: [0, 0] },
    { id: 3, image_id: 7, bbox: [0, 0, 8, 9], area: 50, att_vec: [0, 1] },
  ],
};

const open = (annotations: unknown = ANNOTATIONS, pictures = ['val2017/000007.jpg']) =>
  openDataset(
    filesOf('ovad', [
      ['ovad2000.json', typeof annotations === 'string' ? annotations : JSON.stringify(annotations)],
      ...pictures.map((path) => [path, path] as const),
    ]),
    'test',
  );

it('gives the boxes of 50 pixels and more, in whole pixels, with their labels', async () => {
  const dataset = await open();
  expect(dataset).toMatchObject({
    task: 'attributes',
    count: 2,
    preprocess: { resizeMode: 'squash', interpolation: 'bilinear' },
  });
  const samples = [];
  for await (const { key, box, answer } of dataset.samples()) samples.push({ key, box, answer });
  expect(samples).toEqual([
    { key: '000007.jpg box 1', box: { left: 10, top: 20, width: 30, height: 40 }, answer: [1, -1] },
    { key: '000007.jpg box 3', box: { left: 0, top: 0, width: 8, height: 9 }, answer: [0, 1] },
  ]);
});

it('has the attributes in the order of their ids, with the texts of prompt "a"', async () => {
  const { attributes } = await open();
  expect(attributes?.map(({ name, frequency }) => [name, frequency])).toEqual([
    ['color tone:bright', 'head'],
    ['maturity:young/baby', 'tail'],
  ]);
  expect(attributes?.[0]?.texts).toEqual(['a bright color', 'a  has bright color']);
  expect(attributes?.[1]?.texts.filter((_, at) => at % 2 === 1)).toEqual(
    ['young', 'baby', 'kid', 'kids', 'child', 'toddler', 'boy', 'girl'].map((word) => `a  is ${word}`),
  );
});

it.each([
  ['clean', 'cleanliness', false, ['a clean', 'a  is clean']],
  ['red', 'hair color tone', true, ['a red hair color', 'a  has red hair color']],
])('says of %s', (attribute, type, has, texts) => {
  expect(promptsOf(attribute, type, has)).toEqual(texts);
});

describe('annotations that are not whole, or wrong', () => {
  const [first] = ANNOTATIONS.annotations;
  const withFirst = (change: object) => ({ ...ANNOTATIONS, annotations: [{ ...first, ...change }] });
  it.each([
    ['no JSON', '{"images": [', 'DataSetMalformed', 'no JSON'],
    ['no list', { ...ANNOTATIONS, attributes: undefined }, 'DataSetMalformed', 'no list "attributes"'],
    ['too few labels', withFirst({ att_vec: [1] }), 'DataSetMalformed', 'not 2 labels'],
    ['another label', withFirst({ att_vec: [1, 2] }), 'DataSetMalformed', 'not 2 labels'],
    [
      'another frequency',
      { ...ANNOTATIONS, attributes: ANNOTATIONS.attributes.map((one) => ({ ...one, freq_set: 'rare' })) },
      'DataSetMalformed',
      'is "rare", none of head, medium and tail',
    ],
    [
      'an unlisted picture',
      withFirst({ image_id: 99 }),
      'DataSetMalformed',
      'annotation 1 has no listed picture',
    ],
    ['no box', withFirst({ bbox: [0, 0, 0.9, 5] }), 'DataSetMalformed', 'annotation 1 has no box'],
  ] as const)('are reported: %s', async (_, annotations, name, message) => {
    const opened = open(annotations);
    await expect(opened).rejects.toThrow(expect.objectContaining({ name }));
    await expect(opened).rejects.toThrow(message);
  });

  it('are reported: no picture', async () => {
    await expect(open(ANNOTATIONS, ['other.jpg'])).rejects.toThrow(
      '2 pictures, such as 000007.jpg, and none',
    );
  });
});
