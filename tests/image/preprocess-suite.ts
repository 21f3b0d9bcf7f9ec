import { describe, expect, test } from 'vitest';
import type { Interpolation, PreprocessSettings, ResizeMode } from '../../src/core/preprocess-settings';
import type { Raster } from '../../src/image/raster';
import { fixturePicture, fixtureSettings } from '../../tools/conformance/fixture-picture';
import type { FixtureCase, ReadFixture } from '../../tools/conformance/fixture-picture';
import extraJson from '../fixtures/preprocess/extra-cases.json';
import { differing } from './differing';
import { index } from './fixture-index';
import { noisePicture } from './noise-picture';
import { sha256 } from './sha256';

interface ExtraCase {
  readonly mode: string;
  readonly width: number;
  readonly height: number;
  readonly seed: number;
  readonly size: number | [number, number];
  readonly resize_mode: ResizeMode;
  readonly interpolation: Interpolation;
  readonly fill_color: number;
  readonly sha256: string;
}

const extras = (extraJson as unknown as { readonly cases: readonly ExtraCase[] }).cases;

/** What prepares pictures: `preprocess` and `normalise`, or a twin of them. */
export interface Preparation {
  /** RGB bytes, `[height, width, 3]`. */
  preprocess(
    picture: Raster,
    settings: PreprocessSettings,
  ): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
  /** float32, `[3, height, width]`. */
  normalised(picture: Raster, settings: PreprocessSettings): Float32Array | Promise<Float32Array>;
  /** Whether it resizes palette indices, which no decoder gives. */
  readonly takesIndices: boolean;
}

export function titleOf(entry: FixtureCase): string {
  const { image, variant, resize_mode, interpolation, size } = entry;
  return `${image} ${variant} ${resize_mode} ${interpolation} ${String(size)}`;
}

/** What every preparation must give, to the bit. */
export function describePreprocess(
  name: string,
  { preprocess, normalised, takesIndices }: Preparation,
  read: ReadFixture,
): void {
  const required = index.cases.filter((entry) => !entry.excused);
  const taken = required.filter(
    ({ image, variant }) =>
      takesIndices || variant === 'rgb_first' || !['1', 'P'].includes(index.images[image]!.pil_mode),
  );
  const takenExtras = extras.filter(({ mode }) => takesIndices || !['1', 'P'].includes(mode));

  describe(`OpenCLIP fixtures ${name}`, () => {
    test('the index holds the cases it should', () => {
      expect([required.length, index.cases.length - required.length]).toEqual([87, 4]);
      expect([taken.length, takenExtras.length]).toEqual(takesIndices ? [87, extras.length] : [79, 22]);
    });

    test.each(taken.map((entry) => [titleOf(entry), entry] as const))(
      'equals the reference: %s',
      async (_, entry) => {
        const picture = await fixturePicture(index, entry, read);
        const bytes = await preprocess(picture, fixtureSettings(index, entry));
        expect(await sha256(bytes)).toBe(entry.sha256);
      },
    );

    test.each(taken.filter((entry) => entry.normalised).map((entry) => [titleOf(entry), entry] as const))(
      "normalises to the reference's floats: %s",
      async (_, entry) => {
        const { file, mean, std } = entry.normalised!;
        const picture = await fixturePicture(index, entry, read);
        const floats = await normalised(picture, { ...fixtureSettings(index, entry), mean, std });
        const expected = new Float32Array((await read(file)).buffer);
        expect(differing(floats, expected)).toBe(0);
      },
    );
  });

  describe(`OpenCLIP on odd sizes, fills and Pillow modes ${name}`, () => {
    for (const entry of takenExtras) {
      const { mode, width, height, seed, size, resize_mode, interpolation, fill_color } = entry;
      test(`${mode} ${width}x${height} ${resize_mode} ${interpolation} ${String(size)} fill ${fill_color}`, async () => {
        const bytes = await preprocess(noisePicture(mode, width, height, seed), {
          size: typeof size === 'number' ? [size, size] : size,
          resizeMode: resize_mode,
          interpolation,
          fillColor: fill_color,
          mean: [0.5, 0.5, 0.5],
          std: [0.5, 0.5, 0.5],
        });
        expect(await sha256(bytes)).toBe(entry.sha256);
      });
    }
  });
}
