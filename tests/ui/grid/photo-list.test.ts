import { expect, it } from 'vitest';
import type { Photo } from '../../../src/ui/photos/photo';
import { csvOf, jsonOf } from '../../../src/ui/grid/photo-list';

const plain: Photo = {
  id: 1,
  folder: 0,
  path: 'a.jpg',
  name: 'a.jpg',
  bytes: 12,
  modified: 0,
  size: undefined,
};
const full: Photo = {
  id: 2,
  folder: 1,
  path: 'trip, 2024/b "best".jpg',
  name: 'b "best".jpg',
  bytes: 5,
  modified: 1000,
  key: 'f'.repeat(32),
  size: { width: 4, height: 3 },
  taken: Date.UTC(2024, 4, 31, 18, 2, 11),
  camera: 'Canon EOS R6',
  place: { latitude: -33.5, longitude: 70 },
};

const labels = { accepted: ['beach', 'red car'], rejected: ['dog'], suggested: [] };

it('lists photos as CSV, quoting what needs it', () => {
  const lines = csvOf([
    { photo: plain, cosine: undefined },
    { photo: { ...full, keywords: ['sea', 'two dogs'] }, cosine: 0.31249999, labels },
  ]).split('\r\n');
  expect(lines).toEqual([
    '\uFEFFname,path,cosine,width,height,bytes,modified,taken,camera,latitude,longitude,labels,suggestedLabels,wrongLabels,keywords',
    'a.jpg,a.jpg,,,,12,1970-01-01T00:00:00.000Z,,,,,,,,',
    '"b ""best"".jpg","trip, 2024/b ""best"".jpg",0.3125,4,3,5,1970-01-01T00:00:01.000Z,2024-05-31T18:02:11,Canon EOS R6,-33.5,70,beach; red car,,dog,sea; two dogs',
    '',
  ]);
});

it.each([
  ['=1+1.jpg', `'=1+1.jpg`],
  ['+1.jpg', `'+1.jpg`],
  ['-1.jpg', `'-1.jpg`],
  ['@a.jpg', `'@a.jpg`],
  ['\t=1.jpg', `"'\t=1.jpg"`],
  ['\r=1.jpg', `"'\r=1.jpg"`],
  ['＝1.jpg', `'＝1.jpg`],
  ['=a","b', `"'=a"",""b"`],
  ['a=1.jpg', 'a=1.jpg'],
])('%j is text to a spreadsheet, not a formula', (path, cell) => {
  const camera = path;
  const [, line] = csvOf([{ photo: { ...plain, name: path, path, camera }, cosine: -0.25 }]).split(
    /\r\n(?=['"a])/,
  );
  expect(line).toBe(`${cell},${cell},-0.25,,,12,1970-01-01T00:00:00.000Z,,${cell},,,,,,\r\n`);
});

it('lists them as JSON, leaving out what is not known', () => {
  expect(JSON.parse(jsonOf([{ photo: plain, cosine: undefined }]))).toEqual([
    { name: 'a.jpg', path: 'a.jpg', bytes: 12, modified: '1970-01-01T00:00:00.000Z' },
  ]);
  expect(JSON.parse(jsonOf([{ photo: full, cosine: 0.5, labels }]))).toMatchObject([
    {
      cosine: 0.5,
      labels: ['beach', 'red car'],
      wrongLabels: ['dog'],
      width: 4,
      height: 3,
      taken: '2024-05-31T18:02:11',
      latitude: -33.5,
      longitude: 70,
    },
  ]);
});
