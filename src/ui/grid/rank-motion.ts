import type { Action } from 'svelte/action';
import { prefersReducedMotion } from 'svelte/motion';
import type { Place } from './justified-rows';

export interface Rank {
  /** Index in the list. Where it stays the same, as when the window changes, the picture jumps. */
  readonly index: number;
  /** In the layout. */
  readonly place: Place | undefined;
  /** The part of the layout on the screen or about to be: `[top, bottom]`, in CSS pixels. */
  readonly seen: readonly [top: number, bottom: number];
  /** Pictures jump. */
  readonly still: boolean;
}

/**
 * Slides a picture from its old rank to its new one. Pictures outside the viewport jump, so that thousands cost
 * nothing; all of them jump if `still` is set or the user prefers reduced motion. Its `transform-origin` must be `0 0`.
 */
// Why not Svelte's `animate:flip`: it measures every picture on the page before and after every change of the list, and
// while 160 photos were read, that was half of the page's own work. The layout knows where each of them was and is.
export const slide: Action<HTMLElement, Rank> = (node, first) => {
  let before = first;
  return {
    update(rank) {
      const [was, now] = [before.place, rank.place];
      const isMoved = rank.index !== before.index;
      before = rank;
      if (!isMoved || !was || !now || rank.still || prefersReducedMotion.current) return;
      const [top, bottom] = rank.seen;
      if (![was, now].some((at) => at.top + at.height > top && at.top < bottom)) return;
      const [x, y] = [was.left - now.left, was.top - now.top];
      const scale = `scale(${was.width / now.width}, ${was.height / now.height})`;
      node.animate(
        { transform: [`translate(${x}px, ${y}px) ${scale}`, 'none'] },
        // Added to those that still run, so that a picture on its way turns without a jump.
        { duration: 320, easing: 'cubic-bezier(0.215, 0.61, 0.355, 1)', composite: 'accumulate' },
      );
    },
  };
};
