import { expect, test } from 'vitest';
import { cameraName } from '../../src/library/camera-name';

test.each([
  ['Canon', 'Canon EOS R6', 'Canon EOS R6'],
  ['NIKON CORPORATION', 'NIKON D850', 'NIKON D850'],
  ['NIKON CORPORATION', 'Z 6', 'NIKON Z 6'],
  ['OLYMPUS IMAGING CORP.', 'E-M1  ', 'OLYMPUS E-M1'],
  ['OLYMPUS OPTICAL CO.,LTD', 'C2500L', 'OLYMPUS C2500L'],
  ['RICOH IMAGING COMPANY, LTD.', 'PENTAX K-1', 'RICOH PENTAX K-1'],
  ['RICOH IMAGING COMPANY, LTD.', 'RICOH GR III', 'RICOH GR III'],
  ['EASTMAN KODAK COMPANY', 'KODAK DC240', 'EASTMAN KODAK KODAK DC240'],
  ['Konica Minolta Camera, Inc.', 'DiMAGE A2', 'Konica Minolta DiMAGE A2'],
  ['Leica Camera AG', 'LEICA Q2', 'LEICA Q2'],
  ['Google', 'Pixel 8', 'Google Pixel 8'],
  ['Apple\0\0', ' iPhone\t15 ', 'Apple iPhone 15'],
  ['', 'C-1', 'C-1'],
  ['Lumigraph', '', 'Lumigraph'],
  ['Inc.', '', 'Inc.'],
  ['', '', ''],
])('%j and %j are %j', (make, model, name) => {
  expect(cameraName(make, model)).toBe(name);
});
