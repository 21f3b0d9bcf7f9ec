import type { Attachment } from 'svelte/attachments';

/** An element around the one with the focus, and which of its children that one is in. */
interface Step {
  readonly element: Element;
  readonly at: number;
}

const FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex]';

/** Beyond these, a neighbour would be anywhere. What stands in a `data-row` changes altogether. */
const LANDMARKS = 'header, main, footer, body, [data-row]';

/**
 * When the element with the focus goes away, is hidden or disabled, gives the focus to its neighbour, so that a person
 * at the keyboard goes on from there and not from the page's beginning. One that only moves gets it back.
 * @param home moves the focus where there is no neighbour
 */
// Why by watching: whatever takes an element off the page, be it a button that did its work, a list that got shorter or
// a worker's answer, would otherwise have to know who has the focus. What the code itself focuses comes first: the
// watcher is told after all changes.
export function keepFocus(home: () => void): Attachment<Document> {
  return (page) => {
    /** The element with the focus, and where it is. */
    let focused: HTMLElement | undefined;
    let trail: readonly Step[] = [];

    function remember({ target }: FocusEvent): void {
      if (!(target instanceof HTMLElement)) return;
      focused = target;
      trail = trailOf(target);
    }

    /** A person who clicks beside everything means to leave it. */
    function forget({ target }: FocusEvent): void {
      queueMicrotask(() => {
        look(observer.takeRecords());
        if (target === focused && isThere(focused) && isNowhere(page)) focused = undefined;
      });
    }

    function look(changes: readonly MutationRecord[]): void {
      if (!focused || !(isNowhere(page) || page.activeElement === focused)) return;
      if (isThere(focused)) {
        // The browser takes the focus from whatever is put in another place.
        if (isNowhere(page) && isAmongAdded(focused, changes)) focusQuietly(focused);
        return;
      }
      focused = undefined;
      const next = neighbour(trail);
      if (next) focusQuietly(next);
      else home();
    }

    const observer = new MutationObserver(look);
    observer.observe(page, {
      childList: true,
      subtree: true,
      attributeFilter: ['disabled', 'hidden', 'open'],
    });
    page.addEventListener('focusin', remember);
    page.addEventListener('focusout', forget);
    return () => {
      observer.disconnect();
      page.removeEventListener('focusin', remember);
      page.removeEventListener('focusout', forget);
    };
  };
}

/**
 * Focuses an element; the page scrolls to it only for a person at the keyboard, and not to a whole part of the page,
 * whose beginning that would hide.
 */
export function focusQuietly(element: HTMLElement): void {
  element.focus({ preventScroll: true });
  if (element.tabIndex >= 0 && element.matches(':focus-visible'))
    element.scrollIntoView({ block: 'nearest' });
}

function isNowhere({ activeElement, body }: Document): boolean {
  return activeElement === null || activeElement === body;
}

// Why not by its rectangles: for those the browser lays out the page, here after every change of it.
function isThere(element: Element): boolean {
  return element.checkVisibility() && !element.matches(':disabled');
}

function isAmongAdded(element: Element, changes: readonly MutationRecord[]): boolean {
  return changes.some(({ addedNodes }) => Array.from(addedNodes).some((node) => node.contains(element)));
}

function trailOf(element: Element): readonly Step[] {
  const trail: Step[] = [];
  for (let child = element; child.parentElement; child = child.parentElement) {
    const { parentElement } = child;
    trail.push({ element: parentElement, at: Array.prototype.indexOf.call(parentElement.children, child) });
  }
  return trail;
}

/** What is now where the focus was, else what is before it, in the smallest part of the page that is left. */
function neighbour(trail: readonly Step[]): HTMLElement | undefined {
  for (const { element, at } of trail) {
    if (!isThere(element)) continue;
    if (element.matches(LANDMARKS) || element.querySelector(LANDMARKS)) return undefined;
    if (element instanceof HTMLElement && element.matches('[tabindex="-1"]')) return element;
    const children = [...element.children];
    const next = tabStops(children.slice(at)).at(0) ?? tabStops(children.slice(0, at)).at(-1);
    if (next) return next;
  }
  return undefined;
}

function tabStops(elements: readonly Element[]): HTMLElement[] {
  return elements
    .flatMap((element) => [element, ...element.querySelectorAll(FOCUSABLE)])
    .filter((element) => element instanceof HTMLElement)
    .filter((element) => element.matches(FOCUSABLE) && element.tabIndex >= 0 && isThere(element));
}
