import { describe, expect, it } from 'vitest';
import { rasteriseSvg } from '../../../src/ui/photos/rasterise-svg';

function svg(attributes: string): File {
  const shapes = '<rect width="30" height="20" fill="#ff0000"/><rect width="15" height="20" fill="#0000ff"/>';
  const text = `<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${shapes}</svg>`;
  return new File([text], 'drawing.svg', { type: 'image/svg+xml' });
}

/** The drawing's size, and its colours a tenth in from the left and the right edge. */
async function drawn(file: File) {
  const png = await rasteriseSvg(file);
  expect(png.type).toBe('image/png');
  const bitmap = await createImageBitmap(png);
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  const colour = (x: number) => [
    ...context.getImageData(Math.floor(x * width), Math.floor(height / 2), 1, 1).data,
  ];
  return { size: [width, height], left: colour(0.1), right: colour(0.9) };
}

const BLUE = [0, 0, 255, 255];
const RED = [255, 0, 0, 255];

describe('rasteriseSvg', () => {
  it.each([
    ['a small size of its own', 'width="30" height="20"', [512, 341]],
    ['a large size of its own', 'width="900" height="600" viewBox="0 0 30 20"', [900, 600]],
    ['no size but a view box', 'viewBox="0 0 30 20"', [512, 341]],
    ['a size in parts of the page', 'width="100%" height="100%" viewBox="0 0 30 20"', [512, 341]],
  ])('draws a drawing with %s', async (_, attributes, size) => {
    expect(await drawn(svg(attributes))).toEqual({ size, left: BLUE, right: RED });
  });

  it('draws a drawing with neither size nor view box as a square', async () => {
    expect((await drawn(svg(''))).size).toEqual([512, 512]);
  });

  it.each([
    ['is no SVG', '<html></html>'],
    ['is cut short', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect'],
    ['is no markup at all', 'hello'],
  ])('refuses a file that %s', async (_, text) => {
    const file = new File([text], 'bad.svg', { type: 'image/svg+xml' });
    await expect(rasteriseSvg(file)).rejects.toMatchObject({ name: 'PictureUnreadable' });
  });

  it('refuses an empty file', async () => {
    await expect(rasteriseSvg(new File([], 'empty.svg'))).rejects.toMatchObject({ name: 'PictureEmpty' });
  });
});
