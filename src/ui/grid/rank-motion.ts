import { flip, type AnimationConfig } from 'svelte/animate';
import { cubicOut } from 'svelte/easing';
import { prefersReducedMotion } from 'svelte/motion';

/**
 * Slides a picture from its old rank to its new one. Pictures outside the viewport jump, so that thousands cost
 * nothing; all of them jump if `still` is set or the user prefers reduced motion.
 */
export function slide(
  node: Element,
  { from, to }: { from: DOMRect; to: DOMRect },
  { still }: { still: boolean },
): AnimationConfig {
  const seen = ({ top, bottom }: DOMRect) => bottom > 0 && top < window.innerHeight;
  if (still || prefersReducedMotion.current || !(seen(from) || seen(to))) return { duration: 0 };
  return flip(node, { from, to }, { duration: 320, easing: cubicOut });
}
