import { TEMPLATE_SETS } from '../../zeroshot/templates';
import facts from './class-names.json';

/** ImageNet's 1,000 class names, in the order of their WordNet ids. Two of them stand twice. */
export const IMAGENET_NAMES: readonly string[] = facts.classNames.imagenet1k;

/** Country211's countries, in the order of their ISO 3166 codes. */
export const COUNTRIES: readonly string[] = facts.classNames.country211;

/** Class names of data sets by CLIP_benchmark's names for them. */
export const NAMES: Readonly<Record<string, readonly string[]>> = facts.classNames;

const TEMPLATES: Readonly<Record<string, readonly string[]>> = facts.templates;

/** Data sets that share another's templates. */
const SAME: Readonly<Record<string, string>> = { cifar100: 'cifar10', voc2007_multilabel: 'voc2007' };

/**
 * CLIP_benchmark's templates for a data set that brings none, by its name there ("wds/vtab/cifar10", "cifar10");
 * ImageNet's 80 for any other, as there.
 */
export function templatesOf(dataset: string): readonly string[] {
  const name = dataset.slice(dataset.lastIndexOf('/') + 1);
  return TEMPLATES[SAME[name] ?? name] ?? TEMPLATE_SETS.find(({ id }) => id === 'openai')!.templates;
}
