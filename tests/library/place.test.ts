import { describe, expect, test } from 'vitest';
import { coordinate, kilometresBetween, placeOf, writtenCoordinate } from '../../src/library/place';

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

describe('the distance of two places', () => {
  const [paris, london] = [
    { latitude: 48.8566, longitude: 2.3522 },
    { latitude: 51.5074, longitude: -0.1278 },
  ];
  test.each([
    // A quarter and a half of the way around a sphere of 6371.0088 km.
    [{ latitude: 0, longitude: 0 }, { latitude: 90, longitude: 45 }, (Math.PI / 2) * 6371.0088],
    [{ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 180 }, Math.PI * 6371.0088],
    [{ latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 }, (Math.PI / 180) * 6371.0088],
    [paris, paris, 0],
  ])('%j and %j', (a, b, kilometres) => {
    expect(kilometresBetween(a, b)).toBeCloseTo(kilometres, 6);
    expect(kilometresBetween(b, a)).toBeCloseTo(kilometres, 6);
  });

  test('is right within 0.6 % of the ellipsoid’s', () => {
    // One degree of latitude at the equator and at the poles: 110.574 and 111.694 km on WGS 84.
    const degree = (from: number) =>
      kilometresBetween({ latitude: from, longitude: 9 }, { latitude: from + 1, longitude: 9 });
    expect(Math.abs(degree(0) / 110.574 - 1)).toBeLessThan(0.006);
    expect(Math.abs(degree(89) / 111.694 - 1)).toBeLessThan(0.006);
    expect(kilometresBetween(paris, london)).toBeGreaterThan(342);
  });
});
