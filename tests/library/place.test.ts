import { describe, expect, test } from 'vitest';
import { coordinate, placeOf, writtenCoordinate } from '../../src/library/place';

describe('a coordinate', () => {
  test.each([
    [[33, 51, 36], 'N', 33.86],
    [[33, 51, 36], 's', -33.86],
    [[33.86], 'South latitude', -33.86],
    [[33, 51.6], ' S', -33.86],
    [[-33.86], 'S', -33.86],
  ])('of %j %s', (parts, reference, degrees) => {
    expect(coordinate(parts, reference, 'NS')).toBeCloseTo(degrees, 10);
  });

  test.each([
    ['of no hemisphere', [33, 51, 36], ''],
    ['of a hemisphere of the other axis', [33, 51, 36], 'W'],
    ['whose sign contradicts the hemisphere', [-33.86], 'N'],
    ['with a part that is no number', [33, null, 36], 'N'],
    ['that is not finite', [Infinity], 'N'],
    ['without parts', [], 'N'],
    ['of another type', ['33'], 'N'],
  ])('%s is none', (_, parts, reference) => {
    expect(coordinate(parts, reference, 'NS')).toBeUndefined();
  });

  test.each([
    ['33,51,36S', -33.86],
    ['33,51.6s', -33.86],
    ['33.86N', 33.86],
  ])('as XMP writes it: %s', (written, degrees) => {
    expect(writtenCoordinate(written, 'NS')).toBeCloseTo(degrees, 10);
  });

  test.each(['', '33.86', 'S', '33,,36S', '33,51,36W', 'north'])('is not in %j', (written) => {
    expect(writtenCoordinate(written, 'NS')).toBeUndefined();
  });
});

test('a place lies on the earth, and not where cameras without a position put it', () => {
  expect(placeOf(-90, 180)).toEqual({ latitude: -90, longitude: 180 });
  expect(placeOf(0, 0.1)).toEqual({ latitude: 0, longitude: 0.1 });
  expect(placeOf(0, 0)).toBeUndefined();
  expect(placeOf(90.1, 0)).toBeUndefined();
  expect(placeOf(1, -180.1)).toBeUndefined();
  expect(placeOf(1, undefined)).toBeUndefined();
});
