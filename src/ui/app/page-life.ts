/** What happens when the page is left and shown again. */
export interface PageLife {
  /** The page is left, and the browser keeps it for a way back. */
  onleave(): void;
  /** The page that was left is shown again, as it was. */
  onreturn(): void;
}

/**
 * Watches for the page to be left and shown again. A page that is left for good is the browser's to end.
 *
 * Why: a browser may keep a page that was left, with its threads, to show it again at once. WebKit lets those threads
 * keep their Web Locks meanwhile, so that the photos would be open in a page that nobody sees.
 */
export function watchPageLife(page: EventTarget, { onleave, onreturn }: PageLife): void {
  const isKept = (event: Event): boolean => (event as PageTransitionEvent).persisted;
  page.addEventListener('pagehide', (event) => isKept(event) && onleave());
  page.addEventListener('pageshow', (event) => isKept(event) && onreturn());
}
