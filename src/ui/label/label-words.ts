import { countText, plural } from '../kit/words';
import { fillTemplate, type TemplateSet } from '../../zeroshot/templates';

/** What the numbers beside the labels are: shares of 100%, or none where there is nothing to share with. */
export function sharesText(count: number, independent: boolean): string {
  if (count === 0) return 'Write two or more: each photo is given the one that fits it best.';
  if (independent) return 'This model judges each label by itself: they need not add up to 100%.';
  return count === 1
    ? 'Add another label to compare. Alone it has no share: its number is a score, as in a search.'
    : 'Together they add up to 100%.';
}

/** The settings in a line, most important first, since a narrow screen cuts it: "115 labels, 12 photos unsure: dog, cat". */
export function foldedText(labels: readonly string[], unsure: number): string {
  const unsureText = unsure > 0 ? `, ${plural(unsure, 'photo')} unsure` : '';
  const some = labels.slice(0, 12).join(', ');
  return `${plural(labels.length, 'label')}${unsureText}${some && `: ${some}`}`;
}

/** A label's prompts in a template set: "“a photo of a cat.”", "“itap of a cat.” and 6 more". */
export function templateText({ templates: [first = '{}', ...others] }: TemplateSet, label: string): string {
  const worded = `“${fillTemplate(first, label)}”`;
  return others.length > 0 ? `${worded} and ${others.length} more` : worded;
}

/** Why not all photos are labelled. */
export function narrowedText(listed: number, all: number): string {
  return listed === 0
    ? `The search leaves none of your ${plural(all, 'photo')}.`
    : `The search leaves ${countText(listed)} of your ${plural(all, 'photo')}.`;
}
