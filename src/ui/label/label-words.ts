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

/** Why photos are unsure. @param hasGuesses some are photos, by a model that knows drawings */
export function unsureText(hasGuesses: boolean): string {
  return hasGuesses
    ? 'This model knows drawings: of photos it only guesses, however large the share.'
    : 'Their best label is weak, or close to the next.';
}

/** A label's prompts in a template set: "“a photo of a cat.”", "“itap of a cat.” and 6 more". */
export function templateText({ templates: [first = '{}', ...others] }: TemplateSet, label: string): string {
  const worded = `“${fillTemplate(first, label)}”`;
  return others.length > 0 ? `${worded} and ${others.length} more` : worded;
}

/** Why not all photos are labelled. @param indexed photos that the model has looked at */
export function narrowedText(listed: number, all: number, indexed: number): string {
  if (indexed === 0) return 'No photo here is indexed yet, so the search finds none.';
  return listed === 0
    ? `The search leaves none of your ${plural(all, 'photo')}.`
    : `The search leaves ${countText(listed)} of your ${plural(all, 'photo')}.`;
}
