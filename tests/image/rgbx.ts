import type { Raster } from '../../src/image/raster';

/** A raster without transparency, with a fourth byte a pixel that must not be looked at. */
export function rgbx({ width, height, channels, data }: Raster): Raster {
  const colour = (pixel: number, channel: number) => data[pixel * channels + (channels === 1 ? 0 : channel)]!;
  const out = Uint8Array.from({ length: width * height * 4 }, (_, i) =>
    i % 4 === 3 ? i * 7 : colour(i >> 2, i % 4),
  );
  return { width, height, channels: 4, data: out };
}
