import { Settings } from '../../config/settings';
import type { FamilyCheck } from '../image-family';
import { readFastVit, type FastVitArchitecture } from './fastvit-config';

/** Large depthwise convolutions, squeeze and excite, and attention on a map. */
export const FASTVIT_CHECKS: readonly FamilyCheck<FastVitArchitecture>[] = [
  { name: 'stages', precision: 'fp32', vision: tower() },
];

function tower(): FastVitArchitecture {
  const settings = {
    image_size: 64,
    timm_model_name: 'fastvit_mci2',
    timm_proj: 'linear',
    timm_model_kwargs: { layers: [1, 1, 1, 1], embed_dims: [32, 64, 64, 64] },
  };
  return readFastVit(new Settings(settings, 'vision_cfg'), { embedDim: 32, quickGelu: false })!;
}
