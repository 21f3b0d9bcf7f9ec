import { describe, expect, it } from 'vitest';
import { drawingSize, isSvg } from '../../../src/ui/photos/rasterise-svg';

describe('drawings', () => {
  it.each([
    [100, 50, 512, 256],
    [1000, 400, 1000, 400],
    [0, 0, 512, 512],
    [20_000, 10, 4096, 2],
    [NaN, 10, 512, 512],
  ])('%i × %i is drawn at %i × %i', (width, height, drawnWidth, drawnHeight) => {
    expect(drawingSize(width, height)).toEqual({ width: drawnWidth, height: drawnHeight });
  });

  it.each([
    ['a.svg', 'image/svg+xml', true],
    ['a.SVG', '', true],
    ['a.svg.png', 'image/png', false],
  ])('%s (%s)', (name, type, svg) => {
    expect(isSvg(new File(['x'], name, { type }))).toBe(svg);
  });
});
