import { describe, expect, it } from 'vitest';
import { arrivalText, isDrawing, isPicture } from '../../../src/ui/photos/arrivals';

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
