import { suggest, type PhotoLabels } from '../../library/photo-labels';
import type { RankedLabel } from '../../zeroshot/classifier';
import { countText, plural } from '../kit/words';
import type { KeptLabels } from '../photos/kept-labels.svelte';
import type { Photo } from '../photos/photo';

export interface ReviewParts {
  readonly keptLabels: KeptLabels;
  readonly photos: { get(id: number): Photo | undefined };
  readonly labels: {
    readonly shown: readonly number[];
    answer(id: number): readonly RankedLabel[] | undefined;
    isUnsure(id: number): boolean;
  };
}

/** How many of the shown photos the user has checked, and of how many of those the first label is right. */
export interface Checked {
  readonly checked: number;
  readonly right: number;
}

/** The user's verdicts on the labels of photos. A photo that has no answer or was not read yet is left as it is. */
export class Review {
  readonly #parts: ReviewParts;

  constructor(parts: ReviewParts) {
    this.#parts = parts;
  }

  /** The first label is right, or the one at another place of the answer; false if there is none. */
  accept(id: number, place = 0): boolean {
    const label = this.#parts.labels.answer(id)?.[place]?.label;
    if (label === undefined) return false;
    void this.#parts.keptLabels.give(id, label);
    return true;
  }

  /** The first label is wrong; false if there is none. */
  reject(id: number): boolean {
    const label = this.#parts.labels.answer(id)?.[0]?.label;
    if (label === undefined) return false;
    void this.#parts.keptLabels.refuse(id, label);
    return true;
  }

  /** The shown photos whose first label can be kept: it is sure, and the user has said nothing of the photo. */
  get sure(): readonly number[] {
    const { labels, photos, keptLabels } = this.#parts;
    return labels.shown.filter((id) => {
      const [first] = labels.answer(id) ?? [];
      if (!first || labels.isUnsure(id)) return false;
      const photo = photos.get(id);
      if (photo?.key === undefined) return false;
      const said = keptLabels.of(photo);
      return !said || (isUnchecked(said) && !said.suggested.includes(first.label));
    });
  }

  /** Keeps the first label of all photos that are sure. */
  async keepSure(): Promise<void> {
    const { labels, photos, keptLabels } = this.#parts;
    const ids = this.sure;
    const firsts = new Map(
      ids.map((id) => [photos.get(id)?.key, labels.answer(id)?.[0]?.label ?? ''] as const),
    );
    await keptLabels.change(
      ids,
      (before, key) => suggest(before, firsts.get(key) ?? ''),
      `The labels of ${plural(ids.length, 'photo')} are kept`,
    );
  }

  /** Of each shown photo with one right label: that, and the first of its answer. */
  get answers(): readonly (readonly [right: string, given: string])[] {
    const { labels, photos, keptLabels } = this.#parts;
    return labels.shown.flatMap((id) => {
      const photo = photos.get(id);
      const [right, ...others] = (photo && keptLabels.of(photo))?.accepted ?? [];
      if (right === undefined || others.length > 0) return [];
      const given = labels.answer(id)?.[0]?.label;
      return given === undefined ? [] : [[right, given]];
    });
  }

  /** Of the shown photos. */
  get checked(): Checked {
    const { labels, photos, keptLabels } = this.#parts;
    let [checked, right] = [0, 0];
    for (const id of labels.shown) {
      const photo = photos.get(id);
      const said = photo && keptLabels.of(photo);
      if (!said || isUnchecked(said)) continue;
      const first = labels.answer(id)?.[0]?.label;
      if (first === undefined) continue;
      checked++;
      if (said.accepted.includes(first)) right++;
    }
    return { checked, right };
  }
}

function isUnchecked({ accepted, rejected }: PhotoLabels): boolean {
  return accepted.length + rejected.length === 0;
}

/**
 * "12 of 160 checked; the first label is right for 10 of them (83%)". Labels that learned from these photos are right for
 * nearly all, which says nothing of others, and is not told.
 */
export function checkedText({ checked, right }: Checked, shown: number, learned = false): string {
  const of = `${countText(checked)} of ${countText(shown)} checked`;
  if (checked === 0 || learned) return of;
  return `${of}; the first label is right for ${countText(right)} (${Math.round((100 * right) / checked)}%)`;
}
