import type { Attachment } from 'svelte/attachments';
import { partOf } from '../../clip/checkpoint-files';

export interface DropHandlers {
  /** Files are being dragged over the page, or no longer. */
  onhover(over: boolean): void;
  /** Called during the drop event. `target` is the element they were dropped on. */
  ondrop(transfer: DataTransfer, target: EventTarget | null): void;
}

/**
 * Takes files dropped anywhere but where a part of the page took them itself; dragging anything else, such as text, is left alone.
 *
 * Why `dragenter` is accepted too: if the page changed below the pointer, the browser sends the new element only
 * `dragenter`, and without acceptance the drop is lost.
 */
export function watchDrops({ onhover, ondrop }: DropHandlers): Attachment<Document> {
  return (page) => {
    /** The element last entered while dragging files: leaving any earlier one is only a change of element. */
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
        if (event.defaultPrevented || !carriesFiles(event) || !event.dataTransfer) return;
        event.preventDefault();
        ondrop(event.dataTransfer, event.target);
      },
      // Not fired during a drag: the only sign that one ended over an element that was removed meanwhile.
      pointermove: () => hover(null),
    };
    const listening = new AbortController();
    for (const [type, listener] of Object.entries(listeners)) {
      page.addEventListener(type, listener as EventListener, { signal: listening.signal });
    }
    return () => listening.abort();
  };
}

/** Whether `target` is a text field. */
export function isTextField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement &&
      !['checkbox', 'radio', 'range', 'button', 'file'].includes(target.type)) ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}

/** The pictures of a paste; none if a text field should get the text that came with them. */
export function picturesOfPaste({ clipboardData, target }: ClipboardEvent): File[] {
  if (!clipboardData || (isTextField(target) && clipboardData.types.includes('text/plain'))) return [];
  return Array.from(clipboardData.files).filter(({ type }) => type.startsWith('image/'));
}

/** The label set of a drop: its only file, a text or JSON that is not of a checkpoint. */
export function labelSetOfDrop(transfer: Pick<DataTransfer, 'files' | 'items'>): File | undefined {
  const [file, ...others] = transfer.files;
  const isFolder = transfer.items[0]?.webkitGetAsEntry()?.isDirectory;
  if (!file || others.length > 0 || isFolder || !/\.(?:txt|json)$/i.test(file.name)) return undefined;
  return partOf(file.name) ? undefined : file;
}
