import { decode, type DecodedPng } from 'fast-png';
import type { Raster } from '../../src/image/raster';
import { BILEVEL, paletteFrom } from './palette';

/** A PNG file as a raster of Pillow's mode for it. */
export function pngPicture(file: Uint8Array, mode: string): Raster {
  const png = decode(file);
  const { width, height } = png;
  const data = samples(png);
  switch (mode) {
    case '1':
      return { width, height, channels: 1, kind: 'indexed', palette: BILEVEL, data };
    case 'P':
      return { width, height, channels: 1, kind: 'indexed', palette: paletteFrom(png.palette ?? []), data };
    case 'L':
      return { width, height, channels: 1, data: levels(data, png.depth) };
    case 'RGB':
      return { width, height, channels: 3, data };
    case 'LA':
      return { width, height, channels: 4, kind: 'transparent', data: greyAlphaToRgba(data) };
    case 'RGBA': {
      // Pillow reads 16-bit grey with alpha as this.
      const rgba = png.channels === 2 ? greyAlphaToRgba(data) : data;
      return { width, height, channels: 4, kind: 'transparent', data: rgba };
    }
    default:
      throw new Error(`no rule for Pillow's mode ${mode}`);
  }
}

/**
 * One byte per sample. fast-png leaves 1-, 2- and 4-bit samples packed, with rows byte-aligned; of 16 bits Pillow takes
 * the upper 8.
 */
function samples({ data, width, height, channels, depth }: DecodedPng): Uint8Array {
  if (depth === 16) return Uint8Array.from(data, (value) => value >> 8);
  if (depth === 8) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const rowSamples = width * channels;
  const rowBytes = Math.ceil((rowSamples * depth) / 8);
  const out = new Uint8Array(rowSamples * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < rowSamples; x++) {
      const bit = x * depth;
      const byte = data[y * rowBytes + (bit >> 3)] ?? 0;
      out[y * rowSamples + x] = (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }
  }
  return out;
}

/** Grey samples as levels from 0 to 255. */
function levels(data: Uint8Array, depth: number): Uint8Array {
  return depth < 8 ? data.map((sample) => (sample * 255) / ((1 << depth) - 1)) : data;
}

function greyAlphaToRgba(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length * 2);
  for (let i = 0; i < data.length; i += 2) {
    out.fill(data[i]!, i * 2, i * 2 + 3);
    out[i * 2 + 3] = data[i + 1]!;
  }
  return out;
}
