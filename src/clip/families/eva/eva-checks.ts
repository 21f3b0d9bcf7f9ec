import type { FamilyCheck } from '../image-family';
import type { EvaArchitecture } from './eva-config';

const SHAPE = {
  family: 'eva',
  width: 128,
  layers: 2,
  heads: 2,
  mlpWidth: 256,
  classToken: true,
  patchSize: [4, 4],
  outputDim: 32,
} as const;

const EVA02 = {
  ...SHAPE,
  form: 'eva02',
  normEpsilon: 1e-6,
  rope: { reference: [16, 16], offset: 0, order: 'yx', temperature: 10_000 },
} as const;

/**
 * Turned queries and keys, SwiGLU, matrices without a bias and a MAP head that has another number of heads, with the
 * tokens and head widths of the published towers.
 */
export const EVA_CHECKS: readonly FamilyCheck<EvaArchitecture>[] = [
  { name: '257-swiglu', precision: 'fp32', vision: { ...EVA02, imageSize: [64, 64] } },
  { name: '50-swiglu', precision: 'q8', vision: { ...EVA02, imageSize: [28, 28] } },
  {
    name: '197-map',
    precision: 'fp32',
    vision: {
      ...SHAPE,
      form: 'pe',
      normEpsilon: 1e-5,
      imageSize: [56, 56],
      rope: { reference: [14, 14], offset: 1, order: 'xy', temperature: 10_000 },
      pool: { heads: 8, mlpWidth: 256 },
    },
  },
];
