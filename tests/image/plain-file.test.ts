import { expect, test } from 'vitest';
import { hasEnd } from '../../src/image/end-mark';
import { scanEnd } from '../../src/image/jpeg-scan';
import { uprightSize, uprightTransform } from '../../src/image/orientation';
import { joined, plainFile } from '../../src/image/plain-file';
import plainJson from '../fixtures/plain-pictures.json';

/** Written by tools/oracles/plain_pictures.py. */
const { turned, animated, coloured, unmarked } = plainJson;

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

test.each(turned)('takes the orientation out of $name', ({ name, file, orientation }) => {
  const { plain, coloured: kept, ...rest } = plainFile(bytesOf(file));
  expect(rest).toEqual({ orientation, isShownUpright: orientation === 1, hasOtherColours: false });
  for (const pieces of [plain, kept]) {
    const bytes = joined(pieces);
    // XMP stays, which no browser applies.
    expect(plainFile(bytes).orientation).toBe(name.includes('XMP') ? orientation : 1);
    expect(hasEnd(bytes)).toBe(true);
  }
});

test.each(animated)('takes the animation out of $name', ({ file }) => {
  const bytes = bytesOf(file);
  expect(Buffer.from(bytes).includes('acTL')).toBe(true);
  const { plain, coloured: kept, orientation } = plainFile(bytes);
  expect(orientation).toBe(1);
  for (const pieces of [plain, kept]) {
    const made = joined(pieces);
    for (const mark of ['acTL', 'fcTL', 'fdAT']) expect(Buffer.from(made).includes(mark)).toBe(false);
    expect(hasEnd(made)).toBe(true);
  }
});

test.each(coloured)('takes the colours out of $name', ({ name, file, stored, shown }) => {
  const { plain, coloured: kept, hasOtherColours } = plainFile(bytesOf(file));
  expect(hasOtherColours).toBe(JSON.stringify(stored) !== JSON.stringify(shown));
  for (const mark of ['acsp', 'iCCP', 'ICCP', 'gAMA', 'cICP', 'ICC_PROFILE']) {
    expect(Buffer.from(joined(plain)).includes(mark)).toBe(false);
  }
  expect(Buffer.compare(joined(kept), bytesOf(file))).toBe(0);
  expect(joined(plain).length < bytesOf(file).length).toBe(!name.includes('without'));
  expect(hasEnd(joined(plain))).toBe(true);
});

test.each(unmarked)('finds where the data of a JPEG ends: $name', ({ name, file, scanEnd: expected }) => {
  expect(scanEnd(bytesOf(file)) ?? null).toBe(expected);
  expect(hasEnd(bytesOf(file))).toBe(/an end mark|a mark/.test(name));
});

test('takes nothing from a file that is cut off, wherever', async () => {
  for (const { file } of [...turned.slice(0, 2), ...coloured.slice(0, 4)]) {
    const whole = bytesOf(file);
    // The last four bytes of a PNG are a checksum.
    for (let end = 0; end < whole.length - 4; end++) {
      const cut = whole.slice(0, end);
      const { coloured: kept } = plainFile(cut);
      expect(joined(kept).length).toBeLessThanOrEqual(end);
      expect(hasEnd(cut)).not.toBe(true);
      expect(scanEnd(cut) ?? 0).toBeLessThanOrEqual(end);
    }
  }
});

test('a transform turns pixels as Pillow does', () => {
  // JPEG's pixels are not quite those of the others.
  for (const { orientation, width, height, rgb } of turned.filter(({ name }) => !name.startsWith('JPEG'))) {
    const [storedWidth, storedHeight] = uprightSize(width, height, orientation);
    expect(uprightSize(storedWidth, storedHeight, orientation)).toEqual([width, height]);
    const [a, b, c, d, e, f] = uprightTransform(storedWidth, storedHeight, orientation);
    const upright = bytesOf(rgb);
    const stored = bytesOf(turned[0]!.rgb);
    for (let y = 0; y < storedHeight; y++) {
      for (let x = 0; x < storedWidth; x++) {
        // The centre of the pixel.
        const [u, v] = [a * (x + 0.5) + c * (y + 0.5) + e, b * (x + 0.5) + d * (y + 0.5) + f].map(Math.floor);
        const to = (v! * width + u!) * 3;
        const from = (y * storedWidth + x) * 3;
        expect(upright.slice(to, to + 3)).toEqual(stored.slice(from, from + 3));
      }
    }
  }
});
