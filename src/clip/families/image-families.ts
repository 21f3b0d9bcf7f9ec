import { Settings } from '../config/settings';
import { CONVNEXT } from './convnext/convnext';
import type { ImageFamily, ModelSettings } from './image-family';
import { EVA } from './eva/eva';
import { FASTVIT } from './fastvit/fastvit';
import { MCI_VIT } from './vit/mci-vit';
import { VITAMIN } from './vitamin/vitamin';
import { NAFLEX } from './naflex/naflex';
import { RESNET } from './resnet/resnet';
import { VIT } from './vit/vit';

/** Image towers by family. A config belongs to the first that reads it. */
const FAMILIES = {
  vit: VIT,
  eva: EVA,
  naflex: NAFLEX,
  convnext: CONVNEXT,
  resnet: RESNET,
  mci: MCI_VIT,
  fastvit: FASTVIT,
  vitamin: VITAMIN,
} as const;

type Read<F> = F extends ImageFamily<infer A> ? A : never;

/** An image tower of any family. */
export type VisionArchitecture = Read<(typeof FAMILIES)[keyof typeof FAMILIES]>;

/** A key of the table. */
export type ImageFamilyName = keyof typeof FAMILIES;

export const IMAGE_FAMILY_NAMES = Object.keys(FAMILIES) as ImageFamilyName[];

/** The family of a tower. */
export function imageFamily(vision: Pick<VisionArchitecture, 'family'>): ImageFamily<VisionArchitecture> {
  return FAMILIES[vision.family];
}

/** Reads `vision_cfg`. @throws ConfigUnreadable, UnsupportedSetting, ModelTooLarge */
export function readVision(config: unknown, model: ModelSettings): VisionArchitecture {
  const settings = new Settings(config, 'vision_cfg');
  const vision = read(settings, model);
  settings.finish();
  imageFamily(vision).requireSize(vision);
  return vision;
}

function read(settings: Settings, model: ModelSettings): VisionArchitecture {
  for (const family of Object.values(FAMILIES)) {
    const vision = family.read(settings, model);
    if (vision !== undefined) return vision;
  }
  const names = Object.values(FAMILIES).flatMap(({ timmNames }) => timmNames ?? []);
  throw settings.refusal('timm_model_name', `of timm's models Clipscope runs the ${names.join(', the ')}`);
}
