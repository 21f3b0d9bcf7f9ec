/** A data set that others have measured too. */
export interface Preset {
  /** Its name in a result, as CLIP_benchmark has it; of published figures too. */
  readonly name: string;
  readonly title: string;
  /** What is asked, of how many pictures: one sentence. */
  readonly what: string;
  /** Who may use it for what: one sentence. */
  readonly licence: string;
  /** `owner/name` on the hub; absent: only from a folder of one's own. */
  readonly repository?: string;
  /** Size of its test part there, where it was read. */
  readonly bytes?: number;
}

const FLICKR = 'Pictures from Flickr, for non-commercial research and education only.';

// Sizes as the hub lists the test parts. Licences as the data sets state them.
export const PRESETS: readonly Preset[] = [
  {
    name: 'wds/flickr30k',
    title: 'Flickr30k',
    what: 'Finds each of 1,000 photos by its captions, five each, and captions by photos.',
    licence: FLICKR,
    repository: 'clip-benchmark/wds_flickr30k',
    bytes: 146e6,
  },
  {
    name: 'wds/mscoco_captions',
    title: 'MS COCO captions',
    what: 'Finds each of 5,000 photos by 25,010 captions, and captions by photos.',
    licence: 'Captions under CC BY 4.0, photos under the Creative Commons licence of each.',
    repository: 'clip-benchmark/wds_mscoco_captions',
    bytes: 840e6,
  },
  {
    name: 'wds/imagenet1k',
    title: 'ImageNet-1k',
    what: 'Names the one of 1,000 things that each of 50,000 photos shows.',
    licence: 'For non-commercial research, after registering with ImageNet.',
    repository: 'clip-benchmark/wds_imagenet1k',
  },
  {
    name: 'wds/vtab/cifar10',
    title: 'CIFAR-10',
    what: 'Names the one of 10 things that each of 10,000 tiny pictures shows.',
    licence: 'Published for research, without a licence of its own.',
    repository: 'clip-benchmark/wds_vtab-cifar10',
  },
  {
    name: 'wds/vtab/cifar100',
    title: 'CIFAR-100',
    what: 'Names the one of 100 things that each of 10,000 tiny pictures shows.',
    licence: 'Published for research, without a licence of its own.',
    repository: 'clip-benchmark/wds_vtab-cifar100',
  },
  {
    name: 'wds/country211',
    title: 'Country211',
    what: 'Names the one of 211 countries in which each of 21,100 photos was taken.',
    licence: 'A part of YFCC100M: each photo under its own Creative Commons licence.',
    repository: 'clip-benchmark/wds_country211',
    bytes: 3.84e9,
  },
  {
    name: 'wds/voc2007_multilabel',
    title: 'Pascal VOC 2007, all labels',
    what: 'Tells which of 20 kinds of things each of 4,952 photos shows.',
    licence: 'Pictures from Flickr, under its terms of use.',
    repository: 'clip-benchmark/wds_voc2007_multilabel',
    bytes: 1.03e9,
  },
  {
    name: 'ovad',
    title: 'OVAD-Box',
    what: 'Tells which of 117 attributes each thing in 2,000 photos has, such as its colour.',
    licence: 'Annotations under CC BY-NC-SA 4.0, photos of COCO val2017 under the licence of each.',
  },
];
