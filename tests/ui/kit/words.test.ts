import { describe, expect, it } from 'vitest';
import {
  bytesOfText,
  bytesText,
  countText,
  indexingText,
  percentText,
  placeText,
  plural,
  rateText,
  scoreText,
  timeLeftText,
  weightsText,
} from '../../../src/ui/kit/words';

const TABLE: readonly [string, () => string, string][] = [
  ['a count', () => countText(5310), '5,310'],
  ['one thing', () => plural(1, 'photo'), '1 photo'],
  ['no thing', () => plural(0, 'photo'), '0 photos'],
  ['many things', () => plural(1204, 'photo'), '1,204 photos'],
  ['a cosine', () => scoreText(0.31249), '0.312'],
  ['a cosine below zero', () => scoreText(-0.02), '-0.020'],
  ['a cosine of almost nothing below zero', () => scoreText(-0.0001), '0.000'],
  ['a place', () => placeText({ latitude: 48.85837, longitude: 2.294481 }), '48.8584° N, 2.2945° E'],
  ['a far place', () => placeText({ latitude: -33.9, longitude: -70.05 }), '33.9000° S, 70.0500° W'],
  ['a share', () => percentText(0.97349), '97.3%'],
  ['the whole', () => percentText(1), '100.0%'],
  ['few bytes', () => bytesText(512), '512 bytes'],
  ['a small file', () => bytesText(5256), '5.3 kB'],
  ['a model', () => bytesText(5_700_756), '5.7 MB'],
  ['a large model', () => bytesText(605_157_884), '605 MB'],
  ['just under the next unit', () => bytesText(999_600), '1.0 MB'],
  ['gigabytes', () => bytesText(3_944_552_236), '3.9 GB'],
  ['a part of a file', () => bytesOfText(312_400_000, 605_157_884), '312 of 605 MB'],
  ['a small part of a large file', () => bytesOfText(312_400_000, 3_944_552_236), '0.3 of 3.9 GB'],
  ['nothing of a file', () => bytesOfText(0, 605_157_884), '0 of 605 MB'],
  ['few weights', () => weightsText(2_850_000), '2.9 M'],
  ['many weights', () => weightsText(151_280_000), '151 M'],
  ['very many weights', () => weightsText(2_539_570_000), '2.5 B'],
  ['a fast rate', () => rateText(41.2), '41 photos/s'],
  ['a middling rate', () => rateText(5.64), '5.6 photos/s'],
  ['a slow rate', () => rateText(0.2), '12 photos a minute'],
  ['a very slow rate', () => rateText(0.001), '1 photo a minute'],
  ['hardly any time', () => timeLeftText(3), 'a few seconds'],
  ['a dozen seconds', () => timeLeftText(11.4), 'about 12 seconds'],
  ['some seconds', () => timeLeftText(32), 'about 40 seconds'],
  ['a minute', () => timeLeftText(58), 'about 1 minute'],
  ['minutes', () => timeLeftText(118), 'about 2 minutes'],
  ['hours', () => timeLeftText(7300), 'about 2 hours'],
];

describe('numbers in words', () => {
  it.each(TABLE)('%s', (_, said, words) => {
    expect(said()).toBe(words);
  });
});

describe('indexingText', () => {
  const work = { phase: 'running', done: 1204, total: 5310, rate: 41.2, secondsLeft: 99.7 };

  it('says how far, how fast and how long', () => {
    expect(indexingText(work)).toBe('Indexing 1,204 of 5,310 · 41 photos/s · about 2 minutes');
  });

  it('leaves out what is not known yet', () => {
    expect(indexingText({ ...work, rate: undefined, secondsLeft: undefined })).toBe(
      'Indexing 1,204 of 5,310',
    );
  });

  it('promises no end while more photos are being found', () => {
    expect(indexingText({ ...work, isGrowing: true })).toBe('Indexing 1,204 of 5,310 so far · 41 photos/s');
    expect(indexingText({ ...work, phase: 'paused', isGrowing: true })).toBe(
      'Paused at 1,204 of 5,310 so far',
    );
  });

  it('says that it is paused', () => {
    expect(indexingText({ ...work, phase: 'paused' })).toBe('Paused at 1,204 of 5,310');
  });
});
