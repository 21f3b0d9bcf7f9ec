import type { Attachment } from 'svelte/attachments';

/** Calls `onseen` whenever the element comes within a screen's height of view. */
export function whenSeen(onseen: () => void): Attachment {
  return (element) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) onseen();
      },
      { rootMargin: '100%' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  };
}
