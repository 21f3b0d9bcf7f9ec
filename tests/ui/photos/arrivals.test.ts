import { describe, expect, it } from 'vitest';
import { arrivalText, holdsPicture, isDrawing, isPicture } from '../../../src/ui/photos/arrivals';

it.each([
  ['a.jpg', 'image/jpeg', true],
  ['no-ending', 'image/png', true],
  ['IMG_0001.HEIC', '', true],
  ['drawing.svg', '', true],
  ['notes.txt', 'text/plain', false],
  ['movie.mp4', 'video/mp4', false],
  ['jpg', '', false],
  ['open_clip_model.safetensors', '', false],
  ['tokenizer.json', 'application/json', false],
])('%s (%s) is a picture: %s', (name, type, is) => {
  expect(isPicture(new File(['x'], name, { type }))).toBe(is);
});

describe('what is said', () => {
  it.each([
    [80, 0, 0, 0, 0, 0, '80 photos added'],
    [1, 0, 3, 0, 12, 0, '1 photo added · 3 already here · 12 other files left out'],
    [0, 0, 3, 0, 0, 0, '3 already here'],
    [0, 2, 3, 4, 0, 0, '2 changed · 3 already here · 4 gone'],
    [0, 0, 0, 0, 1, 0, '1 other file left out'],
    [0, 0, 0, 0, 0, 0, '0 photos added'],
    [0, 0, 0, 0, 0, 1, '1 could not be read'],
    [2, 0, 0, 0, 0, 3, '2 photos added · 3 could not be read'],
  ])(
    'of %i new, %i changed, %i known, %i gone, %i other and %i unread files',
    (added, changed, already, gone, others, unread, text) => {
      expect(arrivalText({ added, changed, already, gone, others, unread })).toBe(text);
    },
  );
});

it.each([
  ['a.svg', 'image/svg+xml', true],
  ['a.SVG', '', true],
  ['a.svg.png', 'image/png', false],
])('%s (%s) as a drawing: %s', (name, type, is) => {
  expect(isDrawing(new File(['x'], name, { type }))).toBe(is);
});

it.each([
  ['IMG_0001', '', '\xff\xd8\xff\xe0\0\x10JFIF', true],
  ['photo.jpg_large', '', '\x89PNG\r\n\x1a\n', true],
  ['real.dat', 'application/octet-stream', 'RIFF\x24\0\0\0WEBPVP8 ', true],
  ['IMG_0002', '', '\0\0\0\x18ftypheic\0\0\0\0', true],
  ['notes.txt', 'text/plain', 'GIF89a\x01\0', true],
  ['scan', '', '\xff\x0a\x55', true],
  ['scan.dat', '', 'BM\x36\xf9\x15\0\0\0\0\0\x36\0\0\0\x28', true],
  ['clip.mp4', 'video/mp4', '\xff\xd8\xff', false],
  ['clip', '', '\0\0\0\x18ftypmp42', false],
  ['photo.raw', '', 'II*\0', false],
  ['text', '', 'BMW is a maker of cars', false],
  ['empty', '', '', false],
])('%s (%s) of the bytes %j as a picture: %s', async (name, type, latin1, is) => {
  const bytes = Uint8Array.from(latin1, (char) => char.charCodeAt(0));
  expect(await holdsPicture(new File([bytes], name, { type }))).toBe(is);
});

it('does not know what a file is that cannot be read', async () => {
  const file = new File([], 'IMG_0001');
  const slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotFoundError')) });
  expect(await holdsPicture(Object.assign(file, { slice: slice as unknown as File['slice'] }))).toBe(
    undefined,
  );
});
