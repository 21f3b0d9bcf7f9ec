import type { RankedLabel } from '../../zeroshot/classifier';

/** So few labels are all shown. */
const FEW = 5;

/** The most that are shown of many. */
const MOST = 8;

/** A label less probable than this tells nothing of a photo. */
const FLOOR = 0.005;

/**
 * Those of a photo's labels (descending) that tell something of it: all if they are few, and always the best.
 * @param total number of all labels, of which `answer` has the best
 */
export function tellingLabels(answer: readonly RankedLabel[], total = answer.length): readonly RankedLabel[] {
  if (total <= FEW) return answer;
  return answer.slice(0, MOST).filter(({ probability }, at) => at === 0 || probability >= FLOOR);
}
