import { Settings } from '../../config/settings';
import type { FamilyCheck } from '../image-family';
import { readConvNext, type ConvNextArchitecture } from './convnext-config';

/** Depthwise convolutions of 7 x 7, norms over channels, and halved maps, with the channels of a small published one. */
export const CONVNEXT_CHECKS: readonly FamilyCheck<ConvNextArchitecture>[] = [
  { name: 'stages', precision: 'fp32', vision: tower() },
];

function tower(): ConvNextArchitecture {
  const settings = {
    timm_model_name: 'convnext_tiny',
    image_size: 64,
    timm_proj: 'linear',
    timm_model_kwargs: { depths: [1, 1, 1, 1], dims: [48, 96, 64, 64] },
  };
  return readConvNext(new Settings(settings, 'vision_cfg'), { embedDim: 32, quickGelu: false })!;
}
