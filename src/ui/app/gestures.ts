import type { Attachment } from 'svelte/attachments';

export interface DropHandlers {
  /** Files are being dragged over the page, or no longer. */
  onhover(over: boolean): void;
  /** Called while the drop event is handled. `target` is what they were dropped on. */
  ondrop(transfer: DataTransfer, target: EventTarget | null): void;
}

/**
 * Takes files dropped anywhere; dragging anything else, such as text, is left alone.
 *
 * Why entering is accepted too: where the page has changed below the pointer, the browser asks the new element by
 * `dragenter` alone, and a drop that nobody accepted is lost.
 */
export function watchDrops({ onhover, ondrop }: DropHandlers): Attachment<Document> {
  return (page) => {
    /** What was entered last, while files are over the page: what was left before it is only a change of element. */
    let over: EventTarget | null = null;
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const hover = (target: EventTarget | null) => {
      if ((over === null) !== (target === null)) onhover(target !== null);
      over = target;
    };

    const listeners: Partial<Record<keyof DocumentEventMap, (event: DragEvent) => void>> = {
      dragenter(event) {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        hover(event.target);
      },
      dragleave(event) {
        if (event.target === over) hover(null);
      },
      dragover(event) {
        if (carriesFiles(event)) event.preventDefault();
      },
      drop(event) {
        hover(null);
        if (!carriesFiles(event) || !event.dataTransfer) return;
        event.preventDefault();
        ondrop(event.dataTransfer, event.target);
      },
      // There is none during a drag: one that ended over an element taken away meanwhile leaves no other trace.
      pointermove: () => hover(null),
    };
    const listening = new AbortController();
    for (const [type, listener] of Object.entries(listeners)) {
      page.addEventListener(type, listener as EventListener, { signal: listening.signal });
    }
    return () => listening.abort();
  };
}

/** Whether `target` takes typed text. */
export function isTextField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement &&
      !['checkbox', 'radio', 'range', 'button', 'file'].includes(target.type)) ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}

/** The pictures of a paste; none where a text field is to get the text that came with them. */
export function picturesOfPaste({ clipboardData, target }: ClipboardEvent): File[] {
  if (!clipboardData || (isTextField(target) && clipboardData.types.includes('text/plain'))) return [];
  return Array.from(clipboardData.files).filter(({ type }) => type.startsWith('image/'));
}
