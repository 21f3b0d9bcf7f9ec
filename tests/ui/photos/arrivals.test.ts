import { describe, expect, it } from 'vitest';
import { arrivalText, isPicture } from '../../../src/ui/photos/arrivals';

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
    [80, 0, 0, 0, 0, '80 photos added'],
    [1, 0, 3, 0, 12, '1 photo added · 3 already here · 12 other files left out'],
    [0, 0, 3, 0, 0, '3 already here'],
    [0, 2, 3, 4, 0, '2 changed · 3 already here · 4 gone'],
    [0, 0, 0, 0, 1, '1 other file left out'],
    [0, 0, 0, 0, 0, '0 photos added'],
  ])(
    'of %i new, %i changed, %i known, %i gone and %i other files',
    (added, changed, already, gone, others, text) => {
      expect(arrivalText({ added, changed, already, gone, others })).toBe(text);
    },
  );
});
