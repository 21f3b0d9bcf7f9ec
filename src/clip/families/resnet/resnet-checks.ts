import { Settings } from '../../config/settings';
import type { FamilyCheck } from '../image-family';
import { readResNet, type ResNetArchitecture } from './resnet-config';

/** Convolutions with strides and pools between them, their BatchNorms folded, and a pool by attention. */
export const RESNET_CHECKS: readonly FamilyCheck<ResNetArchitecture>[] = [
  { name: 'stages', precision: 'fp32', vision: tower() },
];

function tower(): ResNetArchitecture {
  const settings = { image_size: 64, layers: [1, 1, 1, 1], width: 32, head_width: 64 };
  return readResNet(new Settings(settings, 'vision_cfg'), { embedDim: 32, quickGelu: false })!;
}
