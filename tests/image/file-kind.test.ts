import { expect, test } from 'vitest';
import { fileKind, refusedWords } from '../../src/image/file-kind';
import { readFixture } from './fixtures';

function bytes(latin1: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(latin1, (char) => char.charCodeAt(0));
}

test.each([
  ['\xff\xd8\xff\xe0\0\x10JFIF', 'a JPEG picture'],
  ['\x89PNG\r\n\x1a\n', 'a PNG picture'],
  ['GIF89a', 'a GIF picture'],
  ['RIFF\0\0\0\0WEBPVP8 ', 'a WebP picture'],
  ['RIFF\0\0\0\0AVI LIST', 'a video'],
  ['\0\0\0\x1cftypavif', 'an AVIF picture'],
  ['\0\0\0\x18ftypheic', 'a HEIC picture'],
  ['\0\0\0\x18ftypmif1', 'a HEIC picture'],
  ['\0\0\0\x18ftypmp42', 'a video'],
  ['II*\0\x08\0\0\0', "a TIFF picture or a camera's raw file"],
  ['%PDF-1.7', 'a PDF document'],
  ['PK\x03\x04\x14', 'a ZIP archive or an office document'],
  ['BM\x36\xf9\x15\0\0\0\0\0\x36\0\0\0\x28', 'a BMP picture'],
  ['BMW is a maker of cars', 'text'],
  ['hello, this is no picture\n', 'text'],
  ['caf\xc3\xa9', 'text'],
  ['<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">', 'an SVG drawing'],
  ['<!DOCTYPE html><title>404</title>', 'a web page'],
  ['\x07\x01\x02\x03', 'data of no kind that is known here'],
  ['caf\xe9 au lait', 'data of no kind that is known here'],
])('%j is %s', (head, words) => {
  expect(fileKind(bytes(head)).words).toBe(words);
});

test('text that is cut inside a character is still text', () => {
  expect(fileKind(bytes('x'.repeat(1023) + '\xc3\xa9')).words).toBe('text');
});

test('a refused file is said to be cut off, damaged or of another kind', async () => {
  const jpeg = await readFixture('images/photo-480x360.jpg');
  expect(refusedWords(jpeg, true)).toBe('a JPEG picture that is damaged');
  expect(refusedWords(jpeg.subarray(0, -2), true)).toBe('a JPEG picture whose end is missing');
  const png = await readFixture('images/checker-256x256.png');
  expect(refusedWords(png, true)).toBe('a PNG picture that is damaged');
  expect(refusedWords(png.subarray(0, -12), true)).toBe('a PNG picture whose end is missing');
  expect(refusedWords(bytes('GIF89a'), true)).toBe('a GIF picture that is damaged or cut off');
  expect(refusedWords(bytes('RIFF\xff\0\0\0WEBPVP8 '), true)).toBe('a WebP picture whose end is missing');
  const jpegXl = bytes('\xff\x0a\0');
  expect(refusedWords(jpegXl, true)).toBe('a JPEG XL picture that is damaged or cut off');
  expect(refusedWords(jpegXl, false)).toBe('a JPEG XL picture');
  expect(refusedWords(bytes('%PDF-1.7'), false)).toBe('a PDF document');
});
