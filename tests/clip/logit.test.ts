import { expect, it } from 'vitest';
import { readLogit } from '../../src/clip/logit';
import { bufferSource } from '../../src/formats/byte-source';

/** A checkpoint's `logit_scale` and `logit_bias` in fp32. */
function read(scale: number, bias?: number) {
  const values = Float32Array.of(scale, bias ?? 0);
  const info = (name: string, at: number) =>
    ({ name, dtype: 'F32', shape: [], start: 4 * at, end: 4 * at + 4 }) as const;
  return readLogit(bufferSource(values.buffer), {
    logitScale: info('logit_scale', 0),
    logitBias: bias === undefined ? undefined : info('logit_bias', 1),
  });
}

it.each([
  // Where OpenCLIP starts and stops, and where SigLIP starts.
  [Math.log(1 / 0.07), undefined],
  [Math.log(100), undefined],
  [Math.log(10), -10],
])('a scale of %f with the bias %d is of a trained model', async (scale, bias) => {
  const { logitScale, logitBias } = await read(scale, bias);
  expect(logitScale / Math.exp(scale)).toBeCloseTo(1, 5);
  if (bias === undefined) expect(logitBias).toBeNull();
  else expect(logitBias).toBeCloseTo(bias, 4);
});

it.each([NaN, Infinity, -Infinity, 1e30, 89, 10, -10])(
  'a scale of %d is refused by its name',
  async (scale) => {
    await expect(read(scale)).rejects.toMatchObject({
      name: 'WeightsUnusable',
      message: expect.stringMatching(/logit_scale is .*; a trained model has one from -4\.6 to 9\.2\.$/),
    });
  },
);

it.each([NaN, Infinity, 1e30, -1001])('a bias of %d is refused by its name', async (bias) => {
  await expect(read(1, bias)).rejects.toMatchObject({
    name: 'WeightsUnusable',
    message: expect.stringContaining('logit_bias is '),
  });
});
