import { countText, plural } from '../kit/words';
import type { Lesson } from './learning.svelte';

/** "24 of 34 (71%)". */
function rightText(right: number, of: number): string {
  return `${countText(right)} of ${countText(of)} (${Math.round((100 * right) / of)}%)`;
}

/** What was learned from: "Learned from 34 photos, 2 to 8 a label." */
export function learnedText({ photos, aLabel: [fewest, most] }: Lesson): string {
  const each = fewest === most ? countText(most) : `${countText(fewest)} to ${countText(most)}`;
  return `Learned from ${plural(photos, 'photo')}${most > 0 ? `, ${each} a label` : ''}.`;
}

/** How well, beside the texts alone; empty if no photo has one right label. */
export function heldOutText({ answers }: Lesson): string {
  if (answers.length === 0) return '';
  const learned = answers.filter((one) => one.learned === one.right).length;
  const zeroShot = answers.filter((one) => one.zeroShot === one.right).length;
  return (
    `Tried on each of them after learning from the others: right for ${rightText(learned, answers.length)}; ` +
    `by the words alone, zero-shot, for ${rightText(zeroShot, answers.length)}.`
  );
}
