import { describe, expect, it } from 'vitest';
import { readSpot, spotText } from '../../../src/ui/photos/spot';

describe('readSpot', () => {
  it.each([
    ['48.8584,2.2945,10km', 48.8584, 2.2945, 10],
    ['48.8584, 2.2945', 48.8584, 2.2945, 10],
    ['48.8584° N, 2.2945° E', 48.8584, 2.2945, 10],
    ['33.8568 S 151.2153 E 1 km', -33.8568, 151.2153, 1],
    ['−33.8568;−70.5;0.5 KM', -33.8568, -70.5, 0.5],
    ['-90,180,100km', -90, 180, 100],
  ])('%s', (text, latitude, longitude, within) => {
    expect(readSpot(text)).toEqual({ latitude, longitude, within });
  });

  it.each(['', 'Paris', '48.8584', '91,0.1', '10,181', '0,0', '1,2,3', '1,2,3m', '1e3,2', '1,2,,'])(
    '%j is no spot',
    (text) => {
      expect(readSpot(text)).toBeUndefined();
    },
  );

  it('reads what spotText writes', () => {
    const spot = { latitude: -33.856789123, longitude: 0.000004, within: 100 };
    expect(readSpot(spotText(spot))).toEqual({ latitude: -33.85679, longitude: 0, within: 100 });
  });
});
