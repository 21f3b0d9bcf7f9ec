import { countText } from '../kit/words';
import type { Counts, Results } from './results.svelte';

/** "24 of 160", "24 of 2,000 or more". */
export function countsText({ reaching, all, isMore }: Counts): string {
  return `${countText(reaching)} of ${countText(all)}${isMore ? ' or more' : ''}`;
}

/** Why no photo is shown; undefined if some are. */
export function lackText({
  answer,
  counts,
  shown,
  isNarrowed,
  isRemoved,
}: Pick<Results, 'answer' | 'counts' | 'shown' | 'isNarrowed' | 'isRemoved'>): string | undefined {
  if (shown.length > 0) return undefined;
  if (!answer) return 'No photo passes the filter.';
  if (isRemoved) return 'You removed all of these results.';
  if (counts.all > 0) return 'No photo is as close as that. The slider shows more towards “All”.';
  if (isNarrowed) return 'No photo that is indexed passes the filter.';
  const { examples, text } = answer.question;
  if (text === '' && answer.indexed > 0 && answer.indexed <= examples.length) {
    return 'There is no other photo here to compare it with.';
  }
  if (answer.indexed > 0 && answer.matches.length === 0) {
    const unindexed = examples.length > 0 ? ', or the picture is not indexed yet' : '';
    return `Nothing is left to look for: the words cancel each other out${unindexed}.`;
  }
  return 'No photo here is indexed yet. Results appear here as soon as the first ones are.';
}

/** What stands between the results, and before which of them. */
export function dividerOf({
  answer,
  isNothing,
  unlikely,
  shown,
}: Pick<Results, 'answer' | 'isNothing' | 'unlikely' | 'shown'>):
  { before: number; text: string } | undefined {
  if (answer && isNothing && shown.length > 0) {
    return {
      before: 0,
      text: `Nothing here looks like “${answer.question.text}” to this model. The closest are:`,
    };
  }
  return unlikely === undefined ? undefined : { before: unlikely, text: 'Less likely from here' };
}
