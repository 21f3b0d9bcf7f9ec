import { describe, expect, test } from 'vitest';
import type { PreprocessSettings } from '../../src/core/preprocess-settings';
import { findAdapter, openDevice } from '../../src/gpu/device';
import { readBack } from '../../src/gpu/compute';
import { premultiply, unpremultiply } from '../../src/image/alpha';
import { frameOf, inputOf, type Frame } from '../../src/image/frame';
import { fit } from '../../src/image/geometry';
import { GpuResize, type ResizeLimits } from '../../src/image/gpu-resize';
import { normalise, preprocessSource } from '../../src/image/preprocess';
import { sourceOf, type Raster } from '../../src/image/raster';
import { differing } from '../image/differing';
import { noisePicture } from '../image/noise-picture';
import { describePreprocess, type Preparation } from '../image/preprocess-suite';
import { rgbx } from '../image/rgbx';
import { readFixture } from './fixture-files';

const adapter = await findAdapter();
if (adapter === undefined) throw new Error('This browser offers no WebGPU adapter');
const { device } = await openDevice(adapter, false);

function frame(picture: Raster, settings: PreprocessSettings): Frame {
  const source = sourceOf(rgbx(picture));
  return frameOf(source, fit(picture.width, picture.height, settings), settings);
}

async function inputOnGpu(
  frames: readonly Frame[],
  settings: PreprocessSettings,
  limits?: ResizeLimits,
): Promise<Float32Array> {
  const gpu = await GpuResize.open(device, settings, limits);
  try {
    const input = await gpu.input(frames, frames.length);
    return new Float32Array(await readBack(device, input));
  } finally {
    gpu.destroy();
  }
}

/** The bytes that the numbers of [3, height, width] stand for. */
async function bytesOnGpu(picture: Raster, settings: PreprocessSettings): Promise<Uint8Array<ArrayBuffer>> {
  const levels = { ...settings, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  const floats = await inputOnGpu([frame(picture, levels)], levels);
  const area = floats.length / 3;
  return Uint8Array.from(
    { length: floats.length },
    (_, i) => floats[(i % 3) * area + Math.floor(i / 3)]! * 255 + 0.5,
  );
}

/** Colours and alpha in turn: pictures have three channels on the GPU. */
async function transparentOnGpu(
  picture: Raster,
  settings: PreprocessSettings,
): Promise<Uint8Array<ArrayBuffer>> {
  const data = premultiply(picture.data);
  const { horizontal, vertical } = fit(picture.width, picture.height, settings);
  const isSame = horizontal.source === horizontal.resized && vertical.source === vertical.resized;
  const { width, height } = picture;
  const colours = await bytesOnGpu(
    { width, height, channels: 4, data: isSame ? picture.data : data },
    settings,
  );
  if (isSame) return colours;
  const alpha = await bytesOnGpu(
    { width, height, channels: 1, data: data.filter((_, i) => i % 4 === 3) },
    { ...settings, fillColor: 255 },
  );
  const rgba = Uint8Array.from({ length: (colours.length / 3) * 4 }, (_, i) =>
    i % 4 === 3 ? alpha[(i >> 2) * 3]! : colours[(i >> 2) * 3 + (i % 4)]!,
  );
  unpremultiply(rgba);
  return rgba.filter((_, i) => i % 4 !== 3);
}

const onGpu: Preparation = {
  preprocess: (picture, settings) =>
    picture.kind === 'transparent' ? transparentOnGpu(picture, settings) : bytesOnGpu(picture, settings),
  normalised: async (picture, settings) => {
    if (picture.kind !== 'transparent') return inputOnGpu([frame(picture, settings)], settings);
    const bytes = await transparentOnGpu(picture, settings);
    return normalise(bytes, 1, ...settings.size, settings.mean, settings.std);
  },
  takesIndices: false,
};

describePreprocess('on WebGPU', onGpu, readFixture);

const plain: PreprocessSettings = {
  size: [32, 48],
  resizeMode: 'longest',
  interpolation: 'bicubic',
  fillColor: 100,
  mean: [0.48, 0.46, 0.41],
  std: [0.27, 0.26, 0.28],
};

/** The same on the CPU. */
function inputOnCpu(pictures: readonly Raster[], settings: PreprocessSettings): Float32Array {
  const bytes = pictures.flatMap((picture) => [...preprocessSource(sourceOf(rgbx(picture)), settings)]);
  return normalise(Uint8Array.from(bytes), pictures.length, ...settings.size, settings.mean, settings.std);
}

const pictures = [
  noisePicture('RGB', 300, 200, 1),
  noisePicture('RGB', 20, 30, 2),
  noisePicture('L', 48, 32, 3),
  noisePicture('RGB', 9, 1000, 4),
];

describe('frames on WebGPU', () => {
  test('of any size share a batch, and a smaller batch follows a larger one', async () => {
    const gpu = await GpuResize.open(device, plain);
    for (const some of [pictures, pictures.slice(2), pictures]) {
      const frames = some.map((picture) => frame(picture, plain));
      const input = await gpu.input(frames, some.length);
      const floats = new Float32Array(await readBack(device, input));
      const expected = inputOnCpu(some, plain);
      expect(differing(floats.subarray(0, expected.length), expected)).toBe(0);
    }
    gpu.destroy();
  });

  test.each([
    ['buffers', { maxStorageBufferBindingSize: 4 * 3 * 32 * 48 * 4 }],
    ['workgroups', { maxComputeWorkgroupsPerDimension: 6 }],
  ])('beyond what the device takes of %s are resized on the CPU', async (_, fewer) => {
    const { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension } = device.limits;
    const all = { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension };
    const frames = pictures.map((picture) => frame(picture, plain));
    const floats = await inputOnGpu(frames, plain, { ...all, ...fewer });
    expect(differing(floats, inputOnCpu(pictures, plain))).toBe(0);
  });

  test('that are too many at once are refused', async () => {
    const fewer = {
      maxBufferSize: 1e5,
      maxStorageBufferBindingSize: 1e5,
      maxComputeWorkgroupsPerDimension: 9,
    };
    const frames = Array.from({ length: 6 }, () => frame(pictures[0]!, plain));
    await expect(inputOnGpu(frames, plain, fewer)).rejects.toMatchObject({ name: 'OutOfMemory' });
  });

  test('with palettes, in the colours that a browser shows, equal the CPU', async () => {
    const squash = { ...plain, resizeMode: 'squash' } as const;
    for (const mode of ['1', 'P']) {
      const { width, height, data, palette } = noisePicture(mode, 70, 55, 8);
      const colours = Uint8Array.from(
        { length: data.length * 3 },
        (_, i) => palette![data[Math.floor(i / 3)]! * 3 + (i % 3)]!,
      );
      const picture: Raster = { width, height, channels: 3, data: colours };
      const floats = await inputOnGpu([frame(picture, squash)], squash);
      expect(differing(floats, inputOnCpu([picture], squash))).toBe(0);
    }
  });
});

test('a frame holds what survives the crop; a picture of 50 megapixels is resized where it was decoded', () => {
  const settings = { ...plain, size: [32, 32], resizeMode: 'shortest' } as const;
  const blank = (width: number, height: number) => ({
    width,
    height,
    channels: 4 as const,
    read: (_left: number, _top: number, columns: number, rows: number) => ({
      data: new Uint8Array(columns * rows * 4).fill(9),
      offset: 0,
      stride: columns * 4,
    }),
  });
  const small = frameOf(blank(2000, 1000), fit(2000, 1000, settings), settings);
  expect(small.data.length).toBeLessThan(1200 * 1000 * 4);
  const large = frameOf(blank(8660, 5774), fit(8660, 5774, settings), settings);
  expect(large.data.length).toBe(32 * 32 * 4);
  expect(new Set(inputOf(large, settings))).toEqual(new Set([9]));
});
