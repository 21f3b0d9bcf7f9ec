import { expect, it } from 'vitest';
import { drawingSize } from '../../src/image/drawing-size';

it.each([
  [100, 50, 512, 256],
  [1000, 400, 1000, 400],
  [0, 0, 512, 512],
  [20_000, 10, 4096, 2],
  [NaN, 10, 512, 512],
])('%i × %i is drawn at %i × %i', (width, height, drawnWidth, drawnHeight) => {
  expect(drawingSize(width, height)).toEqual({ width: drawnWidth, height: drawnHeight });
});
