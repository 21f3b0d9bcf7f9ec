import type { Raster } from '../../src/image/raster';

/** Bytes 0 to `count` of the pseudo-random sequence that extra-cases.py draws its pictures with. */
export function noise(count: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => {
    let x = Math.imul(i + seed, 0x9e3779b1);
    x ^= x >>> 15;
    x = Math.imul(x, 0x85ebca77);
    x ^= x >>> 13;
    return x >>> 24;
  });
}

/** The picture that extra-cases.py makes, as a raster of the kind that its Pillow mode asks for. */
export function noisePicture(mode: string, width: number, height: number, seed: number): Raster {
  const pixels = (channels: number): Uint8Array => noise(width * height * channels, seed);
  switch (mode) {
    case 'RGB':
      return { width, height, channels: 3, data: pixels(3) };
    case 'L':
      return { width, height, channels: 1, data: pixels(1) };
    case 'RGBA':
      return { width, height, channels: 4, kind: 'transparent', data: pixels(4) };
    case 'LA': {
      const greyAlpha = pixels(2);
      const data = Uint8Array.from(
        { length: width * height * 4 },
        (_, i) => greyAlpha[(i >> 2) * 2 + Number(i % 4 === 3)]!,
      );
      return { width, height, channels: 4, kind: 'transparent', data };
    }
    case 'P':
      return { width, height, channels: 1, kind: 'indexed', palette: noise(768, seed + 1), data: pixels(1) };
    case '1': {
      const palette = new Uint8Array(768).fill(255, 3);
      return {
        width,
        height,
        channels: 1,
        kind: 'indexed',
        palette,
        data: pixels(1).map((level) => level >> 7),
      };
    }
    default:
      throw new Error(`no picture of mode ${mode}`);
  }
}
