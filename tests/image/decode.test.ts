import { afterEach, expect, it, vi } from 'vitest';
import { decodePicture } from '../../src/image/decode';

afterEach(() => void vi.unstubAllGlobals());

/** What a PNG begins and ends with: the signature, a header of this size, and the end mark. */
function pngOf(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(45);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  bytes.set([0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82], 37);
  return bytes;
}

/** Whether the browser's decoder was asked for a picture of this size. */
async function isDecoded(width: number, height: number, deviceMemory?: number): Promise<boolean> {
  let asked = false;
  vi.stubGlobal('navigator', { deviceMemory });
  vi.stubGlobal('createImageBitmap', () => {
    asked = true;
    return Promise.reject(new Error('no decoder here'));
  });
  const name = await decodePicture(pngOf(width, height)).then(
    () => undefined,
    (error: unknown) => (error as Error).name,
  );
  expect(name).toBe(asked ? 'OutOfMemory' : 'PictureTooLarge');
  return asked;
}

it('a picture of too many pixels is refused with both numbers, before a decoder sees it', async () => {
  vi.stubGlobal('navigator', {});
  await expect(decodePicture(pngOf(17_000, 17_000))).rejects.toMatchObject({
    name: 'PictureTooLarge',
    message: expect.stringContaining('17,000 × 17,000 pixels, more than the 268,435,456'),
  });
  expect(await isDecoded(17_000, 17_000)).toBe(false);
  expect(await isDecoded(60_000, 50_000)).toBe(false);
  expect(await isDecoded(16_384, 16_384)).toBe(true);
  // A medium format camera's.
  expect(await isDecoded(14_204, 10_652)).toBe(true);
});

it('a small device takes fewer', async () => {
  expect(await isDecoded(14_204, 10_652, 2)).toBe(false);
  expect(await isDecoded(8_000, 6_000, 2)).toBe(true);
  expect(await isDecoded(17_000, 17_000, 64)).toBe(false);
});
