import { COUNTRIES, IMAGENET_NAMES, NAMES, templatesOf } from '../../datasets/known/known-sets';
import { fieldText } from '../../zeroshot/labels';
import type { TemplateSetId } from '../../zeroshot/templates';

/** What a preset puts into the field, and the templates to be chosen for it, if they do not stand there too. */
export interface PresetText {
  readonly text: string;
  readonly templates?: TemplateSetId;
}

/** CIFAR-10's classes (Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009). */
const CIFAR10 = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

/**
 * The labels of a data set as CLIP_benchmark names them, with its templates.
 *
 * Why ImageNet's come with 7 of its 80 templates: OpenAI found those seven to be nearly as good, and 80,000 texts take
 * minutes.
 */
export function presetText(id: string): PresetText {
  switch (id) {
    case 'imagenet1k':
      return { text: fieldText(IMAGENET_NAMES), templates: 'simple' };
    case 'country211':
      return { text: fieldText([...COUNTRIES, ...templatesOf(id)]) };
    case 'cifar10':
      return { text: fieldText([...CIFAR10, ...templatesOf(id)]) };
    default:
      return { text: fieldText([...(NAMES[id] ?? []), ...templatesOf(id)]) };
  }
}
