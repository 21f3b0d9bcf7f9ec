import type { Attachment } from 'svelte/attachments';

export interface DropHandlers {
  /** Files are being dragged over the page, or no longer. */
  onhover(over: boolean): void;
  /** Called while the drop event is handled. */
  ondrop(transfer: DataTransfer): void;
}

/** Takes files dropped anywhere; dragging anything else, such as text, is left alone. */
export function watchDrops({ onhover, ondrop }: DropHandlers): Attachment<Document> {
  return (page) => {
    /** Elements entered and not left: each child of the page sends its own events. */
    let depth = 0;
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

    const listeners: Partial<Record<keyof DocumentEventMap, (event: DragEvent) => void>> = {
      dragenter(event) {
        if (!carriesFiles(event)) return;
        depth++;
        onhover(true);
      },
      dragleave(event) {
        if (!carriesFiles(event)) return;
        depth = Math.max(0, depth - 1);
        if (depth === 0) onhover(false);
      },
      dragover(event) {
        if (carriesFiles(event)) event.preventDefault();
      },
      drop(event) {
        depth = 0;
        onhover(false);
        if (!carriesFiles(event) || !event.dataTransfer) return;
        event.preventDefault();
        ondrop(event.dataTransfer);
      },
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
