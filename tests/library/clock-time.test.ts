import { expect, test } from 'vitest';
import { clockTime } from '../../src/library/clock-time';

const NOON = Date.UTC(2024, 1, 29, 12, 5, 9);

test.each([
  ['2024:02:29 12:05:09', NOON],
  ['2024-02-29T12:05:09.75+02:00', NOON],
  ['2024-02-29T12:05:09Z', NOON],
  ['20240229 120509+0200', NOON],
  [' 2024:02:29 12:05:09 ', NOON],
  ['2024-02-29T12:05+02:00', NOON - 9000],
  ['2024.02.29 12.05.09', NOON],
  ['2024 02 29,12-05-09', NOON],
  ['2024:02:29 12:05-03:30', NOON - 9000],
  ['2024:02:29', Date.UTC(2024, 1, 29)],
  ['20240229 ', Date.UTC(2024, 1, 29)],
])('%j is that time by the clock of the camera', (written, time) => {
  expect(clockTime(written)).toBe(time);
});

test.each([
  '',
  ' ',
  '2024',
  '2024:02',
  '2023:02:29',
  '2024:02:29 25:00:00',
  '12:05:09',
  '202402299',
  'yesterday',
])('%j is no date', (written) => {
  expect(clockTime(written)).toBeUndefined();
});
