/** A checkpoint on the hub that knows photos. */
export interface PhotoModel {
  readonly name: string;
  /** On the hub: owner and name. */
  readonly repository: string;
  /** Of its weights, four a weight. */
  readonly bytes: number;
  /** Top-1 accuracy on ImageNet without training for it. */
  readonly imagenet: string;
}

/** LAION's models. Weights and accuracy: OpenCLIP, docs/model_profile.csv and docs/openclip_results.csv. */
export const PHOTO_MODELS: readonly PhotoModel[] = [
  {
    name: 'ViT-B-32',
    repository: 'laion/CLIP-ViT-B-32-laion2B-s34B-b79K',
    bytes: 605.1e6,
    imagenet: '66.6%',
  },
  {
    name: 'ViT-B-16',
    repository: 'laion/CLIP-ViT-B-16-laion2B-s34B-b88K',
    bytes: 598.5e6,
    imagenet: '70.2%',
  },
  {
    name: 'ViT-L-14',
    repository: 'laion/CLIP-ViT-L-14-laion2B-s32B-b82K',
    bytes: 1710.5e6,
    imagenet: '75.3%',
  },
  {
    name: 'ViT-H-14',
    repository: 'laion/CLIP-ViT-H-14-laion2B-s32B-b79K',
    bytes: 3944.5e6,
    imagenet: '78.0%',
  },
];
